"""Administrators ask why: the chain behind an item and a person, what is stored, and what an index refuses."""

from __future__ import annotations

import datetime
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from intranet.accounts.models import User
from intranet.networks import services
from intranet.networks.audiences import Rule
from intranet.networks.models import Membership, Network
from search.conf import index_prefix
from search.models import Delivery, Entry, SearchIndex
from tests.finding.conftest import World
from tests.pages.factories import make_network, make_page, make_person, section_of, set_rule, signed_in
from tests.search.factories import entry, write

pytestmark = pytest.mark.sqlite
HIDDEN = "Rencontre secrète"


@pytest.fixture
def secret(world: World) -> Any:
    return make_page(section_of(world.table), HIDDEN, summary="Ce que personne d’autre ne lit")


def ask(client: Client, page: Any, person: User | None = None, query: str = "") -> Any:
    asked = {"item": str(page.translation_key), "person": person.email if person else "", "query": query}
    response = client.get(reverse("finding_why"), asked)
    assert response.status_code == 200
    assert response.context["form"].errors == {}
    return response.context


def links(context: Any) -> list[tuple[str, str, str, bool]]:
    return [(link.network, link.role, link.state, link.opens) for link in context["answer"].links]


def test_chain_of_membership_grant_and_rule_is_said(world: World, office: Client) -> None:
    page = make_page(section_of(world.halifax), "Accueil")
    context = ask(office, page, world.reader)

    assert context["answer"].sees is True
    assert context["answer"].reasons == ("The rule in force addresses it to: Members of Halifax society.",)
    assert links(context) == [("Halifax society", "reader", "in force", True)]
    assert context["answer"].links[0].grants == "see the section"
    assert (context["inspection"].rule, context["inspection"].network) == (
        "The section’s members only",
        "Halifax society",
    )
    assert context["inspection"].rule_key == str(section_of(world.halifax).translation_key)


def test_no_membership_is_a_reason(world: World, office: Client) -> None:
    context = ask(office, make_page(section_of(world.quebec), "Accueil"), world.reader)
    assert context["answer"].sees is False
    assert context["answer"].reasons == (
        "The rule in force addresses it to: Members of Quebec society. No membership in force gives access to that.",
    )
    assert links(context) == [("Halifax society", "reader", "in force", False)]


def test_state_of_each_membership_is_said(world: World, office: Client) -> None:
    page = make_page(section_of(world.halifax), "Accueil")
    services.end_membership(Membership.objects.get(person=world.reader))
    later = timezone.localdate() + datetime.timedelta(days=3)
    services.add_membership(person=world.reader, network=world.halifax, role="reader", starts_on=later)
    services.add_membership(person=world.reader, network=world.quebec, role="publisher")
    services.set_network_state(world.quebec, "closed")

    context = ask(office, page, world.reader)
    assert context["answer"].sees is False
    assert sorted(links(context)) == [
        ("Halifax society", "reader", "not begun yet", False),
        ("Halifax society", "reader", "over", False),
        ("Quebec society (closed)", "publisher", "the network is closed", False),
    ]


def test_membership_without_its_grant_is_named(world: World, office: Client) -> None:
    page = make_page(section_of(world.halifax), "Accueil")
    world.reader.groups.clear()
    context = ask(office, page, world.reader)
    assert context["answer"].sees is False
    assert links(context)[0][2] == "in force, but its grants are missing: run check_access"


def test_closed_account_and_draft_are_reasons(world: World, office: Client) -> None:
    draft = make_page(section_of(world.halifax), "Brouillon", live=False)
    assert ask(office, draft, world.reader)["answer"].reasons == (
        "It is addressed to this person, but no language version of it is published.",
    )
    world.reader.is_active = False
    world.reader.save()
    assert ask(office, draft, world.reader)["answer"].reasons == ("The account is closed.",)


def test_everyone_is_every_account_but_a_guest_alone(world: World, office: Client) -> None:
    page = make_page(section_of(world.halifax), "Pour tous", rule=Rule("everyone"))
    guest = make_person("visitor", (world.halifax, "guest"))
    assert ask(office, page, world.reader)["answer"].sees is True
    # Who came as a guest of the table alone is not everyone; as nobody may learn that, it is told of no such account.
    assert [ask(office, page, person)["answer"].sees for person in (world.nobody, guest, world.guest)] == [None] * 3

    services.update_network(world.table, listed=True)
    assert [ask(office, page, person)["answer"].sees for person in (world.nobody, guest, world.guest)] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("rule", ["networks", "members", "everyone"])
