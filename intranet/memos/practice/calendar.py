"""Months after a day, and the periods that figures are divided into."""

from __future__ import annotations

import calendar
import datetime

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

FISCAL_YEAR_BEGINS = 4
"""In April, as the federal government's."""
LENGTHS = ("month", "quarter", "year")


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or earlier; the last one of a shorter month, or the last or first of all."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        return datetime.date.max if months > 0 else datetime.date.min
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def fiscal_year(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of the fiscal year that the day is in."""
    first = datetime.date(day.year, FISCAL_YEAR_BEGINS, 1)
    if day < first:
        first = add_months(first, -12)
    return first, add_months(first, 12) - datetime.timedelta(days=1)


def period_of(day: datetime.date, length: str) -> datetime.date:
    """The first day of the month, the quarter or the fiscal year that the day is in."""
    if length == "year":
        return fiscal_year(day)[0]
    month = day.month if length == "month" else (day.month - 1) // 3 * 3 + 1
    return datetime.date(day.year, month, 1)


def period_label(first: datetime.date, length: str) -> str:
    """The period in words: “April 2026”, “April to June 2026”, “2026-2027”."""
    if length == "year":
        return f"{first.year}-{first.year + 1}"
    if length == "month":
        return _("%(month)s %(year)d") % {"month": str(MONTHS[first.month]).capitalize(), "year": first.year}
    return _("%(first)s to %(last)s %(year)d") % {
        "first": str(MONTHS[first.month]).capitalize(),
        "last": MONTHS[first.month + 2],
        "year": first.year,
    }
