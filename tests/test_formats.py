"""Dates and sizes as Canadian French and English write them, in every text that shows one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pytest
from django.template import Context, Template
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.formats import date_format, time_format

from tests.test_catalogue import OURS, entries

PLACEHOLDER_AT_AN_END = re.compile(r"%\([a-z_]+\)s([.…])")


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


@pytest.mark.parametrize(
    ("language", "size", "expected"),
    [
        ("fr", 900, "900\u00a0octets"),
        ("fr", 2_867, "2,8\u00a0Ko"),
        ("fr", 3_250_586, "3,1\u00a0Mo"),
        ("fr", 1_288_490_189, "1,2\u00a0Go"),
        ("en", 2_867, "2.8\u00a0KB"),
    ],
)
def test_size_of_a_file_reads_as_people_write_it(language: str, size: int, expected: str) -> None:
    with translation.override(language):
        assert filesizeformat(size) == expected


MOMENT = datetime(2026, 4, 1, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", ("1er avril 2026 à 9\u00a0h\u00a005", "2026-04-01 9\u00a0h\u00a005", "1er avril")),
        ("en", ("April 1, 2026, 9:05 AM", "2026-04-01, 9:05 AM", "April 1")),
    ],
)
def test_moment_and_day_of_the_month_follow(language: str, expected: tuple[str, ...]) -> None:
    names = ("DATETIME_FORMAT", "SHORT_DATETIME_FORMAT", "MONTH_DAY_FORMAT")
    with translation.override(language):
        assert tuple(date_format(MOMENT, name) for name in names) == expected


def test_time_in_english_is_written_without_full_stops() -> None:
    with translation.override("en"):
        assert date_format(datetime(2026, 4, 1, 15, 5, tzinfo=UTC), "DATETIME_FORMAT") == "April 1, 2026, 3:05 PM"
        assert date_format(datetime(2026, 4, 1, 0, 0, tzinfo=UTC), "SHORT_DATETIME_FORMAT") == "2026-04-01, 12:00 AM"
        assert time_format(time(12, 0)) == "12:00 PM"


@pytest.mark.parametrize(
    "name", ["DATE", "SHORT_DATE", "TIME", "DATETIME", "SHORT_DATETIME", "MONTH_DAY", "YEAR_MONTH"]
)
def test_text_that_ends_with_a_date_or_a_time_has_one_full_stop(name: str) -> None:
    """Whatever the text, and at every hour of a day in every month: a placeholder may be any of them."""
    texts = {text for entry, *both in entries(OURS) for text in both if PLACEHOLDER_AT_AN_END.search(text)}
    assert "Withdrawn on %(day)s." in texts

    moments = [datetime(2026, month, 9, hour, 5, tzinfo=UTC) for month in range(1, 13) for hour in range(24)]
    for language in ("en", "fr"):
        with translation.override(language):
            shown = {date_format(moment, f"{name}_FORMAT") for moment in moments}
        for moment in shown:
            assert [text for text in texts if ".." in PLACEHOLDER_AT_AN_END.sub(rf"{moment}\1", text)] == []


def test_english_ordinals_stay_what_they_are() -> None:
    with translation.override("en"):
        assert date_format(date(2026, 4, 2), "jS") == "2nd"
