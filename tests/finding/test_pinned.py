"""Answers that the office pins: above the results, for those alone who may see them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from intranet.accounts.models import User
from intranet.finding.models import PinnedAnswer
from intranet.networks.audiences import Rule
from tests.finding.conftest import World
from tests.pages.factories import make_network, make_page, make_person, section_of, set_rule, signed_in

pytestmark = pytest.mark.sqlite
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


def pin(page: Any, **fields: Any) -> PinnedAnswer:
    answer = PinnedAnswer(**{"phrases_fr": "demande de congé", "item": str(page.translation_key)} | fields)
    answer.full_clean()
    answer.save()
    return answer


def pinned(person: User, language: str = "fr", **asked: str) -> list[str]:
    with translation.override(language):
        response = signed_in(person).get(reverse("search"), asked)
    assert response.status_code == 200
    return [each["title"] for each in response.context["pinned"]]


@pytest.fixture
def page(world: World) -> Any:
    return make_page(section_of(world.halifax), "Vacances")


@pytest.mark.parametrize(
    "text", ["demande de congé", "DEMANDES DE CONGES", "congés : demande", "congé, demande de", "«demande» congé"]
)
def test_query_is_recognised_however_it_is_typed(world: World, page: Any, text: str) -> None:
    pin(page)
    assert pinned(world.reader, q=text) == ["Vacances"]


@pytest.mark.parametrize("asked", [{"q": "congé"}, {"q": "demande de congé payé"}, {"q": ""}, {"q": "leave"}])
def test_other_queries_have_no_pinned_answer(world: World, page: Any, asked: dict[str, str]) -> None:
    pin(page)
    assert pinned(world.reader, **asked) == []


@pytest.mark.parametrize("text", ["demande -congé", "demande de congé -payé", 'demande de congé -"sans solde"'])
def test_query_that_keeps_words_out_has_no_pinned_answer(world: World, page: Any, text: str) -> None:
    pin(page)
    pin(page, phrases_fr="demande de congé payé\ndemande de congé sans solde")
    assert pinned(world.reader, q=text) == []


def test_query_has_its_own_words_in_each_language(world: World, page: Any) -> None:
    pin(page, phrases_en="asking for a leave\ntime off")
    assert pinned(world.reader, q="Time off") == pinned(world.reader, "en", q="ask for leaves") == ["Vacances"]


def test_pinned_answer_stands_on_the_first_page_without_choices(world: World, page: Any) -> None:
    pin(page)
    asked = {"q": "demande de congé"}
    assert pinned(world.reader, **asked, kind="page") == pinned(world.reader, **asked, page="2") == []


def test_pinned_answer_is_not_shown_to_whom_it_is_not_addressed(world: World, page: Any) -> None:
    secret = make_page(section_of(world.table), "Rencontre secrète")
    pin(secret)
    pin(page)

    assert pinned(world.reader, q="demande de congé") == ["Vacances"]
    assert pinned(world.director, q="demande de congé") == ["Rencontre secrète"]
    set_rule(secret, Rule("everyone"))
    assert pinned(world.reader, q="demande de congé") == ["Vacances", "Rencontre secrète"]


def test_unpublished_item_is_not_shown(world: World, page: Any) -> None:
    pin(page)
    page.unpublish()
    assert pinned(world.reader, q="demande de congé") == []


@pytest.mark.parametrize(
    ("dates", "is_shown"),
    [
        ({"valid_from": TODAY, "valid_until": TODAY}, True),
        ({"valid_from": TODAY + DAY}, False),
        ({"valid_until": TODAY - DAY}, False),
        ({"valid_from": TODAY - DAY}, True),
    ],
)
def test_pinned_answer_is_shown_within_its_dates(
    world: World, page: Any, dates: dict[str, datetime.date], is_shown: bool
) -> None:
    pin(page, **dates)
    assert pinned(world.reader, q="demande de congé") == (["Vacances"] if is_shown else [])


def test_api_has_pinned_answers(world: World, page: Any) -> None:
    pin(page)
    pin(make_page(section_of(world.quebec), "Ailleurs"))
    found = signed_in(world.reader).get("/api/v1/search", {"q": "demande de congé"}).json()
    assert [(each["title"], each["url"], each["network"]) for each in found["pinned"]] == [
        ("Vacances", "/fr/halifax/vacances/", "halifax")
    ]


def test_queries_are_as_many_for_one_as_for_three(world: World) -> None:
    client, counts = signed_in(world.reader), []
    with translation.override("fr"):
        address = reverse("search")
    for number in range(3):
        pin(make_page(section_of(world.halifax), f"Vacances {number}"))
        client.get(address, {"q": "demande de congé"})
        with CaptureQueriesContext(connection) as captured:
            client.get(address, {"q": "demande de congé"})
        counts.append(len(captured))
    assert len(set(counts)) == 1


# In the admin ------------------------------------------------------------------------------------------------


@pytest.fixture
def publisher(world: World) -> User:
    return make_person("officer", (make_network("office", "office"), "publisher"), language="en")


@pytest.fixture
def office(publisher: User) -> Client:
    return signed_in(publisher)


def form(**fields: str) -> dict[str, str]:
    return {"phrases_fr": "congé", "phrases_en": "", "address": "", "valid_from": "", "valid_until": "", **fields}


def test_office_pins_changes_and_takes_away_an_answer(world: World, page: Any, office: Client) -> None:
    set_rule(page, Rule("everyone"))
    address = f"https://intranet.example.org{page.get_url()}?from=mail#top"

    answer = office.post(reverse("pinned-answers:add"), form(address=address))
    assert answer.status_code == 302, answer.context["form"].errors
    held = PinnedAnswer.objects.get()
    assert (held.item, str(held)) == (str(page.translation_key), "congé")
    edit = reverse("pinned-answers:edit", args=[held.pk])
    assert office.get(edit).context["form"]["address"].value() == page.get_url()

    office.post(edit, form(address=page.get_url(), phrases_en="leave", valid_until="2031-01-31"))
    held.refresh_from_db()
    assert (held.phrases_en, held.valid_until) == ("leave", datetime.date(2031, 1, 31))
    history = office.get(reverse("pinned-answers:history", args=[held.pk])).content.decode()
    assert "Queries in English: “” became “leave”; until: “” became “2031-01-31”" in history
    assert ModelLogEntry.objects.get(action="finding.change_pinned_answer").user.email == "officer@example.org"

    office.post(reverse("pinned-answers:delete", args=[held.pk]))
    assert not PinnedAnswer.objects.exists()


def test_address_of_what_one_may_not_see_is_like_one_of_nothing(world: World, page: Any, office: Client) -> None:
    errors = [
        office.post(reverse("pinned-answers:add"), form(address=address)).context["form"].errors
        for address in (page.get_url(), "/fr/halifax/nothing/", "nonsense", "http://[")
    ]
    assert errors[0] == {
        "address": ["You see nothing at this address that a search finds. Copy it from the page itself."]
    }
    assert errors[1:] == errors[:1] * 3
    assert not PinnedAnswer.objects.exists()


def test_item_that_the_editor_may_not_see_is_not_named_and_stays(world: World, page: Any, office: Client) -> None:
    held = pin(page)
    edit = reverse("pinned-answers:edit", args=[held.pk])
    shown = office.get(reverse("pinned-answers:index")).content + office.get(edit).content
    assert b"Vacances" not in shown
    assert b"/vacances/" not in shown
    assert b"not addressed to you, or gone" in shown

    assert office.post(edit, form(phrases_fr="vacances")).status_code == 302
    held.refresh_from_db()
    assert (held.item, held.phrases_fr) == (str(page.translation_key), "vacances")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"phrases_fr": ""}, "phrases_fr"),
        ({"phrases_fr": "« »"}, "phrases_fr"),
        ({"phrases_en": "word " * 13}, "phrases_en"),
        ({"valid_from": "2030-01-02", "valid_until": "2030-01-01"}, "valid_until"),
    ],
)
def test_error_stands_at_its_field(world: World, page: Any, office: Client, fields: dict[str, str], wrong: str) -> None:
    set_rule(page, Rule("everyone"))
    shown = office.post(reverse("pinned-answers:add"), form(address=page.get_url(), **fields))
    assert list(shown.context["form"].errors) == [wrong]


@pytest.mark.parametrize("action", ["index", "add", "edit", "delete", "history"])
def test_answers_are_not_pinned_by_others(world: World, page: Any, action: str) -> None:
    held = pin(page)
    arguments = [held.pk] if action in ("edit", "delete", "history") else []
    society = signed_in(make_person("chair", (world.halifax, "coordinator"), language="en"))
    root = signed_in(make_person("root", language="en", is_superuser=True))
    for client in (society, root):
        for shown in (client.get, client.post):
            answer = shown(reverse(f"pinned-answers:{action}", args=arguments))
            assert (answer.status_code, answer.get("Location")) in [(404, None), (302, "/admin/")]
    assert list(PinnedAnswer.objects.all()) == [held]


def test_list_takes_a_fixed_number_of_queries(world: World, office: Client) -> None:
    counts = []
    for first, last in ((0, 1), (1, 3), (3, 15)):
        for number in range(first, last):
            pin(make_page(section_of(world.halifax), f"Page {number}", rule=Rule("everyone")))
        office.get(reverse("pinned-answers:index"))
        with CaptureQueriesContext(connection) as captured:
            office.get(reverse("pinned-answers:index"))
        counts.append(len(captured))
    assert len(set(counts)) == 1
