"""Local networks that people without an account may ask to join, and how they find them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from intranet.networks.forms import NetworkForm
from intranet.networks.models import Network
from intranet.networks.services import set_network_state
from tests.networks.conftest import MakeNetwork, MakePerson
from tests.pages.factories import signed_in

OPEN: dict[str, Any] = {"kind": "local", "joining": "open_request"}


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


@pytest.fixture
def nobody() -> Client:
    return Client(headers={"accept-language": "en"})


def test_open_networks_are_listed_and_no_other_name_is_shown(make_network: MakeNetwork, nobody: Client) -> None:
    make_network("zebra", **OPEN)
    make_network("antelope", **OPEN, region="NS")
    make_network("society-secret", "society", joining="open_request")
    make_network("request-secret", "local", joining="request")
    make_network("invitation-secret", "local")
    make_network("unlisted-secret", **OPEN, listed=False)
    set_network_state(make_network("closed-secret", **OPEN), "closed")

    answer = nobody.get("/accounts/join/")

    text = answer.content.decode()
    assert answer.status_code == 200
    assert [network.slug for network in answer.context["page_obj"]] == ["antelope", "zebra"]
    assert 'href="/accounts/join/antelope/">antelope in English</a> <span class="soft">Nova Scotia' in text
    assert "secret" not in text


@pytest.mark.parametrize("count", [1, 3, 30])
def test_list_has_a_fixed_number_of_queries(
    make_network: MakeNetwork, nobody: Client, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_network(f"local-{number}", **OPEN)
    nobody.get("/accounts/join/")

    with django_assert_num_queries(2):
        nobody.get("/accounts/join/")


def test_sign_in_page_leads_to_the_list_when_there_is_something_in_it(
    make_network: MakeNetwork, nobody: Client
) -> None:
    make_network("hidden", **OPEN, listed=False)
    link = 'href="/accounts/join/"'
    assert link not in nobody.get("/accounts/login/").content.decode()
    assert "No network takes requests now" in nobody.get("/accounts/join/").content.decode()

    make_network("champions", **OPEN)

    assert link in nobody.get("/accounts/login/").content.decode()


def test_coordinator_is_shown_the_address_to_hand_out(make_network: MakeNetwork, make_person: MakePerson) -> None:
    for slug, fields in (("champions", OPEN), ("closed-door", {**OPEN, "joining": "request"})):
        person = make_person(slug, make_network(slug, **fields), "coordinator")
        text = signed_in(person).get(reverse("networks:people", args=[slug])).content.decode()
        assert (f"http://127.0.0.1:8000/accounts/join/{slug}/" in text) is (slug == "champions")


@pytest.mark.parametrize(
    ("kind", "listed", "joining", "is_good"),
    [
        ("local", True, "open_request", True),
        ("local", False, "open_request", False),
        ("society", True, "open_request", False),
        ("society", True, "request", True),
    ],
)
@pytest.mark.django_db
def test_form_takes_open_requests_for_listed_local_networks_only(
    kind: str, listed: bool, joining: str, is_good: bool
) -> None:
    said = {
        "name_fr": "Nouveau", "name_en": "New", "slug": "new", "code": "NEW", "kind": kind, "languages": "fr",
        "time_zone": "America/Toronto", "joining": joining, "listed": listed,
    }  # fmt: skip
    form = NetworkForm(said)

    refusal = ["Only listed local networks take requests from people without an account."]
    assert form.errors == ({} if is_good else {"joining": refusal})


@pytest.mark.django_db
def test_form_of_a_network_that_is_open_to_requests_keeps_it_listed(make_network: MakeNetwork) -> None:
    network = make_network("champions", **OPEN)
    said = {name: getattr(network, name) for name in ("name_fr", "name_en", "code", "time_zone", "joining")}

    assert NetworkForm({**said, "languages": "fr", "listed": True}, instance=network).is_valid()
    form = NetworkForm({**said, "languages": "fr", "listed": False}, instance=Network.objects.get(pk=network.pk))
    assert list(form.errors) == ["joining"]
