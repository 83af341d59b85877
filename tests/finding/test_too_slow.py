"""A search that takes the database too long is told in a sentence; the pages and the API go on."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import translation

from intranet.finding.models import SavedSearch
from intranet.networks.audiences import Rule
from intranet.notifications.models import Event, SearchWatch
from intranet.notifications.watching import watch_due
from search.engines.embedded import engine as embedded
from tests.finding.conftest import World
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in
from tests.search.conftest import endless

pytestmark = pytest.mark.sqlite


@pytest.fixture(autouse=True)
def _embedded_alone(settings: Any) -> None:
    settings.ELASTICSEARCH_URL = ""


@pytest.mark.parametrize("language", ["fr", "en"])
def test_search_page_says_that_it_took_too_long(world: World, slow: None, language: str) -> None:
    make_page(section_of(world.halifax), "Refuge")
    with translation.override(language):
        address = reverse("search")
        sentence = translation.gettext("The search took too long; use fewer words.")
    answer = signed_in(world.reader).get(address, {"q": "refuge"})
    html = answer.content.decode()
    assert answer.status_code == 503
    assert sentence in html
    assert 'value="refuge"' in html
    assert "Traceback" not in html


def test_search_that_finds_nothing_says_so_when_the_way_on_takes_too_long(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page(section_of(world.halifax), "Refuge")
    whole = embedded._matching

    def slow_among_archived(query: Any, *args: Any, **kwargs: Any) -> Any:
        return endless() if query.archived else whole(query, *args, **kwargs)

    monkeypatch.setattr(embedded, "_matching", slow_among_archived)
    settings.SEARCH_EMBEDDED_TIMEOUT = 0.5
    answer = signed_in(world.reader).get(reverse("search"), {"q": "girouette"})
    assert answer.status_code == 200
    assert set(answer.context["help"]) == {"people", "office", "contact"}


def test_api_answers_with_a_problem(world: World, slow: None) -> None:
    make_page(section_of(world.halifax), "Refuge")
    answer = signed_in(world.reader).get("/api/v1/search", {"q": "refuge"})
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["status"] == 503


def test_home_page_is_there_without_the_latest(world: World, slow: None) -> None:
    make_page(section_of(world.halifax), "Refuge")
    client = signed_in(world.reader)
    home = client.get("/fr/")
    assert home.status_code == 200
    with translation.override("fr"):
        assert translation.gettext("The search took too long. Please try again in a moment.") in home.content.decode()
    assert world.halifax.name_fr in home.content.decode()
    news = client.get(reverse("news"))
    assert news.status_code == 503


@pytest.mark.parametrize("language", ["fr", "en"])
def test_home_as_data_says_that_the_latest_took_too_long(world: World, slow: None, language: str) -> None:
    make_page(section_of(world.halifax), "Refuge")
    world.reader.language = language
    world.reader.save()
    with translation.override(language):
        sentence = translation.gettext("The search took too long. Please try again in a moment.")

    answer = signed_in(world.reader).get("/api/v1/home")

    assert answer.status_code == 200
    home = answer.json()
    assert (home["new"], home["new_count"], home["recent"], home["news_problem"]) == ([], None, [], sentence)
    assert [network["name"] for network in home["networks"]] == [getattr(world.halifax, f"name_{language}")]


def test_explanation_that_takes_too_long_is_said_to_do_so(world: World, slow: None) -> None:
    page = make_page(section_of(world.halifax), "Refuge", rule=Rule("everyone"))
    officer = make_person("officer", (make_network("office", "office"), "coordinator"), language="en")
    answer = signed_in(officer).get(reverse("finding_why"), {"item": str(page.translation_key), "query": "refuge"})
    assert answer.status_code == 200
    assert "The search took too long; use fewer words." in answer.content.decode()


def a_day_passes() -> None:
    SearchWatch.objects.update(asked_at=F("asked_at") - datetime.timedelta(days=1, minutes=1))


def test_saved_search_that_takes_too_long_forgets_nothing(world: World, settings: Any) -> None:
    page = make_page(section_of(world.halifax), "Refuge")
    search = SavedSearch.objects.create(person=world.reader, name="Refuges", text="refuge")
    watch_due()
    a_day_passes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search.engines.embedded.engine._matching", lambda *args, **kwargs: endless())
        settings.SEARCH_EMBEDDED_TIMEOUT = 0.2
        watch_due()
    settings.SEARCH_EMBEDDED_TIMEOUT = 30
    assert SearchWatch.objects.get(pk=search.pk).known == [str(page.translation_key)]
    new = make_page(section_of(world.halifax), "Nouveau refuge")
    a_day_passes()
    watch_due()
    assert [event.details["keys"] for event in Event.objects.filter(kind="finding.saved_search")] == [
        [str(new.translation_key)]
    ]
