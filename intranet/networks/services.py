"""Writes that touch several models: networks, memberships, and the grants that follow from them.

This module alone writes groups and guardian grants; ``check_access`` compares what is stored with what should be.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intranet.accounts.models import User
from intranet.networks import audiences
from intranet.networks.access import forget_access
from intranet.networks.exceptions import MembershipError, NetworkError
from intranet.networks.models import (
    Invitation,
    JoinRequest,
    Membership,
    Network,
    NetworkEvent,
    NetworkGroupObjectPermission,
    NetworkRole,
    Role,
)
from intranet.networks.signals import access_granted, join_answered, network_changed, network_provisioned

ROLE_GRANTS: dict[str, tuple[str, ...]] = {
    Role.READER: ("view_network",),
    Role.CONTRIBUTOR: ("view_network", "contribute_network"),
    Role.PUBLISHER: ("view_network", "contribute_network", "publish_network"),
    Role.COORDINATOR: ("view_network", "contribute_network", "publish_network", "coordinate_network"),
    Role.GUEST: ("visit_network",),
}
"""Each role holds what the one before it holds; a guest holds one thing that no other role has."""

ADMIN_ROLES = (Role.CONTRIBUTOR, Role.PUBLISHER, Role.COORDINATOR)
PUBLISHING_ROLES = (Role.PUBLISHER, Role.COORDINATOR)


def group_name(network: Network, role: str) -> str:
    """The name of the group of one role in one network."""
    return f"network:{network.pk}:{role}"


def shared_group_name(role: str) -> str:
    """The name of the group of everyone who has the role in some network."""
    return f"role:{role}"


def code_from_slug(slug: str) -> str:
    """A free code made from the slug: ``halifax`` → ``HALIFAX``, with a digit when it is taken."""
    ascii_slug = unicodedata.normalize("NFKD", slug).encode("ascii", "ignore").decode()
    base = re.sub(r"[^A-Z0-9]", "", ascii_slug.upper()).lstrip("0123456789")[:10] or "NET"
    base = base if len(base) > 1 else f"{base}X"
    code, number = base, 1
    while Network.objects.filter(code=code).exists():
        number += 1
        code = f"{base}{number}"
    return code


@transaction.atomic
def provision_network(
    *, slug: str, kind: str, name_en: str, name_fr: str, code: str = "", by: Any = None, **fields: Any
) -> Network:
    """A network with its groups and grants; content apps add the section in the same transaction.

    ``listed`` is false for tables unless given.

    Raises:
        django.core.exceptions.ValidationError: a field is wrong or taken.
    """
    fields.setdefault("listed", kind != Network.Kind.TABLE)
    network = Network(
        slug=slug, kind=kind, name_en=name_en, name_fr=name_fr, code=code or code_from_slug(slug), **fields
    )
    network.full_clean()
    network.save()
    _write_roles(network)
    NetworkEvent.objects.create(network=network, kind=NetworkEvent.Kind.CREATED, by=by)
    network_provisioned.send(sender=Network, network=network)
    return network


@transaction.atomic
def update_network(network: Network, *, by: Any = None, **fields: Any) -> Network:
    """Change names, languages, listing …; a dated row says which. The code stays.

    Raises:
        django.core.exceptions.ValidationError: a field is wrong or taken, or the code another one.
    """
    changes = {name: value for name, value in fields.items() if getattr(network, name) != value}
    if not changes:
        return network
    if "code" in changes:
        raise ValidationError(
            {
                "code": _("“%(slug)s” has the code %(code)s and keeps it: its memos are numbered under it.")
                % {"slug": network.slug, "code": network.code}
            }
        )
    for name, value in changes.items():
        setattr(network, name, value)
    network.full_clean()
    network.save()
    NetworkEvent.objects.create(
        network=network, kind=NetworkEvent.Kind.CHANGED, by=by, details={"fields": sorted(changes)}
    )
    if "listed" in changes and not network.listed:
        audiences.close_section(network, by=by)
    network_changed.send(sender=Network, network=network, changes=frozenset(changes))
    forget_access()
    return network


@transaction.atomic
def set_network_state(network: Network, state: str, *, by: Any = None) -> None:
    """Close a network (its people lose what it gave them, its content and history stay) or open it again.

    Closing ends the requests that wait, which whoever asked is told, and withdraws the open invitations.
    """
    network = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    if network.state == state:
        return
    network.state = state
    network.save(update_fields=["state"])
    kind = NetworkEvent.Kind.CLOSED if state == Network.State.CLOSED else NetworkEvent.Kind.REOPENED
    NetworkEvent.objects.create(network=network, kind=kind, by=by)
    if state == Network.State.CLOSED:
        end_ways_in(network, by)
    network_changed.send(sender=Network, network=network, changes=frozenset({"state"}))
    sync_groups(User.objects.filter(memberships__network=network))


@transaction.atomic
def add_membership(
    *,
    person: User,
    network: Network,
    role: str,
    starts_on: datetime.date | None = None,
    until: datetime.date | None = None,
    by: Any = None,
    reason: str = "",
) -> Membership:
    """Give a person a role in a network. Those in the same network that it takes the place of end first: now, or the
    day before it begins.

    Raises:
        MembershipError: the dates are the wrong way round, or the role is unknown.
    """
    starts_on = starts_on or timezone.localdate()
    if role not in Role.values:
        raise MembershipError(_("“%(role)s” is not a role.") % {"role": role})
    refuse_wrong_days(starts_on, until)
    lock_memberships_of(person.pk)
    if until is None or until >= timezone.localdate():
        _make_room(person, network, starts_on, until, by)
    membership = Membership.objects.create(
        person=person, network=network, role=role, starts_on=starts_on, until=until, created_by=by, reason=reason
    )
    NetworkEvent.objects.create(
        network=network,
        kind=NetworkEvent.Kind.MEMBER_ADDED,
        person=person,
        by=by,
        details={"role": role, "starts_on": starts_on.isoformat(), "until": until.isoformat() if until else None},
    )
    sync_groups([person])
    return membership


@transaction.atomic
def record_past_membership(
    *,
    person: User,
    network: Network,
    role: str,
    starts_on: datetime.date,
    until: datetime.date | None,
    ended_at: datetime.datetime | None,
    reason: str = "",
) -> Membership:
    """Write a membership that was over before it came here, for *who could see this on that day*. It gives nothing.

    Raises:
        MembershipError: it is not over.
    """
    over = ended_at is not None or (until is not None and until < timezone.localdate())
    if not over:
        raise MembershipError(_("This membership is not over: add it instead."))
    return Membership.objects.create(
        person=person,
        network=network,
        role=role,
        starts_on=starts_on,
        until=until,
        ended_at=ended_at,
        reason=reason,
    )


@transaction.atomic
def end_membership(membership: Membership, *, by: Any = None) -> None:
    """End a membership now; access through it ends with this transaction. A second call changes nothing."""
    lock_memberships_of(membership.person_id)
    membership.refresh_from_db()
    if membership.ended_at is not None:
        return
    _end(membership, by)
    sync_groups([membership.person])


@transaction.atomic
def grant_access(
    *, person: User, network: Network, role: str, until: datetime.date, reason: str, by: Any = None
) -> Membership:
    """The way in for an administrator in need: dated, with a reason, logged, announced to the coordinators.

    Raises:
        MembershipError: no reason, or a last day that is past.
        NetworkError: the network is closed.
    """
    if not reason.strip():
        raise MembershipError(_("Give the reason: the network’s coordinators will read it."))
    if until < timezone.localdate():
        raise MembershipError(_("The last day is in the past."))
    if not network.is_active:
        raise NetworkError(_("The network “%(name)s” is closed.") % {"name": network.name})
    if Membership.objects.current().filter(person=person, network=network).exists():
        # Access in need would end the role that the person has, for good.
        raise MembershipError(
            _("%(person)s has a role in this network already. Its coordinators can change it.") % {"person": person}
        )
    membership = add_membership(person=person, network=network, role=role, until=until, by=by, reason=reason.strip())
    NetworkEvent.objects.create(
        network=network,
        kind=NetworkEvent.Kind.ACCESS_GRANTED,
        person=person,
        by=by,
        details={"role": role, "until": until.isoformat(), "reason": reason.strip()},
    )
    access_granted.send(sender=Membership, membership=membership)
    return membership


def announce_appointment(membership: Membership) -> None:
    """Log, and tell the network, that somebody from outside it, the office, made this person its coordinator."""
    NetworkEvent.objects.create(
        network=membership.network,
        kind=NetworkEvent.Kind.COORDINATOR_APPOINTED,
        person=membership.person,
        by=membership.created_by,
        details={"until": membership.until.isoformat() if membership.until else None},
    )
    access_granted.send(sender=Membership, membership=membership)


def sync_groups(people: Iterable[User]) -> None:
    """Make the groups of ``people`` follow their memberships in force; other groups are left alone."""
    ids = {person.pk for person in people}
    wanted: dict[int, set[str]] = {pk: set() for pk in ids}
    current = Membership.objects.current().filter(
        person__in=ids, network__state=Network.State.ACTIVE, person__is_active=True
    )
    for membership in current.select_related("network"):
        wanted[membership.person_id].add(group_name(membership.network, membership.role))
        if membership.role in ADMIN_ROLES:
            wanted[membership.person_id].add(shared_group_name(membership.role))
    links = User.groups.through.objects.filter(user__in=ids)
    managed = links.filter(group__name__startswith="network:") | links.filter(group__name__startswith="role:")
    held: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    for pk, person_id, name in managed.values_list("pk", "user_id", "group__name"):
        held[person_id][name] = pk
    surplus = [pk for person, groups in held.items() for name, pk in groups.items() if name not in wanted[person]]
    User.groups.through.objects.filter(pk__in=surplus).delete()
    missing = {(person, name) for person, names in wanted.items() for name in names - held[person].keys()}
    group_ids = dict(Group.objects.filter(name__in={name for _person, name in missing}).values_list("name", "pk"))
    User.groups.through.objects.bulk_create(
        [User.groups.through(user_id=person, group_id=group_ids[name]) for person, name in sorted(missing)],
        ignore_conflicts=True,
    )
    forget_access()


def sync_due_memberships() -> int:
    """Let the groups follow memberships that began or ended by their date; the number of people looked at.

    Access itself does not wait for this: it asks the memberships.
    """
    groups = User.groups.through.objects.filter(group__network_role__isnull=False)
    people = set(groups.values_list("user_id", flat=True))
    people |= set(Membership.objects.current().values_list("person_id", flat=True))
    sync_groups(User.objects.filter(pk__in=people))
    return len(people)


def refuse_wrong_days(starts_on: datetime.date | None, until: datetime.date | None) -> None:
    """The days of a term are in order.

    Raises:
        MembershipError: the last day is before the first.
    """
    if starts_on is not None and until is not None and until < starts_on:
        raise MembershipError(
            _("The last day is before the first day. Choose a later last day, or an earlier first day.")
        )


def lock_memberships_of(person_id: int) -> None:
    """Until the transaction ends nobody else changes this person's memberships; taken first, so nobody deadlocks."""
    User.objects.select_for_update(no_key=True).get(pk=person_id)


