"""Dates as Canadian French and English write them, in every text that shows one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format


@pytest.mark.parametrize(
    ("language", "day", "expected"),
    [
        ("fr", date(2026, 4, 1), "1er avril 2026"),
        ("fr", date(2026, 4, 2), "2 avril 2026"),
        ("fr", date(2026, 4, 21), "21 avril 2026"),
        ("en", date(2026, 4, 1), "April 1, 2026"),
    ],
)
def test_date_reads_as_one_says_it(language: str, day: date, expected: str) -> None:
    with translation.override(language):
        shown = Template('{{ day|date:"DATE_FORMAT" }}|{{ day|date }}|{{ day }}').render(Context({"day": day}))

        assert date_format(day) == expected
        assert shown == "|".join([expected] * 3)


def test_moment_and_day_of_the_month_follow() -> None:
    with translation.override("fr"):
        assert date_format(datetime(2026, 4, 1, 9, 5, tzinfo=UTC), "DATETIME_FORMAT") == "1er avril 2026, 9 h 05"
        assert date_format(date(2026, 4, 1), "MONTH_DAY_FORMAT") == "1er avril"


def test_english_ordinals_stay_what_they_are() -> None:
    with translation.override("en"):
        assert date_format(date(2026, 4, 2), "jS") == "2nd"
