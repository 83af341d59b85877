"""What is sought: counted without persons, after the answer, and never in its way."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from intranet.accounts.models import User
from intranet.finding import asked as asking
from intranet.finding.asked import count_past_days
from intranet.finding.middleware import FoundMiddleware
from intranet.finding.models import AskedQuery, SoughtQuery
from intranet.networks.audiences import Rule
from tests.finding.conftest import World
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in

pytestmark = pytest.mark.sqlite
DAY = datetime.timedelta(days=1)
KEPT_FOR_30 = override_settings(PLUGIN_SETTINGS={"finding": {"SEARCH_LOG_DAYS": 30}})


def look(person: User, q: str, language: str = "fr", **parameters: str) -> Any:
    with translation.override(language):
        response = signed_in(person).get(reverse("search"), {"q": q, **parameters})
    assert response.status_code == 200
    return response


def noted() -> list[tuple[str, str, int, int, int | None]]:
    rows = AskedQuery.objects.order_by("query", "language", "ref")
    return [(row.query, row.language, row.hits, row.searches, row.clicked_rank) for row in rows]


def tomorrow() -> datetime.datetime:
    return timezone.now() + DAY


@pytest.fixture
def page(world: World) -> Any:
    make_page(section_of(world.halifax), "Accueil des familles")
    return make_page(section_of(world.halifax), "Accueil", rule=Rule("everyone"))


def test_query_is_noted_in_one_form_and_once_for_a_person(world: World, page: Any) -> None:
    for text in ("Accueil", "  ACCUEIL ", "«accueil»"):
        look(world.reader, text)
    look(world.reader, "accueil", "en")
    look(world.director, "accueil")
    look(world.director, "Été à l’œuvre!")
    assert sorted(noted()) == sorted(
        [
            ("accueil", "en", 2, 1, None),
            ("accueil", "fr", 2, 3, None),
            ("accueil", "fr", 1, 1, None),
            ("ete a l'oeuvre", "fr", 0, 1, None),
        ]
    )


@pytest.mark.parametrize("parameters", [{"page": "2"}, {"kind": "page"}, {"q": "« »"}, {"q": ""}])
def test_a_page_or_choice_further_is_no_other_query(world: World, page: Any, parameters: dict[str, str]) -> None:
    look(world.reader, **{"q": "accueil", **parameters})
    assert noted() == []


def test_nothing_is_noted_where_nothing_is_to_be_kept(world: World, page: Any) -> None:
    with override_settings(PLUGIN_SETTINGS={"finding": {"SEARCH_LOG_DAYS": 0}}):
        response = look(world.reader, "accueil")
    assert noted() == []
    assert "from_search" not in response.content.decode()


def test_searches_of_those_who_read_the_counts_are_no_part_of_them(world: World, page: Any) -> None:
    house = make_network("house", "office")
    readers = [make_person(f"{role}-of-counts", (house, role)) for role in ("publisher", "coordinator")]
    for person in (*readers, world.reader):
        response = look(person, "accueil")
    assert noted() == [("accueil", "fr", 2, 1, None)]
    assert "from_search" in response.content.decode()
    assert "from_search" not in look(readers[0], "accueil").content.decode()
    count_past_days(tomorrow())
    assert not SoughtQuery.objects.exists()


def test_no_person_is_kept_and_no_two_queries_or_days_tell_the_same_one(world: World, page: Any) -> None:
    look(world.reader, "accueil")
    look(world.reader, "logement")
    refs = [row.ref for row in AskedQuery.objects.all()]
    today = timezone.localdate()
    refs.append(asking.ref_of(world.reader.pk, "accueil", "fr", today + DAY))
    refs.append(asking.ref_of(world.director.pk, "accueil", "fr", today))
    assert len(set(refs)) == 4
    assert {field.name for field in AskedQuery._meta.get_fields()} == {
        "ref", "day", "language", "query", "hits", "searches", "clicked_rank", "asked_at",
    }  # fmt: skip
    with override_settings(SECRET_KEY="another"):
        assert asking.ref_of(world.reader.pk, "accueil", "fr", today) not in refs


def links_of(response: Any) -> list[str]:
    return [result["url"] for result in response.context["results"]]


def test_opened_result_is_noted_with_its_best_rank_and_its_address_is_clean(world: World, page: Any) -> None:
    response = look(world.reader, "accueil")
    urls, client = links_of(response), signed_in(world.reader)
    anchors = re.findall(
        r'<h2 class="card__title"><a href="([^"]+)" referrerpolicy="no-referrer"', response.content.decode()
    )
    assert anchors == urls

    for url in reversed(urls):
        opened = client.get(url)
        assert (opened.status_code, opened["Location"]) == (302, url.partition("?")[0])
        assert (opened["Referrer-Policy"], opened["Cache-Control"]) == ("no-referrer", "private, no-store")
        assert "accueil" not in url.partition("?")[2]
    assert client.get(opened["Location"]).status_code == 200
    assert noted() == [("accueil", "fr", 2, 1, 1)]


def test_head_and_foreign_marks_note_nothing(world: World, page: Any) -> None:
    url, client = links_of(look(world.reader, "accueil"))[0], signed_in(world.reader)
    client.head(url)
    forged = f"{page.get_url()}?a=1&from_search={AskedQuery.objects.get().ref}-1.forged&b=2"
    answer = client.get(forged)
    assert answer["Location"] == f"{page.get_url()}?a=1&b=2"
    assert noted() == [("accueil", "fr", 2, 1, None)]


def test_mark_opens_nothing_and_leads_to_no_other_host(world: World, page: Any) -> None:
    secret = make_page(section_of(world.table), "Secret")
    client = signed_in(world.reader)
    for url in (secret.get_url(), "/fr/nothing/"):
        answer = client.get(f"{url}?from_search=x")
        assert (answer.status_code, answer["Location"], answer.content) == (302, url, b"")
        assert client.get(answer["Location"]).status_code == 404
    request = RequestFactory().get("/x", {"from_search": "x"})
    request.path = "//evil.example/a b"
    assert FoundMiddleware(lambda request: HttpResponse())(request)["Location"] == "/evil.example/a%20b"
    assert Client().get(f"{page.get_url()}?from_search=x")["Location"].startswith("/accounts/login/")


def test_day_is_counted_when_it_is_over_and_who_asked_is_forgotten(world: World, page: Any) -> None:
    people = [world.reader, world.director, world.nobody]
    responses = [look(person, "accueil") for person in people]
    look(world.reader, "accueil")
    for person in people[:2]:
        look(person, "rare")
    signed_in(world.reader).get(links_of(responses[0])[1])
    signed_in(world.director).get(links_of(responses[1])[0])

    count_past_days()
    assert (AskedQuery.objects.count(), SoughtQuery.objects.count()) == (5, 0)
    count_past_days(tomorrow())
    count_past_days(tomorrow())

    assert not AskedQuery.objects.exists()
    held = SoughtQuery.objects.get()
    assert (held.query, held.language, held.day) == ("accueil", "fr", timezone.localdate())
    assert (held.people, held.searches, held.hits, held.without, held.clicked, held.ranks) == (3, 4, 4, 0, 2, 3)


def test_one_person_ten_times_is_no_three(world: World, page: Any) -> None:
    for _time in range(10):
        look(world.reader, "accueil")
    count_past_days(tomorrow())
    assert not SoughtQuery.objects.exists()


def test_next_search_counts_the_past_where_no_worker_did(world: World, page: Any) -> None:
    look(world.reader, "accueil")
    AskedQuery.objects.update(day=timezone.localdate() - DAY)
    look(world.reader, "logement")
    assert [row[0] for row in noted()] == ["logement"]


def test_hash_is_gone_after_a_day_at_the_latest(world: World, page: Any) -> None:
    look(world.reader, "accueil")
    AskedQuery.objects.update(asked_at=timezone.now() - asking.KEPT)
    count_past_days()
    assert noted() == []


@KEPT_FOR_30
def test_counts_are_kept_as_long_as_the_setting_says(world: World) -> None:
    for days in (30, 31):
        sought("accueil", day=timezone.localdate() - days * DAY)
    count_past_days()
    assert [row.day for row in SoughtQuery.objects.all()] == [timezone.localdate() - 30 * DAY]


def test_failing_log_fails_no_search(world: World, page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE finding_askedquery RENAME TO elsewhere")
    response = look(world.reader, "accueil")
    assert len(response.context["results"]) == 2
    assert signed_in(world.reader).get(links_of(response)[0], follow=True).status_code == 200


def test_noting_takes_a_fixed_number_of_queries(world: World) -> None:
    client, counts = signed_in(world.reader), []
    with translation.override("fr"):
        address = reverse("search")
    for number in range(3):
        make_page(section_of(world.halifax), f"Accueil {number}")
        client.get(address, {"q": "accueil"})
        with CaptureQueriesContext(connection) as captured:
            client.get(address, {"q": "accueil"})
        counts.append(len(captured))
    assert len(set(counts)) == 1


# The report ------------------------------------------------------------------------------------------------------


def sought(query: str, **fields: Any) -> SoughtQuery:
    given = {"day": timezone.localdate() - DAY, "language": "fr", "people": 3, "searches": 4, "hits": 6}
    return SoughtQuery.objects.create(query=query, **{**given, "without": 0, "clicked": 2, "ranks": 3, **fields})


@pytest.fixture
def office(world: World) -> Client:
    return signed_in(make_person("officer", (make_network("office", "office"), "publisher"), language="en"))


def tables(client: Client, **parameters: str) -> dict[str, list[str]]:
    shown = client.get(reverse("finding_sought"), parameters)
    assert shown.status_code == 200
    return {title: [row["query"] for row in rows] for title, rows in shown.context["tables"]}


def test_report_says_most_sought_never_found_and_never_opened(world: World, office: Client) -> None:
    sought("accueil", people=9)
    sought("logement", clicked=0, ranks=0)
    sought("xyzzy", hits=0, without=3, clicked=0, ranks=0)
    sought("parfois", hits=0, without=3, clicked=0, ranks=0)
    sought("parfois", day=timezone.localdate() - 2 * DAY)
    assert tables(office) == {
        "Most sought": ["accueil", "parfois", "logement", "xyzzy"],
        "Never found": ["xyzzy"],
        "Never opened": ["logement"],
    }


def test_report_says_that_people_are_counted_each_day(world: World, office: Client) -> None:
    for days in (1, 2):
        sought("accueil", day=timezone.localdate() - days * DAY)
    shown = office.get(reverse("finding_sought"))
    [row] = dict(shown.context["tables"])["Most sought"]
    assert row["people"] == 6
    html = shown.content.decode()
    assert '<th scope="col">People, counted each day</th>' in html
    assert "whoever looks for it again on another day is counted again" in html


def test_report_is_of_a_period_and_a_language(world: World, office: Client) -> None:
    sought("leave", language="en")
    sought("accueil", day=timezone.localdate() - 10 * DAY)
    sought("ancien", day=timezone.localdate() - 100 * DAY)
    last_week = (timezone.localdate() - 7 * DAY).isoformat()
    assert tables(office)["Most sought"] == ["accueil", "leave"]
    assert tables(office, language="en")["Most sought"] == ["leave"]
    assert tables(office, since=last_week)["Most sought"] == ["leave"]
    assert tables(office, since="2020-01-01", until=last_week)["Most sought"] == ["accueil", "ancien"]


def test_report_is_taken_as_csv(world: World, office: Client) -> None:
    sought("violence familiale", hits=7)
    sought("leave", language="en", clicked=0, ranks=0, people=4)
    answer = office.get(reverse("finding_sought"), {"export": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode("utf-8-sig").splitlines() == [
        "query,language,people_each_day,searches,hits,without,clicked,rank",
        "leave,en,4,4,2,0,0,",
        "violence familiale,fr,3,4,2,0,2,1.5",
    ]


def test_report_is_the_offices(world: World) -> None:
    sought("accueil")
    root = make_person("root", language="en", is_superuser=True)
    chair = make_person("chair", (world.halifax, "coordinator"), language="en")
    for person in (root, chair):
        client = signed_in(person)
        for parameters in ({}, {"export": "csv"}):
            answer = client.get(reverse("finding_sought"), parameters)
            assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_report_takes_a_fixed_number_of_queries(world: World, office: Client) -> None:
    counts = []
    for first, last in ((0, 1), (1, 3), (3, 30)):
        for number in range(first, last):
            sought(f"word {number}")
        office.get(reverse("finding_sought"))
        with CaptureQueriesContext(connection) as captured:
            office.get(reverse("finding_sought"))
        counts.append(len(captured))
    assert len(set(counts)) == 1
