"""The search page: within the audience, in the words of networks and topics, whatever is typed."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from intranet.networks.access import access_of
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import set_network_state
from intranet.pages.models import Topic
from intranet.pages.searching import SearchParams, search_for
from search.models import Entry, EntryToken
from tests.beginnings import beginning
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in
from tests.pages.front.conftest import World, make_world

pytestmark = pytest.mark.sqlite


def ask(person: Any, parameters: dict[str, Any], language: str = "fr") -> Any:
    with translation.override(language):
        address = reverse("search")
    return signed_in(person).get(address, parameters)


def titles(response: Any) -> list[str]:
    assert response.status_code == 200
    return [result["title"] for result in response.context["results"]]


def facet(answer: Any, name: str) -> dict[str, int]:
    return {value.label: value.count for group in answer.facets if group.name == name for value in group.values}


def make_content() -> World:
    world = make_world()
    housing = Topic.objects.create(slug="logement", name_fr="Logement", name_en="Housing")
    french = make_page(section_of(world.halifax), "Accueil des personnes", slug="accueil")
    make_page(section_of(world.halifax, "en"), "Welcoming people to the accueil", version_of=french)
    french.topics.add(housing)
    french.save_revision().publish()
    make_page(section_of(world.halifax, "en"), "Accueil in English only")
    make_page(section_of(world.quebec), "Accueil à Québec")
    make_page(section_of(world.table), "Accueil des directions", rule=Rule("members"))
    return world


content = beginning(make_content)


def test_one_result_for_each_item_in_the_readers_language(content: World) -> None:
    response = ask(content.reader, {"q": "accueil"})

    found = {result["title"]: result for result in response.context["results"]}
    assert set(found) == {"Accueil des personnes", "Accueil in English only", "Accueil des directions"}
    [english] = found["Accueil des personnes"]["versions"]
    assert (english["code"], english["label"]) == ("en", "English")
    assert english["url"].startswith("/en/halifax/welcoming-people-to-the-accueil/?")
    assert found["Accueil in English only"]["language_code"] == "en"
    assert found["Accueil des directions"]["network"] == ""


def test_facets_name_no_unlisted_network(content: World) -> None:
    with translation.override("fr"):
        for_reader = search_for(content.reader, SearchParams(text="accueil", language="fr"))
        for_director = search_for(content.director, SearchParams(text="accueil", language="fr"))

    assert (for_reader.total, facet(for_reader, "network")) == (3, {"Société Halifax": 2})
    assert (for_director.total, facet(for_director, "network")) == (2, {"Société Directors": 1, "Société Quebec": 1})
    assert facet(for_reader, "topic") == {"Logement": 1}


def test_filter_by_a_network_that_one_may_not_name_is_like_an_unknown_one(content: World) -> None:
    answers = [
        search_for(content.reader, SearchParams("accueil", {"network": frozenset({slug})}, language="fr"))
        for slug in ("directors", "nowhere", "?", "\0")
    ]

    assert [answer.total for answer in answers] == [0, 0, 0, 0]
    assert all(answer == answers[0] for answer in answers)
    named = search_for(content.director, SearchParams("accueil", {"network": frozenset({"directors"})}, language="fr"))
    assert [found.title for found in named.found] == ["Accueil des directions"]


def test_filters_of_the_address_repeat(content: World) -> None:
    def found(**parameters: Any) -> set[str]:
        return set(titles(ask(content.reader, {"q": "accueil", **parameters})))

    assert found(network=["halifax", "quebec"]) == {"Accueil des personnes", "Accueil in English only"}
    assert found(language=["fr"]) == {"Accueil des personnes", "Accueil des directions"}
    assert found(topic=["logement"]) == {"Accueil des personnes"}
    assert found(kind=["section"]) == set()
    assert found(kind=["page", "unknown"]) == {
        "Accueil des personnes",
        "Accueil in English only",
        "Accueil des directions",
    }
    assert found(kind=["unknown"]) == set()
    assert found(year=["1999"]) == set()


def test_kind_of_a_plugin_that_is_switched_off_is_not_found(content: World) -> None:
    Entry.objects.filter(versions__title="Accueil in English only").update(kind="poster")

    answer = search_for(content.reader, SearchParams("english", language="en"))
    everything = search_for(content.reader, SearchParams("", {"kind": frozenset({"poster"})}, language="en"))

    assert (answer.total, everything.total) == (0, 0)


def test_empty_text_browses_by_date(content: World) -> None:
    response = ask(content.reader, {})

    assert titles(response)[:2] == ["Accueil des directions", "Accueil in English only"]
    # Nothing is more relevant than the rest where nothing is looked for.
    assert "results-head__sort" not in response.content.decode()
    assert "results-head__sort" in ask(content.reader, {"q": "accueil"}).content.decode()


def test_person_without_a_token_finds_nothing(content: World) -> None:
    stranger = make_person("stranger", is_active=True)
    from intranet.networks.services import add_membership, end_membership

    end_membership(add_membership(person=stranger, network=content.table, role="guest"), by=None)
    assert access_of(stranger).tokens == frozenset()

    response = ask(stranger, {"q": "accueil"})

    assert titles(response) == []
    assert response.context["answer"].total == 0


@pytest.mark.parametrize(
    "parameters",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "abc"},
        {"page": "1.5"},
        {"page": "²"},
        {"page": "9" * 400},
        {"page": "501"},
        {"sort": "price"},
        {"archived": "maybe"},
        {"exact": "2"},
        {"year": [str(year) for year in range(600)]},
    ],
)
def test_question_that_cannot_be_answered_is_a_clear_400(content: World, parameters: dict[str, Any]) -> None:
    response = ask(content.reader, {"q": "accueil", **parameters}, "en")

    assert response.status_code == 400
    assert response.context["problem"]
    assert response.context["problem"] in response.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        '"accueil',
        "((accueil",
        "accueil AND OR NOT",
        "*",
        "-accueil",
        "🦊",
        "مرحبا",
        "\0accueil",
        "%",
        "'; --",
    ],
)
def test_whatever_is_typed_gives_a_result(content: World, text: str) -> None:
    assert ask(content.reader, {"q": text}).status_code == 200


def test_page_past_the_end_says_so_and_leads_back(content: World) -> None:
    response = ask(content.reader, {"q": "accueil", "page": "3", "network": "halifax"})

    assert titles(response) == []
    assert response.context["is_past_the_end"]
    assert response.context["first_page_url"] == "?q=accueil&network=halifax"


def test_closed_networks_items_are_archived_until_it_opens_again(content: World) -> None:
    def standings() -> dict[str, str]:
        entries = Entry.objects.filter(is_deleted=False, versions__title__contains="ccueil")
        return dict(entries.values_list("versions__title", "standing"))

    tokens = set(EntryToken.objects.values_list("entry__key", "token"))
    set_network_state(content.quebec, Network.State.CLOSED)
    assert {title for title, standing in standings().items() if standing == "archived"} == {"Accueil à Québec"}
    assert set(EntryToken.objects.values_list("entry__key", "token")) == tokens

    set_network_state(content.quebec, Network.State.ACTIVE)
    assert set(standings().values()) == {"current"}


def test_page_saved_in_a_closed_network_is_archived(content: World) -> None:
    set_network_state(content.quebec, Network.State.CLOSED)

    make_page(section_of(content.quebec), "Fermeture")

    assert Entry.objects.get(versions__title="Fermeture").standing == "archived"


def test_archived_items_are_found_on_request_within_the_audience(content: World) -> None:
    make_page(section_of(content.quebec), "Accueil partagé", rule=Rule("members"))
    set_network_state(content.quebec, Network.State.CLOSED)

    assert "Accueil partagé" not in titles(ask(content.reader, {"q": "accueil"}))
    response = ask(content.reader, {"q": "accueil", "archived": "1", "sort": "date"})

    assert "Accueil partagé" in titles(response)
    assert "Accueil à Québec" not in titles(response)
    html = response.content.decode()
    assert ">Archivé</span>" in html
    assert '<input type="checkbox" name="archived" value="1" form="search-form" checked>' in html
    assert '<a href="?q=accueil&amp;archived=1&amp;sort=relevance">' in html
    assert [(chip["label"], chip["url"]) for chip in response.context["chips"]] == [
        ("Avec les éléments archivés", "?q=accueil&sort=date")
    ]


def test_newest_come_first_on_demand_on_the_page_and_in_the_api(content: World) -> None:
    older = make_page(section_of(content.halifax), "Affichage")
    newer = make_page(section_of(content.halifax), "Nouvelles", body=[("text", "<p>Un affichage est prévu.</p>")])
    for page, day in ((older, 1), (newer, 2)):
        date = datetime.datetime(2026, 1, day, tzinfo=datetime.UTC)
        Entry.objects.filter(key=str(page.translation_key)).update(date=date)
    client = signed_in(content.reader)

    for sort, wanted in (("relevance", ["Affichage", "Nouvelles"]), ("date", ["Nouvelles", "Affichage"])):
        assert titles(ask(content.reader, {"q": "affichage", "sort": sort})) == wanted
        answer = client.get("/api/v1/search", {"q": "affichage", "sort": sort}).json()
        assert [found["title"] for found in answer["results"]] == wanted


def test_how_many_have_every_word_is_said(content: World) -> None:
    def said(text: str, **chosen: str) -> list[str]:
        html = ask(content.reader, {"q": text, **chosen}).content.decode()
        return [note for note in re.findall(r'<p class="results-note">(.*?)</p>', html) if "tous les mots" in note]

    assert said("accueil directions") == ["1 d’entre eux contient tous les mots."]
    assert said("accueil directions", sort="date") == ["1 d’entre eux contient tous les mots et vient en premier."]
    assert said("accueil girouette", exact="1") == ["Aucun ne contient tous les mots."]
    assert said("accueil") == said("directions") == said("girouette rouge") == []


def test_archived_choice_survives_paging(content: World) -> None:
    for number in range(22):
        make_page(section_of(content.halifax), f"Accueil {number}")

    html = ask(content.reader, {"q": "accueil", "archived": "1"}).content.decode()

    assert "?q=accueil&amp;archived=1&amp;page=2" in html


def test_exact_choice_stays_in_the_form_and_can_be_taken_away(content: World) -> None:
    response = ask(content.reader, {"q": "accueil", "exact": "1", "kind": "page"})

    assert '<input type="hidden" name="exact" value="1">' in response.content.decode()
    assert ("Seulement ce que j’ai écrit", "?q=accueil&kind=page") in [
        (chip["label"], chip["url"]) for chip in response.context["chips"]
    ]
    assert response.context["clear_url"] == "?q=accueil"
    assert response.context["unfiltered_url"] == "?q=accueil&exact=1"


def test_search_that_finds_archived_items_alone_says_so(content: World) -> None:
    make_page(section_of(content.quebec), "Girouette", rule=Rule("members"))
    make_page(section_of(content.quebec), "Girouette interne")
    set_network_state(content.quebec, Network.State.CLOSED)

    response = ask(content.reader, {"q": "girouette"})

    assert (response.context["help"]["archived_url"], response.context["help"]["archived_count"]) == (
        "?q=girouette&archived=1", 1,
    )  # fmt: skip
    assert "Les éléments archivés ont été laissés de côté." in response.content.decode()
    assert ask(content.reader, {"q": "introuvable"}).context["help"]["archived_url"] == ""


def test_other_language_asks_the_same(content: World) -> None:
    response = ask(content.reader, {"q": "accueil"}, "en")

    links = {link["code"]: link["url"] for link in response.context["language_links"]}
    with translation.override("fr"):
        assert links["fr"] == f"{reverse('search')}?q=accueil"


def test_what_is_typed_is_escaped(content: World) -> None:
    make_page(section_of(content.halifax), "<script>alert(1)</script> accueil")

    found = ask(content.reader, {"q": "<script>alert(2)</script>"}).content.decode()

    assert "<script>alert" not in found


def test_newly_unlisted_network_is_named_no_more(content: World) -> None:
    network = make_network("champions")
    make_page(section_of(network), "Accueil champion", rule=Rule("everyone"))
    network.listed = False
    network.save()

    answer = search_for(content.reader, SearchParams("champion", language="fr"))

    assert [(found.title, found.network, found.network_name) for found in answer.found] == [
        ("Accueil champion", "", "")
    ]
    assert facet(answer, "network") == {}


def test_long_facet_shows_its_first_values_and_what_is_chosen(world: World) -> None:
    for number in range(14):
        make_page(section_of(make_network(f"ville-{number:02}")), "Accueil", rule=Rule("everyone"))
    response = ask(world.reader, {"q": "accueil", "network": "ville-13"})

    networks = next(group for group in response.context["groups"] if group["name"] == "network")

    assert (len(networks["values"]), len(networks["more"])) == (9, 5)
    assert [value.value for value in networks["values"] if value.selected] == ["ville-13"]
