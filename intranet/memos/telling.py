"""What notifications say of memos and notes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet.accounts.models import User
from intranet.memos import announcing
from intranet.memos.listing import ListedMemo, memos_for, with_pages
from intranet.memos.models import Acknowledgement, MemoRecord
from intranet.memos.models.archives import archived_items
from intranet.memos.owing import people_asked, people_owing
from intranet.memos.presenting import acknowledging, reader_language, state_of
from intranet.notifications.kinds import ItemKind, told_of
from intranet.notifications.models import Event
from intranet.plugins import NotificationKind, Told


def told_of_memo(memo: ListedMemo) -> Told:
    """A memo with its number, and what this reader has to do with it, by when."""
    state, _tone = state_of(memo)
    is_to_do = memo.is_asked and not memo.acknowledged_at
    label = _("Service memo") if memo.record.edition == 1 else _("New edition of a service memo")
    told = told_of(memo.page, label=label, note=state if is_to_do else "", is_to_do=is_to_do)
    title = _("%(title)s (%(number)s)") % {"title": told.title, "number": memo.record.number}
    due_on = memo.record.acknowledge_by if is_to_do else None
    network = memo.record.item.network
    more = {"due_on": due_on, "network_id": network.pk, "network": network, "action": acknowledging(memo, "home")}
    return Told(**{**vars(told), "title": title, **more})


def people_owing_of(event: Event) -> QuerySet[User]:
    """Those who owe the memo of an event; nobody once there is a newer edition, or the memo is not in force."""
    records = MemoRecord.objects.in_force().select_related("item__network")
    record = records.filter(item=event.item_id, edition=int(event.subject)).first()
    return people_owing(record) if record else User.objects.none()


def memos_of(events: Sequence[Event], person: Any, state: str = "all") -> dict[uuid.UUID, ListedMemo]:
    """The memos in force of these events that are in ``state`` for the person, by their items."""
    records = memos_for(person, state).filter(item__in=[event.item_id for event in events])
    return {memo.id: memo for memo in with_pages(records, reader_language())}


def _of_current_edition(records: QuerySet[MemoRecord]) -> QuerySet[MemoRecord]:
    """Of ``records``, the memo of the outer query's event, if the event is of its current edition."""
    current = records.annotate(current=Cast("edition", CharField()))
    return current.filter(item=OuterRef("item"), current=OuterRef("subject"))


class MemoKind(NotificationKind):
    """An edition of a memo, as long as it is the current one; its event has the edition's number."""

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        memos = memos_of(events, person)
        return {
            event.pk: told_of_memo(memo)
            for event in events
            if event.item_id and (memo := memos.get(event.item_id)) and self.is_told(event, memo)
        }

    def over(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """Those of earlier editions."""
        return events.filter(~Exists(_of_current_edition(MemoRecord.objects.all())))

    def is_told(self, event: Event, memo: ListedMemo) -> bool:
        """Whether there is something to say of the memo by this event."""
        return str(memo.record.edition) == event.subject


class AskingKind(MemoKind):
    """Told to those who have not acknowledged it."""

    def people(self, event: Event) -> QuerySet[User] | None:
        return people_owing_of(event)

    def standing(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """Those of the current editions that ask: whoever joins later owes them too."""
        asking = MemoRecord.objects.in_force().filter(acknowledge=True)
        return events.filter(Exists(_of_current_edition(asking)))


class TellingKind(MemoKind):
    """Told to those who may see it, are not asked, and have not acknowledged it; the other kind tells those asked."""

    def is_told(self, event: Event, memo: ListedMemo) -> bool:
        return super().is_told(event, memo) and not memo.is_asked

    def people(self, event: Event) -> QuerySet[User] | None:
        records = MemoRecord.objects.select_related("item__network").filter(item=event.item_id)
        record = records.filter(edition=int(event.subject)).first()
        if record is None:
            return User.objects.none()
        receipts = Acknowledgement.objects.filter(record=record, edition=record.edition, person=OuterRef("pk"))
        others = User.objects.filter(~Exists(receipts))
        return others.exclude(pk__in=people_asked(record).values("pk")) if record.acknowledge else others


class NoteKind(ItemKind):
    """A post-training note, as long as it is not archived."""

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        archived = set(archived_items().filter(pk__in=[event.item_id for event in events]).values_list("pk", flat=True))
        return super().tell([event for event in events if event.item_id not in archived], person)


TO_ACKNOWLEDGE = AskingKind(
    name=announcing.TO_ACKNOWLEDGE,
    label=gettext_lazy("Service memos that I must acknowledge"),
    required=True,
    default_mode="now",
    reaches_late=True,
)
PUBLISHED = TellingKind(name=announcing.PUBLISHED, label=gettext_lazy("Other service memos"))
NOTE = NoteKind(name=announcing.NOTE, label=gettext_lazy("Post-training notes"), default_mode="weekly")
