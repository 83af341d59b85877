"""A document's text is found and shown only through pages of its own network, by those who may read the page."""

from __future__ import annotations

import pytest
from django.test import Client

from intranet.networks.audiences import Rule
from intranet.pages.extraction.limits import Limits
from intranet.pages.extraction.services import extract_due
from intranet.pages.models import ContentPage, GuardedDocument
from tests.pages.factories import make_document, make_network, make_page, make_person, section_of, set_rule, signed_in

pytestmark = pytest.mark.django_db
WORD = "martingale"
"""Stands in the document and nowhere else."""
SURFACES = ("/fr/recherche/?q={}", "/en/search/?q={}&sort=date", "/api/v1/search?q={}")


class World:
    """A page of Halifax with a document, and one person each of Halifax, of Toronto, and of a partner."""

    def __init__(self) -> None:
        self.halifax, self.toronto = make_network("halifax"), make_network("toronto")
        self.partner = make_network("partner", kind="partner")
        self.document = make_document(self.halifax, "Plandesecours", content=f"{WORD} chuchotement".encode())
        body = [("documents", [self.document.pk])]
        self.page: ContentPage = make_page(section_of(self.halifax), "Procédure", body=body)
        networks = {"insider": self.halifax, "outsider": self.toronto, "partner": self.partner}
        self.clients = {
            name: signed_in(make_person(name, (network, "publisher"))) for name, network in networks.items()
        }
        extract_due(Limits())

    def finders(self) -> set[str]:
        """Those to whom a surface shows the document's title or words when they seek a word of it."""
        return {name for name, client in self.clients.items() if shows(client)}


def shows(client: Client, sought: str = WORD) -> bool:
    answers = [client.get(surface.format(sought)) for surface in SURFACES]
    assert {answer.status_code for answer in answers} == {200}
    shown = {"chuchotement" in answer.content.decode() for answer in answers}
    named = {"Plandesecours" in answer.content.decode() for answer in answers}
    assert len(shown) == 1 and named == shown, "the surfaces agree"
    return shown.pop()


def finders_of_title(world: World, title: str) -> set[str]:
    """Those for whom the API finds something by the document's title."""
    address = f"/api/v1/search?q={title}"
    return {name for name, client in world.clients.items() if client.get(address).json()["total"]}


@pytest.fixture
def world() -> World:
    return World()


def test_text_is_found_by_those_who_may_read_the_page(world: World) -> None:
    assert world.finders() == {"insider"}
    set_rule(world.page, Rule("everyone"))
    assert world.finders() == {"insider", "outsider", "partner"}
    set_rule(world.page, Rule("networks", networks=frozenset({world.partner.pk})))
    assert world.finders() == {"insider", "partner"}
    set_rule(world.page, Rule("section"))
    assert world.finders() == {"insider"}


def test_document_that_went_to_another_network_adds_nothing(world: World) -> None:
    set_rule(world.page, Rule("everyone"))
    document = GuardedDocument.objects.get(pk=world.document.pk)
    document.collection = world.toronto.section_collection.collection
    document.title = "Plannouveau"
    document.save()
    assert world.finders() == set()
    # The reader of its new network's collection finds no page by it either: no page may show it.
    for title in ("Plandesecours", "Plannouveau"):
        assert finders_of_title(world, title) == set()


def test_page_that_went_to_another_network_leaves_the_text_behind(world: World) -> None:
    set_rule(world.page, Rule("everyone"))
    world.page.move(section_of(world.toronto), pos="last-child")
    assert world.finders() == set()


def test_document_of_another_network_adds_nothing_to_the_page_that_names_it(world: World) -> None:
    page = make_page(section_of(world.toronto), "Liste", body=[("documents", [world.document.pk])])
    set_rule(page, Rule("everyone"))
    assert world.finders() == {"insider"}
    assert finders_of_title(world, "Plandesecours") == {"insider"}


def test_title_is_found_beside_the_text_by_the_same_people(world: World) -> None:
    assert finders_of_title(world, "Plandesecours") == {"insider"}
    set_rule(world.page, Rule("everyone"))
    assert finders_of_title(world, "Plandesecours") == {"insider", "outsider", "partner"}


def test_title_of_a_document_that_gave_no_text_is_found_by_the_same_people(world: World) -> None:
    document = make_document(world.halifax, "Verrou", name="verrou.pdf", content=b"no PDF")
    make_page(section_of(world.halifax), "Annexe", body=[("documents", [document.pk])])
    extract_due(Limits())
    assert finders_of_title(world, "verrou") == {"insider"}