def set_last_day(membership: Membership, until: datetime.date | None, *, by: Any = None) -> None:
    """Give a membership another last day, or none; a dated row says so. In the caller's transaction."""
    membership.until = until
    membership.save(update_fields=["until"])
    NetworkEvent.objects.create(
        network_id=membership.network_id,
        kind=NetworkEvent.Kind.MEMBER_CHANGED,
        person_id=membership.person_id,
        by=by,
        details={"role": membership.role, "until": until.isoformat() if until else None},
    )


def lengthen_membership(membership: Membership, until: datetime.date | None, *, by: Any = None) -> None:
    """Give a membership a later last day, or none. Those in the same network that it runs into make room for it."""
    if membership.until is not None and membership.until < datetime.date.max:
        first_day = membership.until + datetime.timedelta(days=1)
        _make_room(membership.person, membership.network, first_day, until, by)
    set_last_day(membership, until, by=by)
    sync_groups([membership.person])


def _make_room(person: User, network: Network, starts_on: datetime.date, until: datetime.date | None, by: Any) -> None:
    """One membership of a person in a network is in force at a time."""
    first_day = max(starts_on, timezone.localdate())
    for old in Membership.objects.between(first_day, until).filter(person=person, network=network):
        if old.starts_on < first_day and first_day > timezone.localdate():
            set_last_day(old, first_day - datetime.timedelta(days=1), by=by)
        else:
            _end(old, by)


