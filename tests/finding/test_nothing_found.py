"""A search that finds nothing: every way on leads somewhere, and nobody is named to those who may not know."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from intranet.accounts.models import User
from intranet.networks.audiences import Rule
from tests.finding.conftest import World
from tests.pages.factories import make_network, make_page, make_person, section_of, set_rule, signed_in

pytestmark = pytest.mark.sqlite


def help_of(person: User, **parameters: Any) -> dict[str, Any]:
    with translation.override("fr"):
        response = signed_in(person).get(reverse("search"), parameters)
    assert response.context["answer"].total == 0
    found: dict[str, Any] = response.context["help"]
    return found


@pytest.fixture
def content(world: World) -> World:
    make_page(section_of(world.halifax), "Accueil à Halifax")
    make_page(section_of(world.quebec), "Accueil à Québec")
    return world


def test_choices_that_are_in_the_way_are_named_with_the_search_without_them(content: World) -> None:
    found = help_of(content.reader, q="accueil", kind=["page", "memo"], year="1999")

    assert [(drop["label"], drop["values"], drop["url"], drop["count"]) for drop in found["drops"]] == [
        ("Année", ["1999"], "?q=accueil&kind=page&kind=memo", 1)
    ]
    assert found["all_url"] == ""


def test_choices_that_are_in_the_way_together_are_taken_away_together(content: World) -> None:
    found = help_of(content.reader, q="accueil", kind="memo", year="1999")
    assert (found["drops"], found["all_url"], found["all_count"]) == ([], "?q=accueil", 1)
    assert help_of(content.reader, q="introuvable", kind="memo", year="1999")["all_url"] == ""


def test_way_on_does_not_tell_what_is_meant_for_others(content: World) -> None:
    hidden = help_of(content.reader, q="Québec", network="quebec", year="1999")
    unknown = help_of(content.reader, q="Québec", network="nulle-part", year="1999")

    assert (hidden["drops"], hidden["all_url"], hidden["near"]) == ([], "", [])
    assert (unknown["drops"], unknown["all_url"], unknown["near"]) == ([], "", [])
    assert [item["title"] for item in help_of(content.director, q="Québec xyzzy yzzyx")["near"]] == ["Accueil à Québec"]
    short = help_of(content.director, q="Québec xyzzyxyzzy yzzyxyzzyx zyxzyxzyx")
    assert short["near"] == [], "of the three longest words alone"
    second = help_of(content.director, q="xyzzyxyzzy Québec zyxzy")
    assert [item["title"] for item in second["near"]] == ["Accueil à Québec"]


def test_titles_with_the_same_year_are_not_like_a_number_that_is_not_found(content: World) -> None:
    make_page(section_of(content.halifax), "Bilan 2026")

    assert help_of(content.reader, q="QUE-2026-001")["near"] == []
    near = help_of(content.reader, q="bilan xyzzy yzzyx QUE-2026-001")["near"]
    assert [item["title"] for item in near] == ["Bilan 2026"]


def test_coordination_is_named_to_its_own_people_alone(content: World) -> None:
    make_person("Coordinator", (content.halifax, "coordinator"))
    make_person("Chair", (content.table, "coordinator"))
    make_person("Former", (content.halifax, "coordinator"), is_active=False)

    assert help_of(content.reader, q="xyzzy")["people"] == [{"name": "Coordinator", "network": "Société Halifax"}]
    # She coordinates Québec herself.
    assert help_of(content.director, q="xyzzy")["people"] == [{"name": "Chair", "network": "Société Directors"}]
    assert help_of(content.guest, q="xyzzy")["people"] == []


def test_office_is_named_where_its_section_may_be_seen(content: World) -> None:
    office = make_network("office", "office")
    assert help_of(content.reader, q="xyzzy")["office"] is None
    make_page(section_of(office), "Aide", rule=Rule("everyone"))

    set_rule(section_of(office), Rule("members"))
    with override_settings(PLUGIN_SETTINGS={"finding": {"OFFICE_CONTACT": "aide@example.org"}}):
        found = help_of(content.reader, q="xyzzy")
    assert (found["office"], found["contact"]) == (
        {"title": "Société Office", "url": "/fr/office/"},
        "aide@example.org",
    )
    assert help_of(content.guest, q="xyzzy")["office"] is None


def test_queries_are_as_many_for_one_coordinator_as_for_five(content: World) -> None:
    client = signed_in(content.reader)
    counts = []
    for number in range(5):
        make_person(f"Coordinator {number}", (content.halifax, "coordinator"))
        with translation.override("fr"):
            address = reverse("search")
        client.get(address, {"q": "xyzzy"})
        with CaptureQueriesContext(connection) as captured:
            client.get(address, {"q": "xyzzy"})
        counts.append(len(captured))
    assert len(set(counts)) == 1
