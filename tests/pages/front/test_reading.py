"""What a page says about itself: where it stands, in which languages it is, who wrote it, who can see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation
from wagtail.models import Locale

from intranet.networks.access import access_of
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import set_network_state
from intranet.pages import listing
from intranet.pages.audience_words import audience_words
from intranet.pages.listing import register_unlisted
from intranet.pages.models import ContentPage, IndexPage, Topic
from tests.pages.factories import make_network, make_page, make_person, section_of, set_rule, signed_in
from tests.pages.front.conftest import World


def context(person: Any, address: str) -> Any:
    response = signed_in(person).get(address)
    assert response.status_code == 200
    return response.context


def titles(cards: list[dict[str, Any]]) -> list[str]:
    return [card["title"] for card in cards]


def test_breadcrumbs_leave_out_what_one_may_not_see(world: World) -> None:
    page = make_page(section_of(world.quebec), "Partagée")
    below = make_page(page, "Sous-page")
    set_rule(below, Rule("everyone"))

    crumbs = context(world.reader, "/fr/quebec/partagee/sous-page/")["breadcrumbs"]

    assert [crumb["label"] for crumb in crumbs] == ["Accueil", "Sous-page"]
    crumbs = context(world.director, "/fr/quebec/partagee/sous-page/")["breadcrumbs"]
    assert [crumb["url"] for crumb in crumbs] == ["/fr/", "/fr/quebec/", "/fr/quebec/partagee/", ""]


def test_page_says_in_which_languages_it_exists(world: World) -> None:
    french = make_page(section_of(world.halifax), "Procédure", slug="procedure")
    make_page(section_of(world.halifax, "en"), "Procedure", version_of=french)

    found = context(world.reader, "/fr/halifax/procedure/")

    assert found["languages"] == [
        {"code": "fr", "label": "Français", "url": "/fr/halifax/procedure/", "is_current": True},
        {"code": "en", "label": "English", "url": "/en/halifax/procedure/", "is_current": False},
    ]
    assert [(link["url"], link["exists"]) for link in found["language_links"]] == [
        ("/fr/halifax/procedure/", True),
        ("/en/halifax/procedure/", True),
    ]


def test_missing_language_leads_to_that_languages_home(world: World) -> None:
    page = make_page(section_of(world.halifax), "Seulement en français", slug="seule")
    page.copy_for_translation(Locale.objects.get(language_code="en"), alias=True)

    found = context(world.reader, "/fr/halifax/seule/")

    assert [language["code"] for language in found["languages"]] == ["fr"]
    assert [(link["url"], link["exists"]) for link in found["language_links"]] == [
        ("/fr/halifax/seule/", True),
        ("/en/", False),
    ]


def test_list_has_one_entry_for_each_item_in_the_readers_language_first(world: World) -> None:
    french = make_page(section_of(world.halifax), "Procédure", slug="procedure")
    make_page(section_of(world.halifax, "en"), "Procedure", version_of=french)
    make_page(section_of(world.halifax, "en"), "Toolkit", summary="Tools.")
    draft = make_page(section_of(world.halifax), "Guide", slug="guide", live=False)
    make_page(section_of(world.halifax, "en"), "Guide in English", version_of=draft)

    french_list = context(world.reader, "/fr/halifax/")["children"]
    english_list = context(world.reader, "/en/halifax/")["children"]

    assert [(card["title"], card["url"], card["language_code"]) for card in french_list] == [
        ("Procédure", "/fr/halifax/procedure/", ""),
        ("Toolkit", "/en/halifax/toolkit/", "en"),
        ("Guide in English", "/en/halifax/guide-in-english/", "en"),
    ]
    assert titles(english_list) == ["Procedure", "Toolkit", "Guide in English"]
    assert [card["language_code"] for card in english_list] == ["", "", ""]


def test_list_leaves_out_what_is_not_meant_for_the_reader(world: World) -> None:
    shared = make_page(section_of(world.quebec), "Outils communs", page_type=IndexPage, slug="outils")
    set_rule(shared, Rule("everyone"))
    make_page(shared, "Pour toutes et tous")
    make_page(shared, "Pour Québec", rule=Rule("section"))
    make_page(shared, "Brouillon", live=False)

    assert titles(context(world.reader, "/fr/quebec/outils/")["children"]) == ["Pour toutes et tous"]
    assert set(titles(context(world.director, "/fr/quebec/outils/")["children"])) == {
        "Pour toutes et tous",
        "Pour Québec",
    }


@pytest.fixture
def unlisted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is registered in here is forgotten."""
    with monkeypatch.context() as patch:
        patch.setattr(listing, "_unlisted", dict(listing._unlisted))
        yield
    listing.is_listed.cache_clear()


@pytest.mark.usefixtures("unlisted")
def test_list_leaves_out_what_is_registered_after_it_was_read(world: World) -> None:
    index = make_page(section_of(world.halifax), "Outils", page_type=IndexPage)
    make_page(index, "Guide")
    make_page(index, "Ancien guide")
    assert titles(context(world.reader, index.url)["children"]) == ["Ancien guide", "Guide"]

    register_unlisted("old", lambda key: ContentPage.objects.filter(title="Ancien guide", translation_key=key))

    assert titles(context(world.reader, index.url)["children"]) == ["Guide"]


