"""Who has read what in the demo: most people in time, some late, some not at all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from django.utils import timezone

from intranet.accounts.models import User
from intranet.memos.models import Acknowledgement, MemoRecord, Reading
from intranet.memos.owing import people_asked_by_each

_ACKNOWLEDGE, _OPEN = 0.88, 0.95
"""How many of those asked do so, of 1."""
_LATE = 1.15
"""When the last of them acknowledges: so many times the time that was given."""
_LEFT_TO_READ = 2
"""Of the memos that are due last, so many are left to those who try the demo."""
_READING_TAKES = timedelta(minutes=4)
_END_OF_DAY = time(21, tzinfo=UTC)


def leave_receipts(visitors: Collection[str]) -> None:
    """Write down who read the memos that ask for it, the same at each load.

    ``visitors``: the e-mail addresses of the accounts to try, which have acknowledged all but the last memos.
    """
    records = list(
        MemoRecord.objects.in_force()
        .filter(acknowledge=True, acknowledge_by__isnull=False)
        .select_related("item")
        .order_by("-acknowledge_by", "number")
    )
    asked, read_until = people_asked_by_each(records), timezone.now() - _READING_TAKES
    readings: list[Reading] = []
    receipts: list[Acknowledgement] = []
    for place, record in enumerate(records):
        for person in asked[record.pk]:
            is_visitor = person.email in visitors
            chance = _chance(record, person) * (_ACKNOWLEDGE if is_visitor else 1)
            read_at = _read_at(record, chance)
            if chance > _OPEN or read_at > read_until or (is_visitor and place < _LEFT_TO_READ):
                continue
            said = {"record": record, "person": person, "edition": record.edition, "language": person.language}
            readings.append(Reading(**said, read_at=read_at))
            if chance <= _ACKNOWLEDGE:
                receipts.append(Acknowledgement(**said, read_at=read_at, acknowledged_at=read_at + _READING_TAKES))
    Reading.objects.bulk_create(readings, ignore_conflicts=True)
    Acknowledgement.objects.bulk_create(receipts, ignore_conflicts=True)


def _read_at(record: MemoRecord, chance: float) -> datetime:
    """When somebody with this chance opens the memo."""
    assert record.acknowledge_by is not None
    given = datetime.combine(record.acknowledge_by, _END_OF_DAY) - record.published_at
    return record.published_at + given * _LATE * min(chance / _ACKNOWLEDGE, 1)


def _chance(record: MemoRecord, person: User) -> float:
    """From 0 to 1, evenly, and always the same."""
    return int.from_bytes(sha256(f"{record.number} {person.email}".encode()).digest()[:4]) / 2**32
