"""*Who can see this* in the admin."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.networks.audiences import Rule, set_rule
from intranet.networks.models import AudienceEvent, AudienceToken, Item, Network
from intranet.networks.reach import count_people, people_reached
from intranet.networks.services import provision_network, set_network_state
from intranet.pages.admin.audience import summary_of, widens
from intranet.pages.models import HomePage
from tests.pages.admin.conftest import World, make_network, make_page, make_person

ClientOf = Callable[[User], Client]


def tokens(key: object) -> set[str]:
    return set(AudienceToken.objects.filter(item=key).values_list("token", flat=True))


def test_publisher_changes_the_audience_at_once(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")
    assert not page.is_visible_to(world.foreign_publisher)

    client = client_of(world.publisher)
    address = reverse("page_audience", args=[page.pk])
    asked = client.post(address, {"choice": "members"})
    assert asked.status_code == 200
    now, then = count_people(tokens(page.translation_key)), count_people({"members"})
    assert now < then
    assert f"More people will see it: now {now}, then {then}." in asked.content.decode()
    assert not page.is_visible_to(world.foreign_publisher)

    confirmed = client.post(address, {"choice": "members", "confirmed": "1"})

    assert confirmed.status_code == 302
    assert page.is_visible_to(world.foreign_publisher)
    event = AudienceEvent.objects.get(key=page.translation_key)
    assert (event.by, event.before["choice"], event.after["choice"]) == (world.publisher, "", "members")
    entry = PageLogEntry.objects.get(page=page.pk, action="pages.audience")
    assert (entry.user, entry.data) == (world.publisher, {"before": "", "after": "members"})
    shown = client.get(address).content.decode()
    assert "Member societies" in shown
    assert f"Saved. {then} people can see this now." in shown
    assert f"{then} people can see it now." in " ".join(shown.split())


def test_form_begins_with_the_rule_of_the_page(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")
    address = reverse("page_audience", args=[page.pk])
    client = client_of(world.publisher)
    assert client.get(address).context["form"]["choice"].value() == ""

    set_rule(page.translation_key, Rule(Item.Rule.NETWORKS, frozenset({world.foreign.pk}), guests=True), by=None)

    form = client.get(address).context["form"]
    assert form["choice"].value() == Item.Rule.NETWORKS
    assert form["networks"].value() == [world.foreign.pk]
    assert form["guests"].value() is True


def test_narrowing_asks_nothing(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")
    set_rule(page.translation_key, Rule(Item.Rule.EVERYONE), by=world.publisher)

    response = client_of(world.publisher).post(reverse("page_audience", args=[page.pk]), {"choice": "section"})

    assert response.status_code == 302
    assert tokens(page.translation_key) == {f"network:{world.own.pk}"}


def test_contributor_reads_but_does_not_change(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")
    client = client_of(world.contributor)
    address = reverse("page_audience", args=[page.pk])

    shown = client.get(address)
    refused = client.post(address, {"choice": "everyone", "confirmed": "1"})

    assert shown.status_code == 200
    assert b'name="choice"' not in shown.content
    assert refused.status_code == 302
    assert refused["Location"] == "/admin/"
    assert tokens(page.translation_key) == {f"network:{world.own.pk}"}


def test_the_home_page_has_no_choice(world: World, client_of: ClientOf) -> None:
    address = reverse("page_audience", args=[HomePage.objects.first().pk])

    assert client_of(world.publisher).post(address, {"choice": "section"})["Location"] == "/admin/"


def test_a_section_does_not_inherit(world: World, client_of: ClientOf) -> None:
    """Above it is the home page, which everyone sees."""
    response = client_of(world.publisher).post(
        reverse("page_audience", args=[world.section.pk]), {"choice": "", "confirmed": "1"}
    )

    assert response.status_code == 200
    assert tokens(world.section.translation_key) == {f"network:{world.own.pk}"}


def test_unlisted_networks_are_not_offered_and_stay_chosen(world: World, client_of: ClientOf) -> None:
    table = provision_network(slug="secret-table", kind="table", name_en="Hidden table", name_fr="Table cachée")
    page = make_page(world.section, "Page")
    set_rule(page.translation_key, Rule("networks", frozenset({table.pk})), by=None)
    client = client_of(world.publisher)
    address = reverse("page_audience", args=[page.pk])

    shown = client.get(address).content.decode()
    assert "Hidden table" not in shown
    assert "they stay chosen" in shown
    client.post(address, {"choice": "networks", "networks": [world.foreign.pk], "confirmed": "1"})

    assert tokens(page.translation_key) == {f"network:{pk}" for pk in (world.own.pk, world.foreign.pk, table.pk)}
    refused = client.post(address, {"choice": "networks", "networks": [table.pk], "confirmed": "1"})
    assert refused.status_code == 200
    assert "Hidden table" not in refused.content.decode()


def test_choosing_networks_without_one_is_an_error(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")

    response = client_of(world.publisher).post(reverse("page_audience", args=[page.pk]), {"choice": "networks"})

    assert "Choose at least one network" in response.content.decode()


def test_the_summary_names_the_origin(world: World) -> None:
    page = make_page(world.section, "Page")
    below = make_page(page, "Below")
    set_rule(page.translation_key, Rule(Item.Rule.MEMBERS), by=None)

    summary = summary_of(below, world.contributor)

    assert summary is not None
    assert (summary.origin, summary.may_change) == ("Page", False)
    assert summary.words == "Member societies and the national office"


@pytest.mark.parametrize(
    ("before", "after", "answer"),
    [
        ({"everyone"}, {"members"}, False),
        ({"members"}, {"everyone"}, True),
        ({"members"}, {"members", "partners"}, True),
        ({"members", "partners"}, {"members"}, False),
    ],
)
def test_widening(db: None, before: set[str], after: set[str], answer: bool) -> None:
    assert widens(before, after) is answer


def test_people_reached_are_those_whose_tokens_meet(world: World) -> None:
    """The count's one condition against the tokens of each person."""
    partner, local = make_network("partner", "partner"), make_network("local", "local")
    make_person("partner-reader", partner, "reader")
    make_person("local-reader", local, "reader")
    make_person("guest", world.own, "guest")
    make_person("nobody")
    make_person("gone", world.own, "reader", is_active=False)
    closed = make_network("closed")
    make_person("closed-reader", closed, "reader")
    set_network_state(closed, Network.State.CLOSED)

    for wanted in (
        {"everyone"}, {"members"}, {"partners"}, {"members", "partners"}, {f"network:{world.own.pk}"},
        {f"guest:{world.own.pk}"}, {f"network:{closed.pk}"}, {f"network:{local.pk}", f"guest:{world.own.pk}"}, set(),
    ):  # fmt: skip
        expected = {person.pk for person in User.objects.all() if access_of(person).tokens & wanted}
        assert set(people_reached(wanted).values_list("pk", flat=True)) == expected, wanted
        assert count_people(wanted) == len(expected)


def test_the_panel_says_what_the_address_tells(world: World, client_of: ClientOf) -> None:
    above = make_page(world.section, "Crisis at Pine Street")
    page = make_page(above, "Form")
    client = client_of(world.publisher)
    addresses = [reverse("wagtailadmin_pages:edit", args=[page.pk]), reverse("page_audience", args=[page.pk])]
    sentence = "Its address contains words of pages above that not all of them may see: crisis-at-pine-street."
    assert [sentence in client.get(address).content.decode() for address in addresses] == [False, False]

    set_rule(page.translation_key, Rule("everyone"), by=None)
    assert [sentence in client.get(address).content.decode() for address in addresses] == [True, True]

    set_rule(above.translation_key, Rule("everyone"), by=None)
    assert [sentence in client.get(address).content.decode() for address in addresses] == [False, False]
