"""The directory leads to the sections that the reader may see, and to no other."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from intranet.networks import audiences
from intranet.networks.audiences import Rule
from intranet.networks.models import Item, Network
from intranet.networks.services import set_network_state
from tests.networks.conftest import MakeNetwork, MakePerson
from tests.pages.factories import signed_in


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


def share(network: Network, rule: Rule) -> None:
    audiences.set_rule(Item.objects.sections().get(network=network).pk, rule, by=None)


def test_section_is_linked_for_whoever_may_see_it(make_network: MakeNetwork, make_person: MakePerson) -> None:
    halifax = make_network("halifax")
    networks = {slug: make_network(slug, "local", joining="request") for slug in ("all", "some", "own", "guests")}
    share(networks["all"], Rule("everyone"))
    share(networks["some"], Rule("networks", frozenset({halifax.pk})))
    share(networks["guests"], Rule("networks", guests=True))
    people = {
        "reader": (make_person("reader", halifax), {"halifax", "all", "some"}),
        "guest": (make_person("guest", networks["guests"], "guest"), {"guests"}),
        "member": (make_person("member", networks["own"]), {"own", "all"}),
        "alone": (make_person("alone"), {"all"}),
    }
    for who, (person, expected) in people.items():
        client = signed_in(person)
        text = client.get(reverse("networks:directory")).content.decode()
        linked = {slug for slug in ("halifax", *networks) if f'href="/en/{slug}/"' in text}
        assert linked == expected, who
        assert {slug for slug in linked if client.get(f"/en/{slug}/").status_code != 200} == set(), who


def test_page_on_which_one_asks_to_join_leads_to_a_section_that_one_may_see(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    network, client = make_network("champions", "local", joining="request"), signed_in(make_person("alone"))
    page = reverse("networks:join", args=["champions"])
    assert "/en/champions/" not in client.get(page).content.decode()

    share(network, Rule("everyone"))

    assert 'href="/en/champions/"' in client.get(page).content.decode()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_links_to_sections_cost_one_query(
    make_network: MakeNetwork, make_person: MakePerson, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        share(make_network(f"local-{number}", "local"), Rule("everyone"))
    client, address = signed_in(make_person("alone")), reverse("networks:directory")
    client.get(address)

    with django_assert_num_queries(9):
        client.get(address)


def test_network_whose_section_is_not_open_leads_to_what_everybody_may_know(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    make_network("champions", "partner", region="QC", languages=["fr", "es", "iu"], joining="request")
    client = signed_in(make_person("alone"))
    facts = reverse("networks:facts", args=["champions"])
    assert f'<a href="{facts}">champions in English</a>' in client.get(reverse("networks:directory")).content.decode()

    text = client.get(facts).content.decode()

    assert "<h1>champions in English</h1>" in text
    for said in ("champions en français", "partner", "Quebec", "French", "Spanish", "iu"):
        assert f">{said}</" in text
    assert 'href="/en/champions/"' not in text
    for way in ("/en/search/?network=champions", "/en/networks/champions/join/"):
        assert f'href="{way}"' in text


def test_facts_of_an_open_section_lead_there(make_network: MakeNetwork, make_person: MakePerson) -> None:
    share(make_network("champions", "local"), Rule("everyone"))

    text = signed_in(make_person("alone")).get(reverse("networks:facts", args=["champions"])).content.decode()

    assert 'href="/en/champions/"' in text
    assert "/join/" not in text


def test_facts_of_an_unlisted_or_closed_network_are_not_there(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    table, closed = make_network("table", "table", listed=False), make_network("closed")
    director, alone = signed_in(make_person("director", table)), signed_in(make_person("alone"))
    set_network_state(closed, Network.State.CLOSED)

    for slug in ("table", "closed", "nowhere"):
        answer = alone.get(reverse("networks:facts", args=[slug]))
        assert (answer.status_code, f"{slug} in English" in answer.content.decode()) == (404, False)
    assert director.get(reverse("networks:facts", args=["table"])).status_code == 200