def end_ways_in(network: Network, by: Any) -> None:
    """Of a network that is closed, in the caller's transaction: nobody is left who would answer requests or withdraw
    invitations."""
    now = timezone.now()
    Invitation.objects.filter(network=network, accepted_at=None, revoked_at=None).update(revoked_at=now)
    waiting = JoinRequest.objects.filter(network=network, state=JoinRequest.State.WAITING)
    for request in waiting.select_for_update(of=("self",)).select_related("network"):
        request.state, request.decided_at, request.decided_by = JoinRequest.State.CLOSED, now, by
        request.save(update_fields=["state", "decided_at", "decided_by"])
        join_answered.send(sender=JoinRequest, request=request)


def _end(membership: Membership, by: Any) -> None:
    membership.ended_at = timezone.now()
    membership.ended_by = by
    membership.save(update_fields=["ended_at", "ended_by"])
    NetworkEvent.objects.create(
        network_id=membership.network_id,
        kind=NetworkEvent.Kind.MEMBER_ENDED,
        person_id=membership.person_id,
        by=by,
        details={"role": membership.role, "starts_on": membership.starts_on.isoformat()},
    )


def _write_roles(network: Network) -> None:
    permissions = dict(
        Permission.objects.filter(content_type__app_label="networks", content_type__model="network").values_list(
            "codename", "pk"
        )
    )
    groups = Group.objects.bulk_create([Group(name=group_name(network, role)) for role in ROLE_GRANTS])
    NetworkRole.objects.bulk_create(
        [NetworkRole(network=network, role=role, group=group) for role, group in zip(ROLE_GRANTS, groups, strict=True)]
    )
    NetworkGroupObjectPermission.objects.bulk_create(
        [
            NetworkGroupObjectPermission(group=group, content_object=network, permission_id=permissions[codename])
            for (role, codenames), group in zip(ROLE_GRANTS.items(), groups, strict=True)
            for codename in codenames
        ]
    )
