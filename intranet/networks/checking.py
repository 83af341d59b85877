"""Compares what is stored about access with what follows from rules, memberships and roles, computed afresh."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.utils.translation import gettext as _

from intranet.accounts.models import User
from intranet.networks.audiences import CHUNK, computed_audiences
from intranet.networks.models import (
    AudienceToken,
    Item,
    Membership,
    Network,
    NetworkGroupObjectPermission,
    NetworkRole,
    NetworkUserObjectPermission,
)
from intranet.networks.services import ADMIN_ROLES, ROLE_GRANTS, group_name, shared_group_name


def differences() -> Iterator[str]:
    """One sentence for each difference; none when all is right."""
    yield from _audience_differences()
    yield from _role_differences()
    yield from _group_differences()


def _audience_differences() -> Iterator[str]:
    """Stored tokens and the item whose rule is in force, against the rules alone."""
    batch: list[tuple[Item, UUID | None, frozenset[str]]] = []
    for computed in computed_audiences():
        batch.append(computed)
        if len(batch) == CHUNK:
            yield from _compare_audiences(batch)
            batch = []
    yield from _compare_audiences(batch)


def _compare_audiences(batch: list[tuple[Item, UUID | None, frozenset[str]]]) -> Iterator[str]:
    stored: dict[UUID, set[str]] = defaultdict(set)
    keys = [item.pk for item, _source, _tokens in batch]
    for key, token in AudienceToken.objects.filter(item__in=keys).values_list("item_id", "token"):
        stored[key].add(token)
    for item, source, tokens in batch:
        if item.rule_from_id != source:
            yield _("Item %(key)s: the rule in force is stored as that of %(stored)s, and is that of %(computed)s.") % {
                "key": item.pk,
                "stored": item.rule_from_id or "-",
                "computed": source or "-",
            }
        if stored[item.pk] != tokens:
            yield _("Item %(key)s: the audience is stored as %(stored)s, and is %(computed)s.") % {
                "key": item.pk,
                "stored": _words(stored[item.pk]),
                "computed": _words(tokens),
            }


def _role_differences() -> Iterator[str]:
    """Each network has the group of each role, with its grants and no other; nobody has a grant alone."""
    permissions = dict(Permission.objects.filter(content_type__app_label="networks").values_list("pk", "codename"))
    held: dict[tuple[int, int], set[str]] = defaultdict(set)
    grants = NetworkGroupObjectPermission.objects.values_list("content_object_id", "group_id", "permission_id")
    for network_id, group_id, permission_id in grants.iterator(CHUNK):
        held[network_id, group_id].add(permissions.get(permission_id, str(permission_id)))
    groups = {(row.network_id, row.role): row for row in NetworkRole.objects.select_related("group")}
    for network in Network.objects.order_by("pk"):
        for role, codenames in ROLE_GRANTS.items():
            row = groups.get((network.pk, role))
            if row is None:
                yield _("Network %(slug)s: the group of the role %(role)s is missing.") % {
                    "slug": network.slug,
                    "role": role,
                }
                continue
            stored = held.pop((network.pk, row.group_id), set())
            if stored != set(codenames) or row.group.name != group_name(network, role):
                yield _("Group %(group)s: the grants are stored as %(stored)s, and are %(computed)s.") % {
                    "group": row.group.name,
                    "stored": _words(stored),
                    "computed": _words(codenames),
                }
    for (network_id, group_id), codenames_left in held.items():
        yield _("Network %(network)d: group %(group)d has grants that no role gives: %(stored)s.") % {
            "network": network_id,
            "group": group_id,
            "stored": _words(codenames_left),
        }
    for grant in NetworkUserObjectPermission.objects.select_related("user", "content_object", "permission"):
        yield _("Network %(slug)s: %(email)s has the grant %(codename)s outside every role.") % {
            "slug": grant.content_object.slug,
            "email": grant.user.email,
            "codename": grant.permission.codename,
        }


def _group_differences() -> Iterator[str]:
    """Each person is in the groups that the memberships in force give, and in no other of ours."""
    wanted: dict[int, set[str]] = defaultdict(set)
    current = Membership.objects.current().filter(network__state=Network.State.ACTIVE, person__is_active=True)
    for membership in current.select_related("network").iterator(CHUNK):
        wanted[membership.person_id].add(group_name(membership.network, membership.role))
        if membership.role in ADMIN_ROLES:
            wanted[membership.person_id].add(shared_group_name(membership.role))
    links: Any = User.groups.through.objects
    managed = links.filter(group__name__startswith="network:") | links.filter(group__name__startswith="role:")
    stored: dict[int, set[str]] = defaultdict(set)
    for person_id, name in managed.values_list("user_id", "group__name").iterator(CHUNK):
        stored[person_id].add(name)
    different = [pk for pk in sorted(wanted.keys() | stored.keys()) if wanted[pk] != stored[pk]]
    emails = dict(User.objects.filter(pk__in=different).values_list("pk", "email"))
    for pk in different:
        yield _("Person %(email)s: the groups are stored as %(stored)s, and are %(computed)s.") % {
            "email": emails.get(pk, pk),
            "stored": _words(stored[pk]),
            "computed": _words(wanted[pk]),
        }


def _words(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)) or "-"