def test_who_is_in_an_unlisted_network_is_told_of_nobody(world: World, office: Client, rule: str) -> None:
    """Each pair differs in what they are in the unlisted network alone, and gets one and the same answer."""
    services.update_network(world.table, kind="society", listed=False)
    chosen = frozenset({world.table.pk}) if rule == "networks" else frozenset()
    page = make_page(section_of(world.halifax), "Accueil", rule=Rule(rule, chosen))
    for first, second in (
        (make_person("inside", (world.table, "coordinator")), world.nobody),
        (world.guest, world.nobody),
        (
            make_person("both", (world.quebec, "reader"), (world.table, "reader")),
            make_person("one", (world.quebec, "reader")),
        ),
    ):
        answers = [ask(office, page, person)["answer"] for person in (first, second)]
        assert answers[0].sees == answers[1].sees
        assert answers[0].reasons == answers[1].reasons
        assert [[link.network for link in answer.links] for answer in answers] in ([[], []], [["Quebec society"]] * 2)
    assert ask(office, page, world.reader)["answer"].sees is True
    assert ask(office, page, world.nobody)["answer"].reasons == (
        "This cannot be told: it may depend on a network that is not listed and that you do not belong to.",
    )


def test_what_an_unlisted_network_shares_tells_nobody_of_its_people(world: World, office: Client) -> None:
    places = Network.objects.filter(slug__in=("quebec", "office"))
    shared = Rule("networks", frozenset(places.values_list("pk", flat=True)), guests=True)
    page = make_page(section_of(world.table), HIDDEN, rule=shared)
    member, stranger = make_person("inside", (world.table, "reader")), world.reader
    answers = [ask(office, page, person)["answer"] for person in (member, world.guest, stranger)]
    assert [(answer.sees, [link.network for link in answer.links]) for answer in answers] == [
        (None, []),
        (None, []),
        (None, ["Halifax society"]),
    ]
    assert ask(office, page, world.director)["answer"].sees is True
    shown = office.get(reverse("finding_why"), {"item": str(page.translation_key), "person": member.email})
    assert "<strong>No" not in shown.content.decode()
    page.unpublish()
    assert [ask_of_hidden(office, page, person) for person in (member, stranger)] == [NOTHING_THERE] * 2


NOTHING_THERE = "There is no item with this key, and nothing at this address that is addressed to you."


def ask_of_hidden(client: Client, page: Any, person: User) -> str:
    asked = {"item": str(page.translation_key), "person": person.email, "query": HIDDEN}
    shown = client.get(reverse("finding_why"), asked)
    assert "answer" not in shown.context
    assert "inspection" not in shown.context
    [error] = shown.context["form"].errors["item"]
    return str(error)


def test_unpublished_item_for_an_unlisted_network_is_told_alike(world: World, office: Client) -> None:
    rule = Rule("networks", frozenset({world.table.pk}))
    draft = make_page(section_of(world.halifax), "Brouillon", rule=rule, live=False)
    answers = [ask(office, draft, person)["answer"] for person in (world.director, world.nobody)]
    assert [(answer.sees, answer.reasons) for answer in answers] == [
        (False, ("No language version of it is published.",))
    ] * 2


def test_one_s_own_networks_are_told_to_oneself(world: World, officer: User, office: Client) -> None:
    page = make_page(section_of(world.halifax), "Accueil", rule=Rule("networks", frozenset({world.table.pk})))
    assert ask(office, page, officer)["answer"].sees is False
    services.add_membership(person=officer, network=world.table, role="reader")
    assert ask(office, page, officer)["answer"].sees is True
    assert ask(office, page, world.director)["answer"].sees is True


def test_what_is_not_addressed_to_the_asker_stays_unsaid(world: World, office: Client) -> None:
    private = make_page(section_of(world.quebec), HIDDEN, summary="Ce que personne d’autre ne lit")
    for person in (world.reader, world.director):
        asked = {"item": str(private.translation_key), "person": person.email, "query": HIDDEN.split()[1]}
        shown = office.get(reverse("finding_why"), asked)
        assert shown.context["answer"].sees is (person == world.director)
        assert "explanation" not in shown.context
        body = shown.content.decode().replace(asked["query"], "")
        for word in ("Rencontre", "personne", "Directors", private.slug):
            assert word not in body
    # Of the director's networks the asker learns the one that everybody may know.
    assert links(shown.context) == [("Quebec society", "coordinator", "in force", True)]