def test_long_list_has_pages_and_takes_any_number(world: World) -> None:
    index = make_page(section_of(world.halifax), "Outils", page_type=IndexPage)
    for number in range(31):
        make_page(index, f"Outil {number}")

    for asked, page, count in (("1", 1, 30), ("2", 2, 1), ("3", 2, 1), ("-1", 2, 1), ("x", 1, 30), ("\0", 1, 30)):
        found = context(world.reader, f"/fr/halifax/outils/?page={asked}")
        assert (found["children_page"], len(found["children"])) == (page, count)


def test_credits_name_only_networks_that_the_reader_may_know(world: World) -> None:
    page = make_page(
        section_of(world.halifax), "Guide", contributors="Ana Silva\n\nKim Lee ", content_note="On parle de violence."
    )
    page.contributing_networks.add(world.halifax, world.table)
    page.topics.add(Topic.objects.create(slug="logement", name_fr="Logement", name_en="Housing"))
    page.save_revision().publish()
    set_rule(page, Rule("everyone"))

    found = context(world.reader, "/fr/halifax/guide/")

    assert found["contributing_networks"] == ["Société Halifax"]
    assert found["contributing_people"] == ["Ana Silva", "Kim Lee"]
    assert found["content_note"] == "On parle de violence."
    assert [topic["label"] for topic in found["topics"]] == ["Logement"]
    assert found["topics"][0]["url"].endswith("?topic=logement")
    assert context(world.director, "/fr/halifax/guide/")["contributing_networks"] == [
        "Société Directors",
        "Société Halifax",
    ]


def test_unlisted_network_is_not_named_on_what_it_shares(world: World) -> None:
    make_page(section_of(world.table), "Bilan", rule=Rule("everyone"))

    response = signed_in(world.reader).get("/fr/directors/bilan/")

    assert response.context["network"] == ""
    assert "Société Directors" not in response.content.decode()
    assert context(world.director, "/fr/directors/bilan/")["network"] == "Société Directors"


def test_closed_network_is_marked_on_what_it_shared(world: World) -> None:
    make_page(section_of(world.quebec), "Outil", rule=Rule("everyone"))
    set_network_state(world.quebec, Network.State.CLOSED)

    assert context(world.reader, "/fr/quebec/outil/")["network"] == "Société Quebec (fermé)"


def test_coordinators_are_named_to_members_alone(world: World) -> None:
    set_rule(section_of(world.quebec), Rule("everyone"))

    assert context(world.director, "/fr/quebec/")["coordinators"] == ["Director"]
    assert context(world.reader, "/fr/quebec/")["coordinators"] == []


def test_home_shows_ones_networks_and_what_is_new_for_one(world: World) -> None:
    make_page(section_of(world.halifax), "Pour Halifax")
    make_page(section_of(world.quebec), "Pour Québec")
    make_page(
        section_of(world.table, "en"), "For guests", rule=Rule("networks", frozenset({world.halifax.pk}), guests=True)
    )

    reader = context(world.reader, "/fr/")
    guest = context(world.guest, "/fr/")

    assert [(card["title"], card["url"]) for card in reader["my_networks"]] == [("Société Halifax", "/fr/halifax/")]
    assert [(card["title"], card["network"]) for card in reader["new"]] == [
        ("For guests", ""),
        ("Pour Halifax", "Société Halifax"),
    ]
    assert [(card["title"], card["url"]) for card in guest["my_networks"]] == [("Société Directors", "")]
    assert titles(guest["new"]) == ["For guests"]
    assert context(world.nobody, "/fr/")["new"] == []


@pytest.mark.parametrize(
    ("rule", "to_reader", "to_director"),
    [
        (Rule(), "Members of one network", "Members of Directors society"),
        (
            Rule("members"),
            "Member societies and the national office and others",
            "Member societies and the national office and members of Directors society",
        ),
        (
            Rule("partners"),
            "Member societies, the national office and partners and others",
            "Member societies, the national office and partners and members of Directors society",
        ),
        (Rule("everyone"), "Everyone with an account", "Everyone with an account"),
    ],
)
def test_audience_in_words(world: World, rule: Rule, to_reader: str, to_director: str) -> None:
    page = make_page(section_of(world.table), "Bilan")
    set_rule(page, rule)

    with translation.override("en"):
        assert audience_words(page.item, access_of(world.reader)) == to_reader
        assert audience_words(page.item, access_of(world.director)) == to_director


def test_audience_of_chosen_networks_never_names_an_unlisted_one(world: World) -> None:
    hidden = make_network("champions", "local", listed=False)
    page = make_page(section_of(world.table), "Bilan")
    set_rule(page, Rule("networks", frozenset({world.halifax.pk, hidden.pk}), guests=True))
    both = make_person("both", (world.table, "reader"), (hidden, "reader"))

    with translation.override("en"):
        assert audience_words(page.item, access_of(world.reader)) == (
            "Members of Halifax society, guests of the section and others"
        )
        assert audience_words(page.item, access_of(both)) == (
            "Members of Directors society, Champions society and Halifax society and guests of the section"
        )
