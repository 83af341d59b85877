"""How many of those who are asked have acknowledged: counted by the database, in a fixed number of queries."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from intranet.accounts.models import User
from intranet.memos.follow_up.permissions import Scope
from intranet.memos.models import Acknowledgement, MemoRecord, Reading
from intranet.memos.models.records import MemoRecordQuerySet, is_asked, is_replaced_for
from intranet.memos.owing import people_asked, people_asked_by_each
from intranet.memos.services import is_overdue
from intranet.networks.models import Membership, Network, Role


@dataclass(frozen=True)
class Figures:
    """Of those asked now: who has acknowledged the current edition, and who has never opened it."""

    asked: int
    acknowledged: int
    unopened: int
    is_late: bool
    """The day to acknowledge by is past."""

    @property
    def overdue(self) -> int:
        return self.asked - self.acknowledged if self.is_late else 0


@dataclass(frozen=True)
class FollowUp:
    """The figures of a memo as one follower is told them."""

    total: Figures
    networks: dict[int, Figures]
    """By the network's key. A person in two networks is counted in each."""
    days: dict[datetime.date, int] = field(default_factory=dict)
    """How many of those asked now acknowledged on each day, the first day first."""


def own_people(networks: Collection[int] | None) -> QuerySet[Membership]:
    """Memberships in force, guests' left out, in these networks (None: in any)."""
    held = Membership.objects.current().exclude(role=Role.GUEST).filter(network__state=Network.State.ACTIVE)
    return held if networks is None else held.filter(network__in=networks)


def people_within(record: MemoRecord, networks: Collection[int] | None) -> QuerySet[User]:
    """Those whom the memo asks now, of these networks (None: all)."""
    return _within(people_asked(record), networks)


def _within(people: QuerySet[User], networks: Collection[int] | None) -> QuerySet[User]:
    return people if networks is None else people.filter(Exists(own_people(networks).filter(person=OuterRef("pk"))))


def follow_up_of(record: MemoRecord, scope: Scope) -> FollowUp:
    """The figures that ``scope`` tells: two statements, and those of ``people_asked``."""
    is_late = is_overdue(record)
    by_day = _by_day(record, people_within(record, scope.networks))
    days = {row["day"]: row["asked"] for row in by_day if row["day"]}
    acknowledged, asked = sum(days.values()), sum(row["asked"] for row in by_day)
    total = Figures(asked, acknowledged, sum(row["unopened"] for row in by_day), is_late)
    return FollowUp(total, _by_network(record, scope.networks, is_late) if asked else {}, days)


def receipts_of(record: MemoRecord, person: str) -> QuerySet[Any]:
    """Receipts for the current edition by the person whom the outer query has in ``person``."""
    return Acknowledgement.objects.filter(record=record, edition=record.edition, person=OuterRef(person))


def readings_of(record: MemoRecord, person: str) -> QuerySet[Any]:
    """The same of those who opened it."""
    return Reading.objects.filter(record=record, edition=record.edition, person=OuterRef(person))


def _joined(record: MemoRecord, people: QuerySet[User]) -> QuerySet[Any]:
    """The people with ``receipt``, theirs for the current edition, and whether they never opened it."""
    condition = Q(acknowledgements__record=record, acknowledgements__edition=record.edition)
    joined = people.order_by().annotate(receipt=FilteredRelation("acknowledgements", condition=condition))
    return joined.annotate(is_opened=Exists(readings_of(record, "pk")))


_UNOPENED = Count("pk", filter=Q(receipt__acknowledged_at=None, is_opened=False))


def _by_day(record: MemoRecord, people: QuerySet[User]) -> list[dict[str, Any]]:
    """``day`` (of the receipt, None without one), ``asked`` and ``unopened``."""
    days = _joined(record, people).annotate(day=TruncDate("receipt__acknowledged_at")).values("day")
    return list(days.annotate(asked=Count("pk"), unopened=_UNOPENED).order_by("day"))


def _by_network(record: MemoRecord, networks: Collection[int] | None, is_late: bool) -> dict[int, Figures]:
    """Nobody has two memberships in force in one network: ``add_membership`` ends the first."""
    held = own_people(networks).filter(person__in=people_asked(record).order_by().values("pk")).order_by()
    rows = (
        held.annotate(
            has_receipt=Exists(receipts_of(record, "person_id")), is_opened=Exists(readings_of(record, "person_id"))
        )
        .values("network_id")
        .annotate(
            asked=Count("pk"),
            acknowledged=Count("pk", filter=Q(has_receipt=True)),
            unopened=Count("pk", filter=Q(has_receipt=False, is_opened=False)),
        )
    )
    return {row["network_id"]: Figures(row["asked"], row["acknowledged"], row["unopened"], is_late) for row in rows}


def totals_of(record: MemoRecord, networks: Collection[int] | None) -> Figures:
    """The total of the people of these networks (None: of all)."""
    return totals_of_each([(record, networks)])[record.pk]


def totals_of_each(wanted: Sequence[tuple[MemoRecord, Collection[int] | None]]) -> dict[int, Figures]:
    """The totals of several memos, by their keys: one statement, and those of ``people_asked_by_each``."""
    asked = people_asked_by_each([record for record, _networks in wanted])
    counts = [
        _joined(record, _within(asked[record.pk], networks))
        .annotate(record=Value(record.pk))
        .values("record")
        .annotate(asked=Count("pk"), acknowledged=Count("receipt__pk"), unopened=_UNOPENED)
        for record, networks in wanted
        if not asked[record.pk].query.is_empty()
    ]
    rows = counts[0].union(*counts[1:], all=True) if counts else []
    found = {row["record"]: (row["asked"], row["acknowledged"], row["unopened"]) for row in rows}
    return {record.pk: Figures(*found.get(record.pk, (0, 0, 0)), is_overdue(record)) for record, _networks in wanted}


def owed_within(records: MemoRecordQuerySet, networks: Collection[int] | None) -> MemoRecordQuerySet:
    """Of these memos, those that people of these networks (None: anybody) owe: one condition."""
    person, record, item = OuterRef("pk"), OuterRef(OuterRef("pk")), OuterRef(OuterRef("item_id"))
    receipt = Acknowledgement.objects.filter(
        record=record, edition=OuterRef(OuterRef("edition")), person=OuterRef("pk")
    )
    people = User.objects.filter(~Exists(receipt), is_active=True)
    if networks is not None:
        people = people.filter(pk__in=own_people(networks).order_by().values("person"))
    owing = people.filter(is_asked(person, record, item), ~is_replaced_for(person, item))
    return records.in_force().filter(Exists(owing), acknowledge=True)


def past_due(records: MemoRecordQuerySet) -> MemoRecordQuerySet:
    """Those of which the day to acknowledge by is past: ``is_overdue``."""
    return records.filter(acknowledge_by__lt=timezone.localdate())
