"""Who is asked to acknowledge a memo now, and who still owes it: from today's memberships, audience and choices."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from wagtail.models import Page

from intranet.accounts.models import User
from intranet.memos.models import Acknowledgement, MemoRecord
from intranet.memos.models.records import chosen_by, is_replaced_for, memberships_asked
from intranet.networks.models import AudienceToken, Item, Membership, Network, Role
from intranet.networks.models.networks import asks_beyond
from intranet.networks.reach import gives_one_of, is_reached_by

PERSON = OuterRef("pk")


def people_asked(record: MemoRecord) -> QuerySet[User]:
    """Those of whom the memo asks an acknowledgement now: ``MemoRecordQuerySet.asked_of`` from the memo's side.

    At most three queries to build, and ``record.item``, then one condition.
    """
    return people_asked_by_each([record])[record.pk]


def people_asked_by_each(records: Collection[MemoRecord]) -> dict[int, QuerySet[User]]:
    """The same for several memos, by their keys: three queries to build them all."""
    keys = [record.item_id for record in records if record.acknowledge and record.withdrawn_at is None]
    pages = Page.objects.filter(translation_key=OuterRef("item_id"), live=True, alias_of=None)
    asking = MemoRecord.objects.in_force().filter(Exists(pages), item__in=keys).order_by()
    is_beyond = ExpressionWrapper(asks_beyond("item__network__"), output_field=BooleanField())
    live: dict[uuid.UUID, bool] = dict(asking.values_list("item_id", is_beyond))
    # Few memos are replaced: nobody is looked at for what is not there.
    newer = MemoRecord.objects.standing().filter(replaces__in=live).order_by()
    replaced = set(newer.values_list("replaces", flat=True)) if live else set()
    tokens: dict[uuid.UUID, set[str]] = defaultdict(set)
    for key, token in AudienceToken.objects.filter(item__in=live).values_list("item", "token"):
        tokens[key].add(token)
    asked = {}
    for record in records:
        people = User.objects.none()
        if record.item_id in live:
            people = _asked(record, tokens[record.item_id], is_beyond=live[record.item_id])
            if record.item_id in replaced:
                people = people.filter(~is_replaced_for(PERSON, record.item_id))
        asked[record.pk] = people
    return asked


def _asked(record: MemoRecord, tokens: set[str], *, is_beyond: bool) -> QuerySet[User]:
    held = Membership.objects.current().filter(network__state=Network.State.ACTIVE)
    asked = is_asked_by(
        tokens,
        held,
        Membership.objects.all(),
        own=None if is_beyond else record.item.network_id,
        chosen=None if record.asks_all else chosen_by(record.pk),
    )
    return User.objects.filter(asked, is_active=True)


def is_asked_by(
    tokens: Collection[str],
    held: QuerySet[Membership],
    ever: QuerySet[Membership],
    *,
    own: int | None,
    chosen: Q | None,
) -> Q:
    """``is_asked`` where all about the memo is known, so that the database looks through memberships once.

    Of the outer query's person, at a time at which the memberships ``held`` were in force in open networks, and
    ``ever`` were here. ``own`` is the network whose people alone may be asked (None: others too), ``chosen`` says which
    memberships count (None: nothing was chosen).
    """
    if own is None and chosen is None:
        return is_reached_by(tokens, held, ever)
    if own is not None:
        held = held.filter(network=own)
    # Guests of the network are not its own people, unless they are chosen.
    held = held.filter(~Q(role=Role.GUEST) if chosen is None else chosen)
    return Q(Exists(held.filter(gives_one_of(tokens), person=PERSON)))


def people_chosen(item: Item, roles: list[str], networks: list[int]) -> QuerySet[User]:
    """Those in the item's audience whom its network may ask, by a membership with such a role in such a network.

    It is this membership that must bring the person into the audience. An empty list: any.
    """
    chosen = (Q(role__in=roles) if roles else Q()) & (Q(network__in=networks) if networks else Q())
    return User.objects.filter(Exists(memberships_asked(PERSON, item.pk, chosen=chosen)), is_active=True)


def people_owing(record: MemoRecord) -> QuerySet[User]:
    """Those asked who have not acknowledged the current edition."""
    receipt = Acknowledgement.objects.filter(record=record, edition=record.edition, person=PERSON)
    return people_asked(record).filter(~Exists(receipt))
