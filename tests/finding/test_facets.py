"""Choices that narrow a search: the region of listed networks, and what was chosen."""

from __future__ import annotations

import pytest
from django.utils import translation

from intranet.accounts.models import User
from intranet.networks import services
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.pages.searching import SearchParams, search_for
from tests.finding.conftest import World
from tests.pages.factories import make_network, make_page, section_of, signed_in

pytestmark = pytest.mark.sqlite


@pytest.fixture
def moncton(world: World) -> Network:
    network = make_network("moncton", region="NB")
    make_page(section_of(network), "Accueil à Moncton", rule=Rule("everyone"))
    services.update_network(world.halifax, region="NS")
    make_page(section_of(world.halifax), "Accueil à Halifax")
    return network


def regions(person: User, language: str = "fr") -> dict[str, int]:
    with translation.override(language):
        answer = search_for(person, SearchParams("accueil", language=language))
    return {value.label: value.count for group in answer.facets if group.name == "region" for value in group.values}


def test_region_is_counted_for_the_reader_alone_and_named_in_both_languages(world: World, moncton: Network) -> None:
    assert regions(world.reader) == {"Nouvelle-Écosse": 1, "Nouveau-Brunswick": 1}
    assert regions(world.reader, "en") == {"Nova Scotia": 1, "New Brunswick": 1}
    assert regions(world.director) == {"Nouveau-Brunswick": 1}
    found = search_for(world.reader, SearchParams("accueil", {"region": frozenset({"NS"})}))
    assert [each.title for each in found.found] == ["Accueil à Halifax"]


def test_items_follow_when_their_network_changes_its_region(world: World, moncton: Network) -> None:
    services.update_network(moncton, region="PE")

    assert regions(world.director) == {"Île-du-Prince-Édouard": 1}


def test_unlisted_network_has_no_region_for_anybody(world: World, moncton: Network) -> None:
    services.update_network(moncton, listed=False)

    assert regions(world.director) == {}
    assert search_for(world.director, SearchParams("accueil")).total == 1
    assert search_for(world.director, SearchParams("accueil", {"region": frozenset({"NB"})})).total == 0
    services.update_network(moncton, listed=True)
    assert regions(world.director) == {"Nouveau-Brunswick": 1}


def test_each_choice_is_taken_away_by_its_own_link(world: World, moncton: Network) -> None:
    response = signed_in(world.reader).get(
        "/fr/recherche/", {"q": "accueil", "region": ["NS", "QC"], "kind": "page", "network": "directors", "page": "2"}
    )

    chips = {chip["label"]: chip["url"] for chip in response.context["chips"]}
    assert chips == {
        "Page": "?q=accueil&region=NS&region=QC&network=directors",
        "Nouvelle-Écosse": "?q=accueil&region=QC&kind=page&network=directors",
        "Québec": "?q=accueil&region=NS&kind=page&network=directors",
        # What one may not name stands as it was typed.
        "directors": "?q=accueil&region=NS&region=QC&kind=page",
    }
    assert response.context["clear_url"] == "?q=accueil"


def test_choice_that_finds_nothing_stays_to_be_taken_away(world: World, moncton: Network) -> None:
    response = signed_in(world.reader).get("/fr/recherche/", {"q": "accueil", "region": "YT"})

    group = next(group for group in response.context["groups"] if group["name"] == "region")
    counted = [(value.label, value.count, value.selected) for value in group["values"]]
    assert counted == [("Nouveau-Brunswick", 1, False), ("Nouvelle-Écosse", 1, False), ("Yukon", 0, True)]
    answer = signed_in(world.reader).get("/api/v1/search", {"q": "accueil", "region": "YT"}).json()
    assert {value["value"] for value in answer["facets"]["region"]} == {"NS", "NB"}
