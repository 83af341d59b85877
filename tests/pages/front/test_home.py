"""The home page and its twin in the API: what waits first, then what is new since the last visit."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from wagtail.models import APIToken

from intranet.accounts.models import User
from intranet.finding.saving import save_search
from intranet.memos.models import Acknowledgement, MemoPage
from intranet.memos.questions.services import ask
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.notifications.expanding import expand_due
from intranet.notifications.panels import OwedPanel
from intranet.notifications.watching import watch_due
from intranet.pages.searching import SearchParams
from search.models import Entry
from tests.beginnings import beginning
from tests.memos.factories import declared, publish, record_of
from tests.pages.factories import make_halifax, make_network, make_page, make_person, section_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NOON = datetime.datetime(2026, 5, 4, 16, tzinfo=datetime.UTC)
MAXIMUM = 20


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


network = beginning(make_halifax)


@pytest.fixture
def reader(network: Network) -> User:
    return make_person("lise", (network, "reader"))


def in_days(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


def make_memo(network: Network, title: str, **fields: Any) -> MemoPage:
    memo: MemoPage = make_page(section_of(network), title, page_type=MemoPage, **fields)
    return memo


def address(name: str, *args: Any) -> str:
    with translation.override("fr"):
        return reverse(name, args=args)


def titles(client: Client, name: str) -> list[str]:
    """Of a list of the home page."""
    return [card["title"] for card in client.get("/fr/").context[name]]


def minutes(count: float) -> datetime.timedelta:
    return datetime.timedelta(minutes=count)


# Visits -------------------------------------------------------------------------------------------------


def test_a_visit_ends_after_half_an_hour_without_a_request(reader: User, clock: Any) -> None:
    client = signed_in(reader)

    def ended() -> datetime.datetime | None:
        client.get("/fr/notifications/")
        return User.objects.get(pk=reader.pk).last_visit_ended_at

    assert ended() is None
    for _click in range(4):
        clock.shift(minutes(20))
        assert ended() is None
    last = timezone.now()
    clock.shift(minutes(30))
    assert ended() == last
    clock.shift(minutes(29))
    assert ended() == last


def test_a_visit_is_not_written_with_every_request(reader: User, clock: Any) -> None:
    client = signed_in(reader)
    client.get("/fr/")
    for shift, writes in ((0.5, 0), (0.4, 0), (0.2, 1), (0.1, 0)):
        clock.shift(minutes(shift))
        with CaptureQueriesContext(connection) as captured:
            client.get("/fr/")
        assert sum("UPDATE" in query["sql"] for query in captured) == writes


def test_clock_that_is_put_back_ends_no_visit(reader: User, clock: Any) -> None:
    client = signed_in(reader)
    client.get("/fr/")
    clock.shift(minutes(-600))
    client.get("/fr/")
    person = User.objects.get(pk=reader.pk)
    assert (person.last_seen_at, person.last_visit_ended_at) == (timezone.now(), None)


def test_home_says_what_came_since_the_last_visit(network: Network, reader: User, clock: Any) -> None:
    client = signed_in(reader)
    make_page(section_of(network), "Avant")
    assert titles(client, "new") == ["Avant"]
    clock.shift(minutes(600))
    make_page(section_of(network), "Depuis")

    for _again in range(2):
        assert titles(client, "new") == ["Depuis"]
        assert titles(client, "recent") == ["Avant"]
        clock.shift(minutes(10))
    assert "Dernière visite\u00a0: 4 mai 2026" in client.get("/fr/").content.decode()

    clock.shift(minutes(60))
    assert titles(client, "new") == []
    assert titles(client, "recent") == ["Depuis", "Avant"]
    assert "Rien de nouveau depuis" in client.get("/fr/").content.decode()


def test_what_does_not_fit_is_read_on_a_page_of_its_own(
    network: Network, reader: User, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intranet.pages.landing.PER_PAGE", 6)
    client = signed_in(reader)
    make_page(section_of(network), "Avant")
    client.get("/fr/")
    clock.shift(minutes(60))
    for number in range(8):
        make_page(section_of(network), f"Page {number}")
        clock.shift(minutes(1))
    news = address("news")
    assert len(titles(client, "new")) == 8 and f'href="{news}"' not in client.get("/fr/").content.decode()

    make_page(section_of(network), "Page 8")
    make_page(section_of(make_network("moncton")), "Page ailleurs")

    assert len(titles(client, "new")) == 8 and f'href="{news}"' in client.get("/fr/").content.decode()
    pages = [client.get(news, {"page": str(number)}) for number in (1, 2)]
    assert [[card["title"] for card in page.context["items"]] for page in pages] == [
        [f"Page {number}" for number in (8, 7, 6, 5, 4, 3)],
        [f"Page {number}" for number in (2, 1, 0)],
    ]
    assert "Dernière visite\u00a0: 4 mai 2026" in pages[0].content.decode()
    assert client.get(news, {"page": "99999"}).status_code == 404
    assert [card["title"] for card in client.get(news, {"page": "x"}).context["items"]][:1] == ["Page 8"]


def test_before_the_second_visit_everything_is_new(network: Network, reader: User) -> None:
    make_page(section_of(network), "Avant")
    client = signed_in(reader)

    assert [card["title"] for card in client.get(address("news")).context["items"]] == ["Avant"]


def test_material_change_of_an_older_memo_is_new_to_those_who_see_it(
    network: Network, reader: User, clock: Any
) -> None:
    stranger = make_person("zoé", (make_network("moncton"), "reader"))
    clients = [signed_in(person) for person in (reader, stranger)]
    memo, other = make_memo(network, "Règle"), make_memo(network, "Autre règle")
    for client in clients:
        client.get("/fr/")
    clock.shift(minutes(24 * 60))
    publish(other, title="Autre règle, sans faute")
    publish(memo, title="Règle changée", declaration=declared(fr="L’heure"))

    for client, new in zip(clients, (["Règle changée"], []), strict=True):
        assert titles(client, "new") == new
        assert [card["title"] for card in client.get(address("news")).context["items"]] == new
    (card,) = clients[0].get("/fr/").context["new"]
    with translation.override("fr"):
        said = gettext("New edition")
    assert (card["status"], card["date"]) == (said, timezone.now())
    assert titles(clients[0], "recent") == ["Autre règle, sans faute"]
    assert said in clients[0].get("/fr/").content.decode()


def test_memo_stays_in_the_year_of_its_first_publication(network: Network, clock: Any) -> None:
    memo = make_memo(network, "Règle")
    clock.shift(datetime.timedelta(days=365))
    publish(memo, title="Règle changée", declaration=declared(fr="L’heure"))

    entry = Entry.objects.get(key=str(memo.translation_key))

    assert entry.date == timezone.now()
    assert [facet.value for facet in entry.facet_values.filter(name="year")] == ["2026"]


# What waits ---------------------------------------------------------------------------------------------


def test_home_begins_with_what_is_due_first(network: Network, reader: User, clock: Any) -> None:
    make_memo(network, "Sans date", acknowledge=True)
    make_memo(network, "Plus tard", acknowledge=True, acknowledge_by=in_days(9))
    bientot = make_memo(network, "Bientôt", acknowledge=True, acknowledge_by=in_days(2))
    make_memo(network, "Pour information")
    mine = make_memo(network, "À moi", responsible=reader, review_on=in_days(-1))
    ask(record_of(mine), author=make_person("paul", (network, "reader")), text="Pourquoi?", language="fr")
    client = signed_in(reader)

    html = client.get("/fr/").content.decode()

    owed = html[html.index('id="to-read-title"') : html.index('id="news-title"')]
    places = [
        owed.index(title) for title in ("À moi", "Bientôt", "Question à laquelle répondre", "Plus tard", "Sans date")
    ]
    assert places == sorted(places)
    assert "Pour information" not in owed

    button = {"edition": "1", "language": "fr", "from": "home"}
    answer = client.post(address("memos:acknowledge", bientot.translation_key), button)
    assert answer.headers["Location"] == "/fr/"
    assert Acknowledgement.objects.get().person == reader


def test_more_than_fits_is_on_a_page_of_its_own(network: Network, reader: User) -> None:
    for number in range(8):
        make_memo(network, f"Note {number}", acknowledge=True)
    client = signed_in(reader)
    to_do = address("notifications:to_do")

    html = client.get("/fr/").content.decode()
    assert f'href="{to_do}">Tout voir (8)' in html
    assert html.count("J’ai lu cette note") == 6
    assert client.get(to_do).content.decode().count("J’ai lu cette note") == 8


def test_saved_searches_say_what_is_new_in_them(network: Network, reader: User, clock: Any) -> None:
    make_page(section_of(network), "Refuge d’hiver")
    save_search(reader, "Refuges", SearchParams("refuge", language="fr"))
    watch_due()
    clock.shift(datetime.timedelta(days=2))
    make_page(section_of(network), "Refuge d’été")
    watch_due()
    while expand_due():
        pass
    client = signed_in(reader)

    html = client.get("/fr/").content.decode()
    assert "Refuges" in html
    assert "1 nouveau résultat" in html
    opened = html[: html.index(">Refuges<")].rpartition('href="')[2].rstrip('"')
    assert "refuge" in client.get(opened).headers["Location"]
    assert "1 nouveau résultat" not in client.get("/fr/").content.decode()


# The API, and what it costs -----------------------------------------------------------------------------


def test_api_has_the_same_and_asking_is_no_visit(network: Network, reader: User, clock: Any) -> None:
    signed_in(reader).get("/fr/")
    seen = User.objects.get(pk=reader.pk).last_seen_at
    make_page(section_of(network), "Avant")
    clock.shift(minutes(90))
    User.objects.filter(pk=reader.pk).update(last_visit_ended_at=timezone.now() - minutes(30))
    make_page(section_of(network), "Depuis")
    # Of two that are published in the same instant neither is the newer one.
    clock.shift(minutes(1))
    make_memo(make_network("moncton"), "Ailleurs", acknowledge=True)
    make_memo(network, "À lire", acknowledge=True, acknowledge_by=in_days(3))
    save_search(reader, "Notes", SearchParams("note", language="fr"))
    _token, secret = APIToken.create_token(user=reader, name="tests")

    answer = Client().get("/api/v1/home", headers={"Authorization": f"Bearer {secret}"}).json()

    assert answer["since"] == "2026-05-04T17:00:00Z"
    assert answer["to_read"] == [
        {
            "label": "Note de service",
            "title": "À lire (HFX-2026-001)",
            "url": "/fr/halifax/a-lire/",
            "language": "fr",
            "network": "halifax",
            "note": "Accuser réception d’ici le 7 mai 2026",
            "due_on": "2026-05-07",
            "overdue": False,
        }
    ]
    assert [each["title"] for each in answer["new"]] == ["À lire", "Depuis"]
    assert [each["title"] for each in answer["recent"]] == ["Avant"]
    assert answer["networks"] == [{"name": "Société Halifax", "url": "/fr/halifax/"}]
    assert [each["name"] for each in answer["saved_searches"]] == ["Notes"]
    assert User.objects.get(pk=reader.pk).last_seen_at == seen
    assert Client().get("/api/v1/home").status_code == 401


def test_api_gives_all_that_is_new_up_to_its_bound_and_counts_the_rest(
    network: Network, reader: User, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intranet.api.home.NEW_GIVEN", 10)
    make_page(section_of(network), "Avant")
    clock.shift(minutes(1))
    User.objects.filter(pk=reader.pk).update(last_visit_ended_at=timezone.now())
    for number in range(12):
        clock.shift(minutes(1))
        make_page(section_of(network), f"Page {number}")
        make_page(section_of(network), f"Cachée {number}", rule=Rule("section"), live=False)
    client = signed_in(reader)

    def news() -> tuple[list[str], int, list[str], None]:
        answer = client.get("/api/v1/home").json()
        return [each["title"] for each in answer["new"]], answer["new_count"], answer["recent"], answer["news_problem"]

    assert news() == ([f"Page {number}" for number in range(11, 1, -1)], 12, [], None)

    User.objects.filter(pk=reader.pk).update(last_visit_ended_at=None)
    assert news()[1] == 13


def test_full_home_takes_a_fixed_number_of_queries(network: Network, reader: User, clock: Any) -> None:
    asker = make_person("paul", (network, "reader"))
    client, counts, made = signed_in(reader), {}, 0
    for size in (1, 3, 8):
        for number in range(made, size):
            memo = make_memo(network, f"Note {number}", acknowledge=True, responsible=reader, review_on=in_days(-1))
            if number < 10:
                ask(record_of(memo), author=asker, text=f"Question {number}?", language="fr")
            save_search(reader, f"Notes {number}", SearchParams("note", language="fr"))
        watch_due()
        clock.shift(datetime.timedelta(days=2))
        make_page(section_of(network), f"Note de plus {size}")
        watch_due()
        while expand_due():
            pass
        made = size
        client.get("/fr/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/fr/")
        counts[size] = len(captured)

    assert counts[1] == counts[3] == counts[8]
    assert counts[1] <= MAXIMUM


@pytest.mark.django_db(transaction=True)
def test_home_is_there_though_a_panel_s_statement_fails(
    network: Network, reader: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_page(section_of(network), "Plan", rule=Rule("members"))

    def fail(self: OwedPanel, request: Any, **scope: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT zzsecret")

    monkeypatch.setattr(OwedPanel, "get_context", fail)
    caplog.clear()
    answer = signed_in(reader).get("/fr/")

    assert answer.status_code == 200
    text = answer.content.decode()
    with translation.override("fr"):
        assert text.count(gettext("This part cannot be shown right now.")) == 1
    assert "Plan" in text and "zzsecret" not in text
    messages = [line.getMessage() for line in caplog.records if line.name == "intranet.plugins.templatetags.plugins"]
    assert messages == ["The panel OwedPanel of the plugin notifications cannot be shown."]
