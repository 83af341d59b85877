"""Who is asked to acknowledge a memo now, and who still owes it: from today's memberships, audience and choices."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import Page

from intranet.accounts.models import User
from intranet.memos.models import Acknowledgement, MemoRecord
from intranet.memos.models.records import is_asked, is_replaced_for, memberships_asked
from intranet.networks.models import Item

PERSON = OuterRef("pk")


def people_asked(record: MemoRecord) -> QuerySet[User]:
    """Those of whom the memo asks an acknowledgement now: ``MemoRecordQuerySet.asked_of`` from the memo's side.

    At most two queries to build, then one condition.
    """
    return people_asked_by_each([record])[record.pk]


def people_asked_by_each(records: Collection[MemoRecord]) -> dict[int, QuerySet[User]]:
    """The same for several memos, by their keys: two queries to build them all."""
    keys = [record.item_id for record in records if record.acknowledge and record.withdrawn_at is None]
    pages = Page.objects.filter(translation_key__in=keys, live=True, alias_of=None)
    live = set(pages.values_list("translation_key", flat=True))
    # Few memos are replaced: nobody is looked at for what is not there.
    newer = MemoRecord.objects.in_force().filter(replaces__in=live)
    replaced = set(newer.values_list("replaces", flat=True)) if live else set()
    return {
        record.pk: _asked(record, record.item_id in replaced) if record.item_id in live else User.objects.none()
        for record in records
    }


def _asked(record: MemoRecord, is_replaced: bool) -> QuerySet[User]:
    people = User.objects.filter(is_asked(PERSON, record.pk, record.item_id, asks_all=record.asks_all), is_active=True)
    return people.filter(~is_replaced_for(PERSON, record.item_id)) if is_replaced else people


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
