"""How many of those who are asked have acknowledged: counted by the database, in a fixed number of queries."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from intranet.accounts.models import User
from intranet.memos.follow_up.permissions import Scope
from intranet.memos.models import Acknowledgement, MemoRecord, Reading
from intranet.memos.models.records import MemoRecordQuerySet, is_asked, is_replaced_for
from intranet.memos.owing import people_asked, people_asked_by_each
from intranet.memos.services import is_overdue
from intranet.networks.models import Membership


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
    held = Membership.objects.current().own_people()
    return held if networks is None else held.filter(network__in=networks)


def people_within(record: MemoRecord, networks: Collection[int] | None) -> QuerySet[User]:
    """Those whom the memo asks now, of these networks (None: all)."""
    return _within(people_asked(record), networks)


def _within(people: QuerySet[User], networks: Collection[int] | None) -> QuerySet[User]:
    return people if networks is None else people.filter(Exists(own_people(networks).filter(person=OuterRef("pk"))))


def follow_up_of(record: MemoRecord, scope: Scope) -> FollowUp:
    """The figures that ``scope`` tells: one statement, and those of ``people_asked``."""
    is_late = is_overdue(record)
    days: dict[datetime.date, int] = {}
    networks: dict[int, Figures] = {}
    asked = unopened = 0
    for network, day, *counts in _counts(record, people_within(record, scope.networks), scope.networks):
        if network is not None:
            networks[network] = Figures(*counts, is_late)
            continue
        asked, unopened = asked + counts[0], unopened + counts[2]
        if day is not None:
            days[_as_date(day)] = counts[1]
    return FollowUp(
        Figures(asked, sum(days.values()), unopened, is_late), networks, {day: days[day] for day in sorted(days)}
    )


_UNOPENED = "CASE WHEN asked.day IS NULL AND NOT asked.is_opened THEN 1 ELSE 0 END"
_COUNTS = f"COUNT(*), COUNT(asked.day), COALESCE(SUM({_UNOPENED}), 0)"


def _counts(record: MemoRecord, people: QuerySet[User], networks: Collection[int] | None) -> list[tuple[Any, ...]]:
    """Asked, acknowledged and never opened: for each day of the receipts (None without one), then for each network.

    Rows of network, day and the three. Who is asked is found once and then counted in two ways, which Django has no
    words for. Nobody has two memberships in force in one network: ``add_membership`` ends the first.
    """
    joined = _joined(record, people).annotate(day=TruncDate("receipt__acknowledged_at"))
    held = own_people(networks).order_by().values_list("network_id", "person_id")
    try:
        asked_sql, asked_values = joined.values_list("pk", "day", "is_opened").query.sql_with_params()
        held_sql, held_values = held.query.sql_with_params()
    except EmptyResultSet:
        return []
    statement = f"""
        WITH asked (person, day, is_opened) AS MATERIALIZED ({asked_sql}), held (network, person) AS ({held_sql})
        SELECT NULL, asked.day, {_COUNTS} FROM asked GROUP BY asked.day
        UNION ALL
        SELECT held.network, NULL, {_COUNTS} FROM held JOIN asked ON asked.person = held.person GROUP BY held.network
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, (*asked_values, *held_values))
        return list(cursor.fetchall())


def _as_date(day: datetime.date | str) -> datetime.date:
    """SQLite has no dates."""
    return datetime.date.fromisoformat(day) if isinstance(day, str) else day


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


def totals_of(record: MemoRecord, networks: Collection[int] | None) -> Figures:
    """The total of the people of these networks (None: of all)."""
    return totals_of_each([(record, networks)])[record.pk]


def totals_of_each(wanted: Sequence[tuple[MemoRecord, Collection[int] | None]]) -> dict[int, Figures]:
    """The totals of several memos, by their keys: one statement, and those of ``people_asked_by_each``."""
    asked = people_asked_by_each([record for record, _networks in wanted])
    unopened = Count("pk", filter=Q(receipt__acknowledged_at=None, is_opened=False))
    counts = [
        _joined(record, _within(asked[record.pk], networks))
        .annotate(record=Value(record.pk))
        .values("record")
        .annotate(asked=Count("pk"), acknowledged=Count("receipt__pk"), unopened=unopened)
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
