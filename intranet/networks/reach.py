"""How many people an audience reaches."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from intranet.accounts.models import User
from intranet.networks.access import EVERYONE, GUEST_PREFIX, KIND_TOKENS, NETWORK_PREFIX, networks_named
from intranet.networks.models import Membership, Network, Role


def people_reached(tokens: Iterable[str]) -> QuerySet[User]:
    """Active people who hold one of ``tokens`` today; one condition, the same that ``tokens_for`` reads for one."""
    wanted = set(tokens)
    conditions = Q(pk__in=[])
    networks, guests = networks_named(wanted, NETWORK_PREFIX), networks_named(wanted, GUEST_PREFIX)
    kinds = [kind for kind, token in KIND_TOKENS.items() if token in wanted]
    held = Membership.objects.current().filter(person=OuterRef("pk"), network__state=Network.State.ACTIVE)
    full = held.exclude(role=Role.GUEST)
    if networks or kinds:
        conditions |= Q(Exists(full.filter(Q(network__in=networks) | Q(network__kind__in=kinds))))
    if guests:
        conditions |= Q(Exists(held.filter(role=Role.GUEST, network__in=guests)))
    if EVERYONE in wanted:
        was_guest = Membership.objects.filter(person=OuterRef("pk"), role=Role.GUEST)
        conditions |= Q(Exists(full)) | ~Q(Exists(was_guest))
    return User.objects.filter(conditions, is_active=True)


def count_people(tokens: Iterable[str]) -> int:
    """The number of people who can see now what has this effective audience."""
    return people_reached(tokens).count()
