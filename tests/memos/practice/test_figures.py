"""Figures for funders equal a plain model of what happened; they hold only what the person who asks may see."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import pgettext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from intranet.memos.models import AttendanceCount, Participation, PracticeMark, PracticeStep, SessionRating
from intranet.memos.practice.calendar import add_months, fiscal_year, period_label, period_of
from intranet.memos.practice.figure_views import PeriodForm
from intranet.memos.practice.figures import report
from intranet.memos.practice.services import count_people, rate, take_part
from intranet.networks.access import access_of
from tests.beginnings import beginning
from tests.memos.practice.factories import item_of, make_note, say, step_of, stored
from tests.pages.factories import make_network, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("_noon")]

NOON = datetime.datetime(2026, 5, 4, 16, tzinfo=datetime.UTC)
HELD = datetime.date(2026, 4, 20)


@pytest.fixture
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def moment(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


def figures(client: Any, **query: str) -> Any:
    return client.get(reverse("memos:figures"), query)


@time_machine.travel(NOON, tick=False)
def make_world() -> dict[str, Any]:
    """Two societies, the office, and a session of each of them, one of which nobody else may see."""
    office = make_network("office", "office", region="ON")
    halifax, moncton = make_network("halifax", region="NS"), make_network("moncton", region="NB")
    shared = make_note(halifax, "Shared session", session_on=HELD, session_hours=Decimal("1.5"))
    private = make_note(moncton, "Private session", session_on=HELD, session_hours=Decimal(8), rule=None)
    for network, people in ((halifax, 10), (moncton, 4)):
        count_people(item_of(shared), network=network, people=people, by=None)
    count_people(item_of(private), network=moncton, people=50, by=None)
    say(shared, moncton, "in_practice", number=1)
    say(shared, halifax, "planned", number=1)
    say(shared, halifax, "not_for_us", number=2)
    say(private, moncton, "in_practice", number=1)
    return {"office": office, "halifax": halifax, "moncton": moncton, "shared": shared}


world = beginning(make_world)


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_office_gets_sums_by_period_and_region(world: dict[str, Any]) -> None:
    client = signed_in(make_person("ann", (world["office"], "publisher"), language="en"))

    answer = figures(client, export="csv")

    assert answer["Content-Type"].startswith("text/csv")
    rows = rows_of(answer)
    assert rows[0][:7] == ["Period", "Region", "Sessions", "Hours", "People", "Hours of learning", "Societies"]
    assert [row[:10] for row in rows[1:]] == [
        ["April to June 2026", "All", "1", "1.5", "14", "21.0", "2", "0", "", "1"],
        ["April to June 2026", "New Brunswick", "1", "1.5", "4", "6.0", "1", "0", "", "1"],
        ["April to June 2026", "Nova Scotia", "1", "1.5", "10", "15.0", "1", "0", "", "0"],
        ["All", "All", "1", "1.5", "14", "21.0", "2", "0", "", "1"],
    ]
    html = figures(client).content.decode()
    assert "Shared session" in html and "Private session" not in html


def test_society_gets_its_own_figures(world: dict[str, Any]) -> None:
    client = signed_in(make_person("ann", (world["moncton"], "coordinator"), language="en"))

    rows = rows_of(figures(client, export="sessions"))

    assert [(row[2], row[5]) for row in rows[1:]] == [("Shared session", "4"), ("Private session", "50")]
    assert figures(client, network="halifax").status_code == 404
    assert figures(client, network="halifax", export="xlsx").status_code == 404


@pytest.mark.parametrize("role", ["reader", "contributor", "guest"])
def test_others_know_of_no_figures(world: dict[str, Any], role: str) -> None:
    client = signed_in(make_person("ann", (world["office"], role)))

    assert figures(client).status_code == 404


def test_session_of_a_note_in_the_other_language_says_so(world: dict[str, Any]) -> None:
    client = signed_in(make_person("ann", (world["office"], "publisher"), language="fr"))

    with translation.override("fr"):
        html = figures(client).content.decode()

    assert re.search(r'<a href="/en/[^"]+" hreflang="en" lang="en">Shared session</a>', html)


def test_excel_file_has_figures_sessions_and_definitions(world: dict[str, Any]) -> None:
    client = signed_in(make_person("ann", (world["office"], "publisher"), language="en"))

    book = load_workbook(io.BytesIO(figures(client, export="xlsx").content))

    assert book.sheetnames == ["Figures", "Sessions", "Definitions"]
    assert book["Figures"]["C2"].value == 1
    assert book["Sessions"]["C2"].value == "Shared session"
    assert book["Definitions"].max_row > 10


def test_title_that_is_a_formula_is_a_text_in_both_files(world: dict[str, Any]) -> None:
    make_note(world["office"], '=HYPERLINK("https://example.org")', session_on=HELD)
    client = signed_in(make_person("ann", (world["office"], "publisher"), language="en"))

    book = load_workbook(io.BytesIO(figures(client, export="xlsx").content))

    titles = [cell.value for cell in book["Sessions"]["C"]]
    assert '=HYPERLINK("https://example.org")' in titles
    assert all(cell.data_type != "f" for row in book["Sessions"] for cell in row)
    assert any(row[2].startswith("'=") for row in rows_of(figures(client, export="sessions")))


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"since": "2026-05-01", "until": "2026-04-01"}, ["Until"]),
        ({"since": "1900-01-01", "until": "2026-04-01"}, ["From"]),
        ({"since": "soon"}, ["From"]),
        ({"since": "soon", "until": "later"}, ["From", "Until"]),
        ({"by": "week"}, ["Divided by"]),
    ],
)
def test_wrong_period_is_named(world: dict[str, Any], query: dict[str, str], fields: list[str]) -> None:
    client = signed_in(make_person("ann", (world["office"], "publisher"), language="en"))

    html = figures(client, **query).content.decode()

    summary = html[html.index("There is a problem with the period") :]
    assert re.findall(r"<strong>(.*?)</strong>:", summary) == fields


@pytest.mark.parametrize("count", [1, 3, 12])
def test_figures_take_a_fixed_number_of_queries(count: int, django_assert_num_queries: Any) -> None:
    office, halifax = make_network("office", "office"), make_network("halifax")
    for number in range(count):
        note = make_note(office, f"Session {number}", session_on=HELD, steps=stored(number + 1))
        count_people(item_of(note), network=halifax, people=number, by=None)
        say(note, halifax, "planned", number=number + 1)
    client = signed_in(make_person("ann", (office, "publisher"), language="en"))
    figures(client)

    with django_assert_num_queries(FIGURE_QUERIES):
        figures(client)
    with django_assert_num_queries(FIGURE_QUERIES - 1):
        figures(client, export="xlsx")


FIGURE_QUERIES = 12


def test_period_is_asked_for_from_a_first_day_on() -> None:
    with translation.override("fr"):
        assert str(PeriodForm().fields["since"].label) == pgettext("first day", "From")


def test_calendar() -> None:
    assert add_months(datetime.date(2026, 1, 31), 1) == datetime.date(2026, 2, 28)
    assert add_months(datetime.date(2024, 2, 29), 12) == datetime.date(2025, 2, 28)
    assert add_months(datetime.date(2026, 3, 31), -13) == datetime.date(2025, 2, 28)
    assert fiscal_year(datetime.date(2026, 3, 31)) == (datetime.date(2025, 4, 1), datetime.date(2026, 3, 31))
    day = datetime.date(2026, 2, 3)
    assert [period_of(day, length).isoformat() for length in ("month", "quarter", "year")] == [
        "2026-02-01",
        "2026-01-01",
        "2025-04-01",
    ]
    assert period_label(datetime.date(2026, 1, 1), "quarter") == "January to March 2026"


@pytest.mark.parametrize("day", [datetime.date.min, datetime.date.max])
def test_note_with_a_day_that_has_no_other_beside_it_is_read(world: dict[str, Any], day: datetime.date) -> None:
    person = make_person("ann", (world["halifax"], "publisher"), language="en")
    client = signed_in(person)
    note = make_note(world["halifax"], "Far session", session_on=day)
    say(note, world["halifax"], "planned", number=1)

    assert client.get(note.url).status_code == 200
    assert add_months(day, 12 if day == datetime.date.max else -12) == day
    assert period_of(day, "year") <= day
    since, until = (day.replace(month=month, day=1 if month == 1 else 31) for month in (1, 12))
    assert len(report(person, since, until).sessions) == 1


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_period_with_a_far_day_is_refused_in_words(world: dict[str, Any], name: str, day: str) -> None:
    client = signed_in(make_person("ann", (world["office"], "publisher"), language="en"))

    answer = figures(client, **{name: day})

    assert answer.status_code == 200
    assert answer.context["form"].errors[name] == ["Choose a day between the years 1900 and 2200."]


# Random lives ----------------------------------------------------------------------------------------

STATES = list(PracticeMark.State.values)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, 1), st.integers(0, 2), st.integers(1, 2), st.sampled_from(STATES),
                  st.integers(0, 500)),
        st.tuples(st.just("count"), st.integers(0, 1), st.integers(0, 2), st.integers(0, 9)),
        st.tuples(st.just("join"), st.integers(0, 1), st.integers(0, 3), st.integers(0, 5)),
    ),
    max_size=25,
)  # fmt: skip


@pytest.fixture
def lives() -> dict[str, Any]:
    office = make_network("office", "office", region="ON")
    networks = [make_network("halifax", region="NS"), make_network("moncton", region="NB"), office]
    days = [datetime.date(2025, 1, 15), datetime.date(2026, 3, 31)]
    notes = [make_note(office, f"Note {day}", session_on=day, session_hours=Decimal(2)) for day in days]
    people = [make_person(f"p{number}", (network, "reader")) for number, network in enumerate(networks)]
    people.append(make_person("alone"))
    publisher = make_person("publisher", (office, "publisher"))
    ContentType.objects.clear_cache()
    return {"networks": networks, "notes": notes, "people": people, "publisher": publisher, "days": days}


class Model:
    """What happened, told plainly: by note (0 and 1) and network (0 and 1 societies, 2 the office, 3 none)."""

    def __init__(self, lives: dict[str, Any]) -> None:
        self.networks, self.notes, self.people, self.days = (lives[name] for name in PARTS)
        self.marks: list[tuple[int, int, int, str, datetime.datetime]] = []
        self.counts: dict[tuple[int, int], int] = {}
        self.stars: dict[tuple[int, int], int] = {}

    def say(self, note: int, who: int, number: int, state: str, days: int) -> None:
        at = min(moment(self.days[note] + datetime.timedelta(days=days)), NOON)
        step = step_of(self.notes[note], number)
        PracticeMark.objects.create(step=step, network=self.networks[who], state=state, language="en", at=at)
        self.marks.append((note, number, who, state, at))

    def count(self, note: int, who: int, people: int) -> None:
        count_people(item_of(self.notes[note]), network=self.networks[who], people=people, by=None)
        self.counts[note, who] = people

    def join(self, note: int, who: int, stars: int) -> None:
        if (note, who) in self.stars:
            return
        item, person = item_of(self.notes[note]), self.people[who]
        network = self.networks[who] if who < 3 else None
        take_part(item, person=person, network=network, session_on=self.days[note])
        self.stars[note, who] = stars
        if stars:
            rate(item, person=person, stars=stars, comment="", language="en")

    def people_at(self, note: int, who: int) -> int:
        return max(self.counts.get((note, who), 0), int((note, who) in self.stars))

    def all_people(self) -> int:
        return sum(self.people_at(note, who) for note in range(2) for who in range(4))

    def societies(self) -> int:
        return sum(any(self.people_at(note, who) for note in range(2)) for who in range(2))

    def average(self) -> float | None:
        given = [each for each in self.stars.values() if each]
        return round(sum(given) / len(given), 1) if len(given) >= 3 else None

    def in_state(self, state: str, until: dict[int, datetime.date] | None = None) -> int:
        last: dict[tuple[int, int, int], str] = {}
        for note, step, who, said, at in sorted(self.marks, key=lambda mark: mark[4]):
            if until is None or (note in until and timezone.localdate(at) <= until[note]):
                last[note, step, who] = said
        return list(last.values()).count(state)


PARTS = ("networks", "notes", "people", "days")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_figures_equal_a_plain_model(lives: dict[str, Any], events: list[tuple[Any, ...]]) -> None:
    for rows in (SessionRating, Participation, AttendanceCount, PracticeMark):
        rows._base_manager.all().delete()
    model = Model(lives)
    for name, *arguments in events:
        getattr(model, name)(*arguments)

    found = report(lives["publisher"], datetime.date(2025, 1, 1), datetime.date(2026, 12, 31))
    sums = found.sums(found.sessions)

    people, societies = model.all_people(), model.societies()
    is_known = bool(model.counts or model.stars)
    assert [sums.people, sums.person_hours, sums.societies] == (
        [people, 2 * people, societies] if is_known else [None, None, None]
    )
    assert sums.average == model.average()
    assert sums.ratings == len([each for each in model.stars.values() if each])
    assert [sums.planned, sums.in_practice, sums.not_for_us] == [model.in_state(state) for state in STATES]
    assert sums.after_3 == model.in_state("in_practice", {0: datetime.date(2025, 4, 15)})
    assert sums.after_12 == model.in_state("in_practice", {0: datetime.date(2026, 1, 15)})
    by_region = [found.sums(found.sessions, region, access_of(lives["publisher"])) for region in ("NS", "NB", "ON", "")]
    assert sum(each.people or 0 for each in by_region) == (sums.people or 0)
    assert sum(each.in_practice for each in by_region) == sums.in_practice


def test_session_without_numbers_says_that_none_were_entered(world: dict[str, Any]) -> None:
    bare = make_note(world["office"], "Bare session", session_on=HELD)
    empty = make_note(world["office"], "Empty session", session_on=HELD, session_hours=Decimal(2))
    for note in (bare, empty):
        say(note, world["halifax"], "planned", number=1)
    count_people(item_of(empty), network=world["halifax"], people=0, by=None)
    client = signed_in(make_person("ann", (world["office"], "publisher"), language="en"))

    rows = {row[2]: row[4:10] for row in rows_of(figures(client, export="sessions"))}

    assert rows["Bare session"] == ["", "", "", "", "0", ""]
    assert rows["Empty session"] == ["2.0", "0", "0.0", "0", "0", ""]
    assert rows["Shared session"] == ["1.5", "14", "21.0", "2", "0", ""]
    book = load_workbook(io.BytesIO(figures(client, export="xlsx").content))
    assert [row[4].value for row in book["Sessions"].iter_rows() if row[2].value == "Bare session"] == [None]
    page = BeautifulSoup(figures(client).content, "html.parser")
    (shown,) = [row for row in page.select("tr") if "Bare session" in row.get_text()]
    assert [cell.get_text(strip=True) for cell in shown.select("td")[:5]] == [*["not entered"] * 4, "0"]
    total = [each.get_text(strip=True) for each in page.select(".totals dd")]
    assert total[:5] == ["3", "3.5", "14", "21", "2"]


def test_unlisted_network_counts_in_no_region(world: dict[str, Any]) -> None:
    shelter = make_network("shelter", region="YT", listed=False)
    count_people(item_of(world["shared"]), network=shelter, people=7, by=None)
    client = signed_in(make_person("ann", (world["office"], "publisher"), language="en"))

    rows = rows_of(figures(client, export="csv"))

    assert {row[1]: row[4] for row in rows[1:-1]} == {
        "All": "21",
        "New Brunswick": "4",
        "Nova Scotia": "10",
        "No region": "7",
    }


def test_note_says_what_was_in_practice_three_months_after_the_session(world: dict[str, Any]) -> None:
    note = make_note(world["halifax"], "Older session", session_on=datetime.date(2026, 1, 15), steps=stored(8, 9))
    for number, day in ((8, "2026-04-15"), (9, "2026-04-16")):
        say(note, world["moncton"], "in_practice", number=number, at=moment(datetime.date.fromisoformat(day)))
    client = signed_in(make_person("ann", (world["halifax"], "reader"), language="en"))

    html = client.get(note.url).content.decode()

    assert "Steps in practice 3 months after the session: 1 (1 society)." in html
    assert "12 months after" not in html


def test_note_that_nobody_answered_by_the_day_says_so_in_words(world: dict[str, Any]) -> None:
    note = make_note(world["halifax"], "Older session", session_on=datetime.date(2025, 1, 15), steps=stored(8))
    say(note, world["moncton"], "planned", number=8, at=moment(datetime.date(2025, 8, 1)))
    client = signed_in(make_person("ann", (world["halifax"], "reader"), language="en"))

    html = client.get(note.url).content.decode()

    assert "Steps in practice 3 months after the session: no answer by that day." in html
    assert "Steps in practice 12 months after the session: none (1 society had answered)." in html
    assert "(0 societ" not in html


def test_step_that_is_gone_counts_no_more(world: dict[str, Any]) -> None:
    page = world["shared"]
    page.steps = stored(2)
    page.save_revision().publish()
    assert PracticeStep.objects.filter(item=page.translation_key, retired_at=None).count() == 1
    person = make_person("ann", (world["office"], "publisher"))

    found = report(person, HELD, HELD)
    sums = found.sums(found.sessions)

    assert (sums.planned, sums.in_practice, sums.not_for_us) == (0, 0, 1)
