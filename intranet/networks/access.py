"""What a person may reach: the grants in force, and the tokens that follow from them.

Everything is read from django-guardian's grants of the person's groups, each confirmed by a membership that is in
force today in an active network, so that an ended membership closes access the same minute, whatever the groups say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import F

from intranet.accounts.models import User
from intranet.networks.models import Membership, Network, NetworkGroupObjectPermission, Role
from intranet.networks.models.memberships import current_condition

EVERYONE = "everyone"
MEMBERS = "members"
PARTNERS = "partners"

KIND_TOKENS: dict[str, str] = {
    Network.Kind.OFFICE: MEMBERS,
    Network.Kind.SOCIETY: MEMBERS,
    Network.Kind.PARTNER: PARTNERS,
}


_GRANTS = f"""
    WITH confirmed (network_id, kind, group_id) AS MATERIALIZED ({{roles}})
    SELECT DISTINCT confirmed.network_id, permission.codename, confirmed.kind
    FROM confirmed
    JOIN {User.groups.through._meta.db_table} joined ON joined.group_id = confirmed.group_id AND joined.user_id = %s
    JOIN {NetworkGroupObjectPermission._meta.db_table} held
        ON held.group_id = confirmed.group_id AND held.content_object_id = confirmed.network_id
    JOIN {Permission._meta.db_table} permission ON permission.id = held.permission_id
"""

NETWORK_PREFIX = "network:"
GUEST_PREFIX = "guest:"


def network_token(network_id: int) -> str:
    """The token of those who may view the network."""
    return f"{NETWORK_PREFIX}{network_id}"


def guest_token(network_id: int) -> str:
    """The token of the network's guests."""
    return f"{GUEST_PREFIX}{network_id}"


def networks_named(tokens: Iterable[str], prefix: str) -> list[int]:
    """The keys of the networks that tokens with this prefix name."""
    return [int(token.removeprefix(prefix)) for token in tokens if token.startswith(prefix)]


@dataclass(frozen=True)
class Grant:
    """What a membership in force allows in a network: ``view``, ``visit``, ``publish`` …"""

    network_id: int
    permission: str
    kind: str
    """The network's."""

    @property
    def tokens(self) -> frozenset[str]:
        """The audience tokens that follow from it."""
        if self.permission == "visit":
            return frozenset({guest_token(self.network_id)})
        if self.permission != "view":
            return frozenset()
        return frozenset({network_token(self.network_id), KIND_TOKENS.get(self.kind, network_token(self.network_id))})


@dataclass(frozen=True)
class Access:
    """The networks (primary keys) in which a person holds each grant, and the person's tokens.

    ``grants`` is what all of it follows from.
    """

    view: frozenset[int] = frozenset()
    visit: frozenset[int] = frozenset()
    contribute: frozenset[int] = frozenset()
    publish: frozenset[int] = frozenset()
    coordinate: frozenset[int] = frozenset()
    office_publish: frozenset[int] = frozenset()
    office_coordinate: frozenset[int] = frozenset()
    tokens: frozenset[str] = field(default_factory=frozenset)
    grants: tuple[Grant, ...] = ()

    @property
    def network_ids(self) -> frozenset[int]:
        """Networks whose name the person knows from belonging to them."""
        return self.view | self.visit


NO_ACCESS = Access()
_request_cache: ContextVar[dict[int, Access] | None] = ContextVar("networks_access", default=None)


@contextmanager
def access_cache() -> Iterator[None]:
    """Within it, a person's access is read once. The middleware opens one for each request."""
    reset = _request_cache.set({})
    try:
        yield
    finally:
        _request_cache.reset(reset)


def forget_access() -> None:
    """Called by whatever changes memberships, grants or networks."""
    cache = _request_cache.get()
    if cache is not None:
        cache.clear()


def access_of(user: Any) -> Access:
    """The access of ``user`` now: at most two queries, none for an anonymous or inactive one."""
    if not user.is_authenticated or not user.is_active:
        return NO_ACCESS
    cache = _request_cache.get()
    if cache is None:
        return _read_access(user.pk)
    if user.pk not in cache:
        cache[user.pk] = _read_access(user.pk)
    return cache[user.pk]


def tokens_for(user: Any) -> frozenset[str]:
    """The person's audience tokens; empty for an anonymous or inactive one."""
    return access_of(user).tokens


def _read_access(person_id: int) -> Access:
    rows = _read_grants(person_id)
    grants = tuple(Grant(pk, codename.removesuffix("_network"), kind) for pk, codename, kind in rows)
    held: dict[str, set[int]] = {}
    for grant in grants:
        held.setdefault(grant.permission, set()).add(grant.network_id)
    view = held.get("view", set())
    tokens = {token for grant in grants for token in grant.tokens}
    if view or not _is_only_a_guest(person_id):
        tokens.add(EVERYONE)
    office = {grant.network_id for grant in grants if grant.kind == Network.Kind.OFFICE}
    publish, coordinate = held.get("publish", set()), held.get("coordinate", set())
    return Access(
        view=frozenset(view),
        visit=frozenset(held.get("visit", set())),
        contribute=frozenset(held.get("contribute", set())),
        publish=frozenset(publish),
        coordinate=frozenset(coordinate),
        office_publish=frozenset(publish & office),
        office_coordinate=frozenset(coordinate & office),
        tokens=frozenset(tokens),
        grants=grants,
    )


def _read_grants(person_id: int) -> list[tuple[int, str, str]]:
    """Network, codename and the network's kind of each grant of the person's groups that a membership confirms.

    Every request asks this. In one piece PostgreSQL takes six times as long, nearly all of it to plan the joins.
    """
    confirmed = Membership.objects.filter(
        current_condition(), person_id=person_id, network__state=Network.State.ACTIVE, network__roles__role=F("role")
    )
    roles, parameters = (
        confirmed.order_by()
        .values_list("network_id", "network__kind", "network__roles__group_id")
        .query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS.format(roles=roles), [*parameters, person_id])
        return list(cursor.fetchall())


def _is_only_a_guest(person_id: int) -> bool:
    """Without a membership of another role in force: somebody who came as a guest gains nothing when that ends."""
    return Membership.objects.filter(person_id=person_id, role=Role.GUEST).exists()