def test_item_of_an_unlisted_network_is_there_for_its_people_alone(world: World, office: Client, secret: Any) -> None:
    assert [ask_of_hidden(office, secret, person) for person in (world.reader, world.director)] == [NOTHING_THERE] * 2


def test_address_of_what_is_hidden_is_like_one_of_nothing(world: World, office: Client, secret: Any) -> None:
    shared = make_page(section_of(world.halifax), "Pour tous", rule=Rule("everyone"))
    errors = [
        office.get(reverse("finding_why"), {"item": text}).context["form"].errors
        for text in (secret.get_url(), "/fr/nothing/", "00000000-0000-0000-0000-000000000000", "\x00", "é")
    ]
    assert errors[0]["item"] == [NOTHING_THERE]
    assert errors[1] == errors[2] == errors[4] == errors[0]
    found = office.get(reverse("finding_why"), {"item": shared.get_url()})
    assert found.context["subject"].shown.title == "Pour tous"


def test_key_of_a_plugin_is_answered_as_far_as_the_asker_sees_it(world: World, office: Client) -> None:
    write(entry("poster-7"), entry("poster-8", tokens=frozenset({f"network:{world.table.pk}"})))

    found = office.get(reverse("finding_why"), {"item": " poster-7 "})
    hidden, missing = (office.get(reverse("finding_why"), {"item": key}) for key in ("poster-8", "poster-9"))

    assert (found.context["subject"].key, found.context["subject"].item) == ("poster-7", None)
    assert hidden.context["form"].errors == missing.context["form"].errors != {}


def test_unknown_person_is_an_error(world: World, office: Client) -> None:
    asked = {
        "item": str(make_page(section_of(world.halifax), "Accueil").translation_key),
        "person": "nobody@nowhere.example",
    }
    errors = office.get(reverse("finding_why"), asked).context["form"].errors
    assert errors == {"person": ["There is no account with this address."]}


def test_score_is_explained_of_what_the_asker_sees(world: World, office: Client) -> None:
    page = make_page(section_of(world.halifax), "Hébergement", rule=Rule("everyone"))
    context = ask(office, page, query="hébergement")
    assert any("hébergement" in part.what for part in context["explanation"].parts)
    shown = office.get(reverse("finding_why"), {"item": str(page.translation_key), "query": "autre chose"})
    assert "This query does not find it." in shown.content.decode()


def test_each_hit_leads_an_administrator_to_its_explanation(world: World, office: Client) -> None:
    shelter = make_page(section_of(world.halifax), "Hébergement", rule=Rule("everyone"))
    make_page(section_of(world.halifax), "Hébergement d’urgence & suite", rule=Rule("everyone"))
    address = "/en/search/"
    html = office.get(address, {"q": "hébergement & suite"}).content.decode()
    links = [unescape(link) for link in re.findall(r'href="([^"]*search-why[^"]*)"', html)]
    assert len(links) == html.count("Why is this here?") == 2
    [link] = [link for link in links if str(shelter.translation_key) in link]
    shown = office.get(link)
    assert shown.context["form"].cleaned_data["query"] == "hébergement & suite"
    assert shown.context["subject"].key == str(shelter.translation_key)
    assert shown.context["explanation"].parts
    assert "Why is this here?" not in office.get(address).content.decode()
    exact = unescape(office.get(address, {"q": "hébergement", "exact": "1"}).content.decode())
    assert "query=h%C3%A9bergement&exact=1" in exact


def test_nobody_else_is_led_to_explanations(world: World) -> None:
    make_page(section_of(world.halifax), "Hébergement", rule=Rule("everyone"))
    office = make_network("office", "office")
    publisher = make_person("writer", (office, "publisher"))
    coordinator = make_person("chair", (world.halifax, "coordinator"))
    for person in (world.reader, world.director, publisher, coordinator):
        html = signed_in(person).get(reverse("search"), {"q": "hébergement"}).content.decode()
        assert "<mark>" in html or "Hébergement" in html
        assert "search-why" not in html
    root = make_person("root", is_superuser=True)
    assert "search-why" in signed_in(root).get(reverse("search"), {"q": "hébergement"}).content.decode()


def test_link_to_the_explanation_costs_no_query(world: World, office: Client) -> None:
    for number in range(3):
        make_page(section_of(world.halifax), f"Hébergement {number}", rule=Rule("everyone"))
    counts = []
    publisher = signed_in(make_person("writer", (Network.objects.get(slug="office"), "publisher"), language="en"))
    for client in (office, publisher):
        client.get(reverse("search"), {"q": "hébergement"})
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("search"), {"q": "hébergement"})
        counts.append(len(captured))
    assert counts[0] == counts[1]


