"""The people of a network, as its coordinators see and manage them."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intranet.networks import services
from intranet.networks.exceptions import MembershipError
from intranet.networks.models import Membership, Network, Role
from intranet.networks.models.memberships import MembershipQuerySet


def members_of(network: Network, text: str = "") -> QuerySet[Membership]:
    """Memberships in force or to come, by name; ``text`` narrows by name or address."""
    found = Membership.objects.between(timezone.localdate(), None).filter(network=network)
    if text:
        found = found.filter(Q(person__name__icontains=text) | Q(person__email__icontains=text))
    return found.select_related("person").order_by("person__name", "person__email", "pk")


def former_members_of(network: Network) -> QuerySet[Membership]:
    """Memberships that are over, the latest first."""
    today = timezone.localdate()
    over = Membership.objects.filter(network=network).filter(Q(ended_at__isnull=False) | Q(until__lt=today))
    return over.select_related("person").order_by("-ended_at", "-until", "-pk")


@transaction.atomic
def end_membership(membership: Membership, *, by: Any) -> None:
    """End a membership now.

    Raises:
        MembershipError: it would leave the network without a coordinator.
    """
    _lock(membership)
    refuse_to_lose_last_coordinator(membership)
    services.end_membership(membership, by=by)


@transaction.atomic
def change_membership(
    membership: Membership,
    *,
    role: str,
    starts_on: datetime.date | None = None,
    until: datetime.date | None,
    by: Any,
) -> Membership:
    """Give another role or first day (a new dated row; the old one ends) or another last day.

    ``starts_on`` counts while the membership has yet to begin; empty or past, it is today.

    Raises:
        MembershipError: it would leave the network without a coordinator, the membership is over, or would run into
            the one that follows it.
    """
    _lock(membership)
    membership = Membership.objects.select_related("person", "network").get(pk=membership.pk)
    if membership.ended_at is not None:
        raise MembershipError(_("This membership has ended. Invite the person again."))
    first_day = timezone.localdate()
    if membership.is_to_come and starts_on is not None:
        first_day = max(first_day, starts_on)
    if role != membership.role or (membership.is_to_come and first_day != membership.starts_on):
        refuse_to_lose_last_coordinator(membership)
        if role != Role.COORDINATOR:
            for other in _beside(membership).between(first_day, until):
                refuse_to_lose_last_coordinator(other)
        services.end_membership(membership, by=by)
        return services.add_membership(
            person=membership.person, network=membership.network, role=role, starts_on=first_day, until=until, by=by
        )
    if until != membership.until:
        _refuse_to_run_into_the_next(membership, until)
        services.set_last_day(membership, until, by=by)
        services.sync_groups([membership.person])
    return membership


def _lock(membership: Membership) -> None:
    """Two coordinators who leave at once wait for each other. The network comes first, as in ``decide``."""
    Network.objects.select_for_update(no_key=True).get(pk=membership.network_id)
    services.lock_memberships_of(membership.person_id)


def _beside(membership: Membership) -> MembershipQuerySet:
    """All memberships of the person in the network, the first first."""
    return Membership.objects.filter(person_id=membership.person_id, network_id=membership.network_id)


def _refuse_to_run_into_the_next(membership: Membership, until: datetime.date | None) -> None:
    """One membership of a person in a network is in force at a time."""
    following = _beside(membership).between(membership.starts_on, until).exclude(pk=membership.pk).first()
    if following is not None:
        raise MembershipError(
            _(
                "Another membership of %(name)s (%(role)s) begins on %(day)s. Choose a last day before it, or change "
                "or end that one first."
            )
            % {
                "name": membership.person,
                "role": following.get_role_display(),
                "day": date_format(following.starts_on, "DATE_FORMAT"),
            }
        )


def refuse_to_lose_last_coordinator(membership: Membership) -> None:
    """A network whose people nobody manages would be stuck. Whoever asks has locked the network.

    Raises:
        MembershipError: the membership is that of the only coordinator.
    """
    if membership.role != Role.COORDINATOR or not membership.is_current():
        return
    others = Membership.objects.current().filter(network=membership.network, role=Role.COORDINATOR)
    if not others.exclude(pk=membership.pk).filter(person__is_active=True).exists():
        raise MembershipError(_("This is the network’s only coordinator. Make somebody else coordinator first."))
