"""How people come to a network: by invitation or on request. Public sign-up is closed."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from intranet.accounts.models import User
from intranet.accounts.models.users import normalise_email
from intranet.accounts.services import create_account
from intranet.networks import services
from intranet.networks.exceptions import MembershipError
from intranet.networks.models import Invitation, JoinRequest, Membership, Network, Role
from intranet.networks.signals import join_answered, join_requested

RANK = (Role.GUEST, Role.READER, Role.CONTRIBUTOR, Role.PUBLISHER, Role.COORDINATOR)
"""From the least: who holds as much on the first day keeps it. A higher role takes the place of a lower one for good:
when its last day has come, the lower one does not come back."""


def digest_of(secret: str) -> str:
    """SHA-256, hexadecimal: the secret has 256 random bits and needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def waiting_of(person: User) -> QuerySet[JoinRequest]:
    """What the person has asked for and nobody has answered; not what others asked under the person's address."""
    return JoinRequest.objects.filter(person=person, state=JoinRequest.State.WAITING)


def _expiry() -> datetime.datetime:
    days: int = apps.get_app_config("networks").setting("NETWORKS_INVITATION_DAYS")  # type: ignore[attr-defined]
    return timezone.now() + datetime.timedelta(days=days)


@transaction.atomic
def invite(
    *,
    network: Network,
    email: str,
    role: str,
    language: str,
    starts_on: datetime.date | None = None,
    until: datetime.date | None = None,
    by: Any = None,
) -> tuple[Invitation, str]:
    """An open invitation and the secret of its link; an earlier one to the same address is revoked.

    Raises:
        MembershipError: the network is closed, or the last day is past or before the first.
    """
    if not Network.objects.select_for_update(no_key=True).get(pk=network.pk).is_active:
        raise MembershipError(_("The network “%(name)s” is closed.") % {"name": network.name})
    if until is not None and until < timezone.localdate():
        raise MembershipError(_("The last day is in the past."))
    services.refuse_wrong_days(starts_on, until)
    email = normalise_email(email)
    Invitation.objects.filter(network=network, email=email, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        network=network,
        email=email,
        role=role,
        starts_on=starts_on,
        until=until,
        language=language,
        digest=digest_of(secret),
        created_by=by,
        expires_at=_expiry(),
    )
    return invitation, secret


@transaction.atomic
def renew(invitation: Invitation) -> str:
    """A new secret and a new term; the old link stops.

    Raises:
        MembershipError: it was accepted or revoked, or its last day is past.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        raise MembershipError(_("This invitation was accepted or withdrawn. Make a new one."))
    if invitation.until is not None and invitation.until < timezone.localdate():
        raise MembershipError(_("The last day of this invitation is past. Invite the person again with a later one."))
    secret = secrets.token_urlsafe(32)
    invitation.digest, invitation.expires_at = digest_of(secret), _expiry()
    invitation.save(update_fields=["digest", "expires_at"])
    return secret


def revoke(invitation: Invitation) -> None:
    """Stop the link; nothing happens when it was used or stopped before."""
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=timezone.now())


def lacks_coordinator(network: Network) -> bool:
    """Whether nobody runs the network, so that the office names who does.

    A closed account counts: who can close accounts must not come in by that. Its network has access in need
    (``grant_access``), or its account opened again.
    """
    return not Membership.objects.current().filter(network=network, role=Role.COORDINATOR).exists()


def find_open(secret: str) -> Invitation | None:
    """The invitation behind a link, or None: unknown, used, expired, withdrawn, or of a closed network."""
    invitation = Invitation.objects.select_related("network").filter(digest=digest_of(secret)).first()
    return invitation if invitation and invitation.is_open and invitation.network.is_active else None


def is_of_closed_network(secret: str) -> bool:
    """Whether the link, which is good no longer, came from a network that is closed now."""
    return Invitation.objects.filter(digest=digest_of(secret), network__state=Network.State.CLOSED).exists()


@transaction.atomic
def accept(
    secret: str, *, person: User | None = None, name: str = "", language: str = "", password: str | None = None
) -> Membership:
    """Use an invitation, once: by ``person``, whose address it was sent to, or with a new account.

    Raises:
        MembershipError: the link is no longer good, or it was sent to somebody else.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).filter(digest=digest_of(secret)).first()
    if invitation is None or not invitation.is_open or not invitation.network.is_active:
        raise MembershipError(_("This invitation is no longer valid. Ask the network for a new one."))
    if person is None:
        person = create_account(
            email=invitation.email, name=name, language=language or invitation.language, password=password
        )
    elif person.email != invitation.email:
        raise MembershipError(
            _(
                "This invitation was sent to another address. "
                "Sign in with that address, or ask for an invitation to yours."
            )
        )
    invitation.accepted_at, invitation.accepted_by = timezone.now(), person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    coordinators = Membership.objects.current().filter(network=invitation.network, role=Role.COORDINATOR)
    is_from_outside = not coordinators.filter(person=invitation.created_by_id).exists()
    membership, is_new = _admit(
        person=person,
        network=invitation.network,
        role=invitation.role,
        starts_on=invitation.starts_on,
        until=invitation.until,
        by=invitation.created_by,
    )
    if is_new and is_from_outside and invitation.role == Role.COORDINATOR:
        services.announce_appointment(membership)
    return membership


