"""How many took part, and what they thought: read once for many notes."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum

from intranet.memos.models import AttendanceCount, Participation

ENOUGH_RATINGS = 3
"""An average is shown from so many ratings on: of fewer it would say who gave which."""


@dataclass
class Attendance:
    """Of one network at one session. ``entered`` is what its people or the issuer's wrote down, if anybody did."""

    entered: int | None = None
    confirmed: int = 0
    ratings: int = 0
    stars: int = 0

    @property
    def is_known(self) -> bool:
        """Whether a number was entered, or somebody said to have taken part."""
        return self.entered is not None or self.confirmed > 0

    @property
    def people(self) -> int:
        """What was entered, or those who said so themselves, where they are more."""
        return max(self.entered or 0, self.confirmed)


def attendance_of(keys: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, int | None], Attendance]:
    """By item and network (null: people without one). Two queries."""
    wanted = list(keys)
    found: dict[tuple[uuid.UUID, int | None], Attendance] = defaultdict(Attendance)
    entered = AttendanceCount.objects.filter(item__in=wanted).latest_until()
    for item, network, people in entered.values_list("item", "network", "people"):
        found[item, network].entered = people
    said = Participation.objects.filter(item__in=wanted).values("item", "network").order_by()
    for row in said.annotate(people=Count("pk"), ratings=Count("rating"), total=Sum("rating__stars")):
        own = found[row["item"], row["network"]]
        own.confirmed, own.ratings, own.stars = row["people"], row["ratings"], row["total"] or 0
    return dict(found)


def average(ratings: int, stars: int) -> float | None:
    """To one decimal; None where too few rated."""
    return round(stars / ratings, 1) if ratings >= ENOUGH_RATINGS else None
