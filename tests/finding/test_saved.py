"""Saved searches: kept under a name, run, renamed and deleted by their owner, and nobody else's business."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from intranet.accounts.models import User
from intranet.finding.models import SavedSearch
from intranet.finding.saving import MAX_SAVED, save_search
from intranet.pages.searching import SearchParams
from tests.finding.conftest import World
from tests.pages.factories import make_page, section_of, signed_in

pytestmark = pytest.mark.sqlite


def address(name: str, *args: Any) -> str:
    with translation.override("fr"):
        return reverse(name, args=args)


def saved(person: User, name: str = "Accueil", **asked: Any) -> SavedSearch:
    filters = {facet: frozenset(values) for facet, values in asked.pop("filters", {}).items()}
    return save_search(person, name, SearchParams(text="accueil", filters=filters, **asked))


def names_of(person: User) -> list[str]:
    return [shown.search.name for shown in signed_in(person).get(address("saved_searches")).context["searches"]]


@pytest.fixture
def browser(world: World) -> Client:
    return signed_in(world.reader)


def test_search_is_saved_from_its_page_and_runs_again(world: World, browser: Client) -> None:
    make_page(section_of(world.halifax), "Accueil à Halifax")
    asked = "q=accueil&kind=page&network=halifax&sort=date&archived=1&exact=1&page=1"
    page = browser.get(f"{address('search')}?{asked}").content.decode()
    assert f'name="search" value="{escape(asked)}"' in page

    answer = browser.post(address("saved_searches"), {"name": "  À lire \n ici ", "search": asked}, follow=True)

    held = SavedSearch.objects.get()
    assert (held.person, held.name, held.text, held.sort) == (world.reader, "À lire ici", "accueil", "date")
    assert (held.archived, held.exact) == (True, True)
    assert held.filters == {"kind": ["page"], "network": ["halifax"]}
    kept = "q=accueil&sort=date&archived=1&exact=1&kind=page&network=halifax"
    assert answer.redirect_chain == [(f"{address('search')}?{kept}", 302)]
    assert [found.title for found in answer.context["answer"].found] == ["Accueil à Halifax"]
    assert [str(message) for message in answer.context["messages"]] == [
        "«\u00a0À lire ici\u00a0» est enregistrée. Vous la retrouvez dans votre menu."
    ]
    shown = browser.get(address("saved_searches")).content.decode()
    assert "Réseau\u00a0: Société Halifax" in shown
    assert "Avec les éléments archivés" in shown
    assert f'<a href="{address("saved_searches")}">Mes recherches</a>' in shown


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"name": "Vide", "search": "q=++&kind="}, "Il n’y a encore rien à enregistrer"),
        ({"name": " ", "search": "q=x"}, "Champ requis"),
        ({"name": "x" * 81, "search": "q=x"}, "80"),
        ({"name": "Accueil", "search": "q=x"}, "Vous avez déjà une recherche appelée «\u00a0Accueil\u00a0»"),
        ({"name": "Page", "search": "q=x&page=abc"}, "La page doit être un nombre"),
    ],
)
def test_what_cannot_be_saved_is_said_at_the_name(
    world: World, browser: Client, data: dict[str, str], error: str
) -> None:
    saved(world.reader)
    answer = browser.post(address("saved_searches"), data)
    assert answer.status_code == 200
    assert error in str(answer.context["form"].errors["name"])
    assert SavedSearch.objects.count() == 1


def test_nothing_asked_offers_nothing_to_save(browser: Client) -> None:
    assert browser.get(address("search")).context["may_save"] is False


def test_number_of_searches_of_one_person_is_bounded(world: World, browser: Client) -> None:
    SavedSearch.objects.bulk_create(SavedSearch(person=world.reader, name=f"n{n}", text="x") for n in range(MAX_SAVED))
    answer = browser.post(address("saved_searches"), {"name": "Une de trop", "search": "q=x"})
    assert "Supprimez-en une" in str(answer.context["form"].errors["name"])


def test_search_is_renamed_and_deleted(world: World, browser: Client) -> None:
    held, other = saved(world.reader), saved(world.reader, "Autre")
    rename = address("rename_saved_search", held.pk)

    assert "Vous avez déjà" in str(browser.post(rename, {"name": "Autre"}).context["form"].errors["name"])
    browser.post(rename, {"name": "Nouveau nom"})
    assert names_of(world.reader) == ["Autre", "Nouveau nom"]
    assert browser.get(address("delete_saved_search", held.pk)).status_code == 405
    browser.post(address("delete_saved_search", held.pk))
    assert list(SavedSearch.objects.all()) == [other]


def test_searches_of_others_do_not_exist(world: World, browser: Client) -> None:
    held = saved(world.director, "Rencontre secrète")

    assert names_of(world.reader) == []
    api = f"/api/v1/searches/{held.pk}"
    answers = [
        browser.get(address("rename_saved_search", held.pk)),
        browser.post(address("rename_saved_search", held.pk), {"name": "Prise"}),
        browser.post(address("delete_saved_search", held.pk)),
        browser.patch(api, {"name": "Prise"}, content_type="application/json"),
        browser.delete(api),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert browser.get("/api/v1/searches").json() == {"results": []}
    held.refresh_from_db()
    assert held.name == "Rencontre secrète"
    # The same name is free for everybody.
    saved(world.reader, "Rencontre secrète")


def test_network_that_one_may_not_know_is_not_named(world: World) -> None:
    for person in (world.reader, world.director):
        saved(person, filters={"network": ["directors", "halifax"]})

    words = {
        person: signed_in(person).get(address("saved_searches")).content.decode()
        for person in (world.reader, world.director)
    }
    assert "Réseau\u00a0: Société Halifax<" in words[world.reader]
    assert "Société Directors" not in words[world.reader]
    assert "Réseau\u00a0: Société Directors, Société Halifax<" in words[world.director]


def test_api_saves_lists_renames_and_deletes(world: World, browser: Client) -> None:
    asked = {"name": "Notes", "q": "accueil", "archived": True, "filters": {"kind": ["memo", ""], "unknown": ["x"]}}
    answer = browser.post("/api/v1/searches", asked, content_type="application/json")

    assert answer.status_code == 201
    made = answer.json()
    key = uuid.UUID(made.pop("id"))
    assert made.pop("saved_at")
    assert made == {
        "name": "Notes",
        "q": "accueil",
        "sort": "relevance",
        "filters": {"kind": ["memo"]},
        "archived": True,
        "exact": False,
        "url": f"{address('search')}?q=accueil&archived=1&kind=memo",
        "query": "q=accueil&archived=1&kind=memo",
    }
    assert parse_qs(urlsplit(made["url"]).query) == {"q": ["accueil"], "archived": ["1"], "kind": ["memo"]}
    assert browser.get(f"/api/v1/search?{made['query']}").status_code == 200
    again = browser.post("/api/v1/searches", asked, content_type="application/json")
    assert (again.status_code, again.json()["detail"]) == (
        400,
        "Vous avez déjà une recherche appelée «\u00a0Notes\u00a0».",
    )

    renamed = browser.patch(f"/api/v1/searches/{key}", {"name": "Lues"}, content_type="application/json")
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Lues")
    assert [each["name"] for each in browser.get("/api/v1/searches").json()["results"]] == ["Lues"]
    assert browser.delete(f"/api/v1/searches/{key}").status_code == 204
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize("name", ["", "\x00 ", "x" * 81])
def test_api_refuses_names(world: World, browser: Client, name: str) -> None:
    answer = browser.post("/api/v1/searches", {"name": name, "q": "x"}, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_list_takes_a_fixed_number_of_queries(world: World, browser: Client) -> None:
    counts = []
    for first, last in ((0, 1), (1, 3), (3, 30)):
        for number in range(first, last):
            saved(world.reader, f"Recherche {number}", filters={"network": ["halifax"], "topic": [f"t{number}"]})
        browser.get(address("saved_searches"))
        with CaptureQueriesContext(connection) as captured:
            browser.get(address("saved_searches"))
        counts.append(len(captured))
    assert len(set(counts)) == 1