def refuse(page: Any, error: str) -> Delivery:
    index, _made = SearchIndex.objects.get_or_create(name="x-1", defaults={"prefix": index_prefix(), "state": "live"})
    entry = Entry.objects.get(key=str(page.translation_key))
    wanted = {"wanted": entry.version, "refused": entry.version, "error": error}
    delivery, _made = Delivery.objects.update_or_create(index=index, entry=entry, defaults=wanted)
    return delivery


def test_refused_documents_are_listed_without_quoting_what_is_hidden(world: World, office: Client, secret: Any) -> None:
    shared = make_page(section_of(world.halifax), "Pour tous", rule=Rule("everyone"))
    refuse(shared, "mapper_parsing_exception: failed to parse 'a visible value'")
    refuse(secret, f"mapper_parsing_exception: failed to parse '{HIDDEN}'")
    refuse(make_page(section_of(world.table), "Autre"), f"{HIDDEN} without a sort of error")

    shown = office.get(reverse("finding_refused"))
    assert [(row["shown"] is not None, row["reason"]) for row in shown.context["rows"]] == [
        (True, "mapper_parsing_exception: failed to parse 'a visible value'"),
        (False, "mapper_parsing_exception"),
        (False, ""),
    ]
    assert HIDDEN not in shown.content.decode()
    private = make_page(section_of(world.quebec), HIDDEN)
    refuse(private, f"mapper_parsing_exception: failed to parse '{HIDDEN}'")
    state = ask(office, private)["inspection"].indexes
    assert [(index.state, index.reason) for index in state] == [
        ("up to date: it reads the entry itself", ""),
        ("refused", "mapper_parsing_exception"),
    ]
    set_rule(secret, Rule("everyone"))
    assert HIDDEN in ask(office, secret)["subject"].shown.title


def test_refused_documents_are_sent_again(world: World, office: Client, secret: Any) -> None:
    one, other = refuse(secret, "x: y"), refuse(make_page(section_of(world.table), "Autre"), "x: y")
    address = reverse("finding_refused")

    answer = office.post(address, {"delivery": str(one.pk)}, follow=True)
    assert "1 document will be sent again." in answer.content.decode()
    assert [row["pk"] for row in answer.context["rows"]] == [other.pk]
    assert list(Delivery.objects.behind()) == [one]
    for wrong in ("", "x", "9" * 30, str(one.pk)):
        assert "0 documents" in office.post(address, {"delivery": wrong}, follow=True).content.decode()
    office.post(address, {"delivery": "all"})
    assert not Delivery.objects.refused().exists()


@pytest.mark.parametrize("name", ["finding_why", "finding_refused"])
def test_others_have_no_business_there(world: World, name: str, secret: Any) -> None:
    coordinator = signed_in(make_person("chair", (world.halifax, "coordinator"), language="en"))
    publisher = signed_in(make_person("writer", (make_network("office", "office"), "publisher"), language="en"))
    for client in (coordinator, publisher):
        answer = client.get(reverse(name), {"item": str(secret.translation_key)})
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
        assert client.post(reverse("finding_refused"), {"delivery": "all"})["Location"] == "/admin/"
        assert reverse(name) not in client.get("/admin/").content.decode()
    root = signed_in(make_person("root", language="en", is_superuser=True))
    assert root.get(reverse(name)).status_code == 200
    assert signed_in(world.reader).get(reverse(name)).status_code in (302, 403)


def test_queries_are_as_many_for_one_as_for_thirty(world: World, office: Client) -> None:
    counts = []
    page = make_page(section_of(world.halifax), "Accueil", rule=Rule("everyone"))
    for first, last in ((0, 1), (1, 3), (3, 30)):
        for number in range(first, last):
            refuse(make_page(section_of(world.halifax), f"Refusée {number}"), "x: y")
            network = make_network(f"town-{number}")
            services.add_membership(person=world.reader, network=network, role="reader")
        for address, asked in (
            (reverse("finding_refused"), {}),
            (reverse("finding_why"), {"item": str(page.translation_key), "person": world.reader.email}),
        ):
            office.get(address, asked)
            with CaptureQueriesContext(connection) as captured:
                office.get(address, asked)
            counts.append((address, len(captured)))
    assert len(set(counts)) == 2
