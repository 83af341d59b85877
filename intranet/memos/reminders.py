"""Who owes an acknowledgement by when, for the engine that reminds."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from intranet.accounts.models import User
from intranet.memos.follow_up.figures import totals_of
from intranet.memos.listing import memos_for, with_pages
from intranet.memos.models import Edition, MemoRecord
from intranet.memos.presenting import reader_language
from intranet.memos.telling import memos_of, people_owing_of, told_of_memo
from intranet.networks.access import access_of
from intranet.networks.models import Membership, Role
from intranet.notifications.kinds import told_of
from intranet.notifications.models import Event
from intranet.plugins import NotificationKind, Obligation, ReminderSource, Told


class ReminderKind(NotificationKind):
    """Told to those who owe the edition, as long as they do."""

    def people(self, event: Event) -> QuerySet[User]:
        return people_owing_of(event)

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        memos = memos_of(events, person, "to_acknowledge")
        return {
            event.pk: told_of_memo(memos[event.item_id])
            for event in events
            if event.item_id in memos and str(memos[event.item_id].record.edition) == event.subject
        }


class OverdueKind(NotificationKind):
    """Told to the coordinators of networks whose people owe the edition: how many of their own, and nobody else's.

    Each memo takes a query of its own; they are few on one day.
    """

    def people(self, event: Event) -> QuerySet[User]:
        theirs = Membership.objects.current().own_people()
        owing = theirs.filter(person__in=people_owing_of(event).values("pk"))
        coordinators = theirs.filter(role=Role.COORDINATOR, network__in=owing.values("network"))
        return User.objects.filter(pk__in=coordinators.values("person"))

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        memos = memos_of(events, person)
        told = {}
        for event in events:
            memo = memos.get(event.item_id) if event.item_id else None
            if memo is None or str(memo.record.edition) != event.subject:
                continue
            figures = totals_of(memo.record, access_of(person).coordinate)
            if count := figures.asked - figures.acknowledged:
                note = ngettext(
                    "%(count)d person of your network has not acknowledged it yet.",
                    "%(count)d people of your network have not acknowledged it yet.",
                    count,
                ) % {"count": count}
                address = reverse("memos:follow_up", args=[memo.id])
                told[event.pk] = told_of(memo.page, url=address, label=_("Overdue service memo"), note=note)
        return told


REMINDER = ReminderKind(
    name="memos.reminder", label=gettext_lazy("Reminders of service memos"), required=True, is_reminder=True
)
OVERDUE = OverdueKind(
    name="memos.overdue", label=gettext_lazy("Overdue service memos"), required=True, is_reminder=True
)


class MemoReminders(ReminderSource):
    """The memos that are to be acknowledged by a day."""

    name = "memos"
    kind = "memos.reminder"
    overdue_kind = "memos.overdue"

    def due_on(self, days: Collection[datetime.date]) -> Iterable[Obligation]:
        first = Edition.objects.filter(record=OuterRef("pk"), number=OuterRef("edition"), revision=1)
        records = MemoRecord.objects.in_force().filter(acknowledge=True, acknowledge_by__in=days)
        for record in records.select_related("item").annotate(asked_at=first.values("published_at")[:1]):
            assert record.acknowledge_by is not None
            asked_at = record.asked_at or record.published_at
            yield Obligation(
                item=record.item_id,
                network=record.item.network_id,
                due_on=record.acknowledge_by,
                since=timezone.localdate(asked_at),
                ref=str(record.edition),
            )

    def owed_by(self, person: Any) -> Sequence[Told]:
        owed = memos_for(person, "to_acknowledge")
        return [told_of_memo(memo) for memo in with_pages(owed, reader_language(), only_titles=True)]
