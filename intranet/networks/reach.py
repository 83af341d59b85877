"""Whom an audience reaches: a set of tokens, or an item and a person of other queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from intranet.accounts.models import User
from intranet.networks.access import EVERYONE, GUEST_PREFIX, KIND_TOKENS, NETWORK_PREFIX, networks_named
from intranet.networks.models import AudienceToken, Membership, Network, Role


def gives_one_of(tokens: Iterable[str]) -> Q:
    """Whether a membership in force gives its person one of ``tokens``."""
    wanted = set(tokens)
    networks, guests = networks_named(wanted, NETWORK_PREFIX), networks_named(wanted, GUEST_PREFIX)
    kinds = [kind for kind, token in KIND_TOKENS.items() if token in wanted]
    full = ~Q(role=Role.GUEST)
    if EVERYONE not in wanted:
        full &= Q(network__in=networks) | Q(network__kind__in=kinds)
    return full | Q(role=Role.GUEST, network__in=guests) if guests else full


def people_reached(tokens: Iterable[str]) -> QuerySet[User]:
    """Active people who hold one of ``tokens`` today; one condition, the same that ``tokens_for`` reads for one."""
    wanted = set(tokens)
    if not wanted:
        return User.objects.none()
    held = Membership.objects.current().filter(network__state=Network.State.ACTIVE)
    return User.objects.filter(is_reached_by(wanted, held, Membership.objects.all()), is_active=True)


def is_reached_by(tokens: Collection[str], held: QuerySet[Membership], ever: QuerySet[Membership]) -> Q:
    """Whether the person of the outer query held one of ``tokens``: by the memberships in force then, ``held``, or as
    one of everyone, who was never a guest among those up to then, ``ever``.
    """
    reached = Q(Exists(held.filter(gives_one_of(tokens), person=OuterRef("pk"))))
    if EVERYONE not in tokens:
        return reached
    return reached | ~Q(Exists(ever.filter(person=OuterRef("pk"), role=Role.GUEST)))


def count_people(tokens: Iterable[str]) -> int:
    """The number of people who can see now what has this effective audience."""
    return people_reached(tokens).count()


def deeper(value: Any) -> Any:
    """The same value, named from within one more subquery."""
    return OuterRef(value) if isinstance(value, OuterRef) else value


def reaching_memberships(person: Any, item: Any) -> QuerySet[Membership]:
    """Memberships in force by which the item is meant for the person.

    ``person`` and ``item`` are keys, or each an ``OuterRef`` of the query in which this one stands.
    """
    network = Cast("network_id", CharField())
    # The tokens that the membership gives, as intranet.networks.access says.
    own = Case(
        When(role=Role.GUEST, then=Concat(Value(GUEST_PREFIX), network)), default=Concat(Value(NETWORK_PREFIX), network)
    )
    kind = Case(
        *(When(network__kind=kind, then=Value(token)) for kind, token in KIND_TOKENS.items()), default=Value("")
    )
    audience = AudienceToken.objects.filter(item=deeper(item))
    full = Q(Exists(audience.filter(token=OuterRef("kind_token")))) | Q(Exists(audience.filter(token=EVERYONE)))
    held = Membership.objects.current().filter(person=person, network__state=Network.State.ACTIVE)
    return held.annotate(token=own, kind_token=kind).filter(
        Q(Exists(audience.filter(token=OuterRef("token")))) | (full & ~Q(role=Role.GUEST))
    )


def is_everyone(person: Any, item: Any) -> Q:
    """Whether the item is meant for everyone, and the person one of them without a membership too."""
    was_guest = Membership.objects.filter(person=person, role=Role.GUEST)
    return Q(Exists(AudienceToken.objects.filter(item=item, token=EVERYONE))) & ~Q(Exists(was_guest))


def is_reached(person: Any, item: Any) -> Q:
    """Whether the item is meant for the active person: ``people_reached``, where neither is known beforehand."""
    return is_everyone(person, item) | Q(Exists(reaching_memberships(person, item)))


def memberships_reaching(tokens: Iterable[str]) -> QuerySet[Membership]:
    """The memberships in force of active people that give one of ``tokens``: what makes them see what has these."""
    wanted = set(tokens)
    kinds = [kind for kind, token in KIND_TOKENS.items() if token in wanted]
    as_member = Q(network__in=networks_named(wanted, NETWORK_PREFIX)) | Q(network__kind__in=kinds)
    if EVERYONE in wanted:
        as_member = Q()
    as_guest = Q(role=Role.GUEST, network__in=networks_named(wanted, GUEST_PREFIX))
    held = Membership.objects.current().filter(person__is_active=True, network__state=Network.State.ACTIVE)
    return held.filter((as_member & ~Q(role=Role.GUEST)) | as_guest)
