"""The acknowledgements of an edition over time, as a drawing and as a table."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import accumulate

from intranet.memos.follow_up.figures import FollowUp

WIDTH, HEIGHT = 600, 160


@dataclass(frozen=True)
class Chart:
    """Paths for an SVG of ``WIDTH`` by ``HEIGHT``; the top is all who are asked.

    ``rows``: the day, how many on it, how many until then.
    """

    line: str
    area: str
    due_x: str
    first: datetime.date
    last: datetime.date
    rows: list[tuple[datetime.date, int, int]]


def chart_of(
    follow_up: FollowUp, *, since: datetime.date, due: datetime.date | None, today: datetime.date
) -> Chart | None:
    """From the day of the edition until today, or the day to acknowledge by; None where nobody is asked."""
    asked, days = follow_up.total.asked, follow_up.days
    if not asked:
        return None
    first, last = min([since, *days]), max([today, *days, *([due] if due else [])])
    span = max((last - first).days, 1)

    def x(day: datetime.date) -> str:
        return f"{(day - first).days / span * WIDTH:.1f}"

    rows = [(day, count, so_far) for (day, count), so_far in zip(days.items(), accumulate(days.values()), strict=True)]
    steps = "".join(f"H{x(day)}V{HEIGHT * (1 - so_far / asked):.1f}" for day, _count, so_far in rows)
    line = f"M0 {HEIGHT}{steps}H{x(min(today, last))}"
    due_x = x(due) if due and due >= first else ""
    return Chart(line, f"{line}V{HEIGHT}Z", due_x, first, last, rows)