def _admit(
    *,
    person: User,
    network: Network,
    role: str,
    starts_on: datetime.date | None,
    until: datetime.date | None,
    by: Any,
) -> tuple[Membership, bool]:
    """A new membership and True; or the one that stays and False, where the person holds as much on the first day.

    A day that is past is today. The same role with a later last day lengthens the one that stays. What was planned for
    later with a higher role, or with the same one until a later day, stays: the new one ends before it.
    """
    services.lock_memberships_of(person.pk)
    first_day = max(starts_on or timezone.localdate(), timezone.localdate())
    own = Membership.objects.filter(person=person, network=network, ended_at=None)
    higher = RANK[RANK.index(Role(role)) + 1 :]
    held = own.filter(role__in=(role, *higher)).current(first_day).first()
    lasting = Q(role__in=higher)
    if until is not None:
        lasting |= Q(role=role) & (Q(until=None) | Q(until__gt=until))
    planned = own.filter(lasting, starts_on__gt=first_day).order_by("starts_on").first()
    if planned is not None and (until is None or until >= planned.starts_on):
        until = planned.starts_on - datetime.timedelta(days=1)
    if held is not None:
        if held.role == role and held.until is not None and (until is None or until > held.until):
            services.lengthen_membership(held, until, by=by)
        return held, False
    added = services.add_membership(person=person, network=network, role=role, starts_on=first_day, until=until, by=by)
    return added, True


@transaction.atomic
def ask_to_join(
    *, network: Network, email: str, name: str, language: str, message: str = "", person: User | None = None
) -> JoinRequest:
    """A request that waits for the coordinators; asking again changes the one that waits.

    Without ``person`` the address is only claimed: accepting sends an invitation there, even if it has an account, and
    a request that somebody made when signed in stays as it is.

    Raises:
        MembershipError: the network is closed.
    """
    if not Network.objects.select_for_update(no_key=True).get(pk=network.pk).is_active:
        raise MembershipError(_("The network “%(name)s” is closed.") % {"name": network.name})
    said = {"person": person, "name": name, "language": language, "message": message}
    request, is_new = JoinRequest.objects.select_for_update().get_or_create(
        network=network, email=normalise_email(email), state=JoinRequest.State.WAITING, defaults=said
    )
    if not is_new:
        if person is None and request.person_id is not None:
            return request
        for field, value in said.items():
            setattr(request, field, value)
        request.save(update_fields=list(said))
    join_requested.send(sender=JoinRequest, request=request)
    return request


@transaction.atomic
def decide(
    request: JoinRequest,
    *,
    accept: bool,
    role: str,
    starts_on: datetime.date | None = None,
    until: datetime.date | None = None,
    by: Any,
) -> Membership | tuple[Invitation, str] | None:
    """Accept or decline. The membership, which is the one that the person had where that allows as much.

    Somebody without an account gets an invitation, whose link is returned to be sent; None when declined.

    Raises:
        MembershipError: somebody decided before, or the last day is past or before the first.
    """
    # Before the request, as ``ask_to_join`` locks them: neither waits for the other in turn.
    Network.objects.select_for_update(no_key=True).get(pk=request.network_id)
    request = JoinRequest.objects.select_for_update(of=("self",)).select_related("network", "person").get(pk=request.pk)
    if request.state != JoinRequest.State.WAITING:
        raise MembershipError(_("Somebody has already answered this request."))
    request.state = JoinRequest.State.ACCEPTED if accept else JoinRequest.State.DECLINED
    request.decided_at, request.decided_by = timezone.now(), by
    request.save(update_fields=["state", "decided_at", "decided_by"])
    join_answered.send(sender=JoinRequest, request=request)
    if not accept:
        return None
    given: dict[str, Any] = {"network": request.network, "role": role, "starts_on": starts_on, "until": until, "by": by}
    if request.person is not None and request.person.is_active:
        return _admit(person=request.person, **given)[0]
    return invite(email=request.email, language=request.language, **given)


def end_ways_into_closed() -> None:
    """End what waits in networks that are closed, as closing does; whoever asked is told."""
    waiting = Q(join_requests__state=JoinRequest.State.WAITING)
    invited = Q(invitations__accepted_at=None, invitations__revoked_at=None, invitations__isnull=False)
    closed = Network.objects.filter(waiting | invited, state=Network.State.CLOSED)
    for pk in list(closed.values_list("pk", flat=True).distinct()):
        with transaction.atomic():
            network = Network.objects.select_for_update(no_key=True).get(pk=pk)
            # Somebody may have opened it again.
            if not network.is_active:
                services.end_ways_in(network, by=None)
