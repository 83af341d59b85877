"""Who is asked to acknowledge a memo now, and who still owes it: from today's memberships, audience and choices."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import Page

from intranet.accounts.models import User
from intranet.memos.models import Acknowledgement, MemoRecord
from intranet.networks.access import EVERYONE, GUEST_PREFIX, KIND_TOKENS, NETWORK_PREFIX, networks_named
from intranet.networks.models import AudienceToken, Item, Membership, Network, Role
from intranet.networks.reach import people_reached


def people_asked(record: MemoRecord) -> QuerySet[User]:
    """Those of whom the memo asks an acknowledgement now: ``MemoRecordQuerySet.asked_of`` from the memo's side.

    At most five queries to build, then one condition. ``record.item.network`` is read too.
    """
    live = Page.objects.filter(translation_key=record.item_id, live=True, alias_of=None)
    if not record.acknowledge or record.withdrawn_at is not None or not live.exists():
        return User.objects.none()
    if record.asks_all:
        people = _audience_asked(record.item)
    else:
        roles = list(record.asked_roles.values_list("role", flat=True))
        people = people_chosen(record.item, roles, list(record.asked_networks.values_list("pk", flat=True)))
    newer = MemoRecord.objects.in_force().filter(
        Exists(Page.objects.filter(translation_key=OuterRef("item_id"), live=True, alias_of=None)),
        replaces=record.item_id,
    )
    replaced_for = _tokens(newer.values("item_id"))
    return people.exclude(pk__in=people_reached(replaced_for).values("pk")) if replaced_for else people


def people_chosen(item: Item, roles: list[str], networks: list[int]) -> QuerySet[User]:
    """Those in the item's audience whom its network may ask, by a membership with such a role in such a network.

    It is this membership that must bring the person into the audience. An empty list: any.
    """
    tokens = _tokens([item.pk])
    kinds = [kind for kind, token in KIND_TOKENS.items() if token in tokens]
    as_member = Q(network__in=networks_named(tokens, NETWORK_PREFIX)) | Q(network__kind__in=kinds)
    if EVERYONE in tokens:
        as_member = Q()
    as_guest = Q(role=Role.GUEST, network__in=networks_named(tokens, GUEST_PREFIX))
    held = _memberships(item).filter((as_member & ~Q(role=Role.GUEST)) | as_guest)
    if roles:
        held = held.filter(role__in=roles)
    if networks:
        held = held.filter(network__in=networks)
    return people_reached(tokens).filter(Exists(held))


def _audience_asked(item: Item) -> QuerySet[User]:
    """All in the audience, as far as the item's network may ask them."""
    people = people_reached(_tokens([item.pk]))
    return people if _asks_beyond(item) else people.filter(Exists(_memberships(item).exclude(role=Role.GUEST)))


def _memberships(item: Item) -> QuerySet[Membership]:
    """The outer person's memberships in force in networks whose people the item's network may ask."""
    held = Membership.objects.current().filter(person=OuterRef("pk"), network__state=Network.State.ACTIVE)
    return held if _asks_beyond(item) else held.filter(network=item.network_id)


def _asks_beyond(item: Item) -> bool:
    network = item.network
    return network is not None and (network.may_ask_others or network.kind == Network.Kind.OFFICE)


def people_owing(record: MemoRecord) -> QuerySet[User]:
    """Those asked who have not acknowledged the current edition."""
    receipt = Acknowledgement.objects.filter(record=record, edition=record.edition, person=OuterRef("pk"))
    return people_asked(record).filter(~Exists(receipt))


def _tokens(keys: Any) -> frozenset[str]:
    return frozenset(AudienceToken.objects.filter(item__in=keys).values_list("token", flat=True))
