"""Pages in a real browser: accessible, and never wider than the screen, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import translation

from intranet.accounts.models import User
from tests.pages.factories import make_document, make_image, make_network, make_page, make_person, section_of, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = (320, 768, 1280)


@pytest.fixture
def reader(live_server: object) -> User:
    """Somebody of Halifax, whose section has a page with every sort of block, in both languages."""
    network = make_network("halifax")
    image, document = make_image(network, "salle"), make_document(network, "Grille", language="en")
    body = [
        ("heading", "Avant de commencer"),
        ("text", "<p>Un <b>texte</b> avec <a href='https://example.org/'>un lien</a>.</p><ul><li>un</li></ul>"),
        ("image", {"image": image.pk, "alternative_text": "La salle", "caption": "Notre salle"}),
        ("documents", [document.pk]),
        ("callout", {"kind": "important", "text": "<p>Avant le 1er avril.</p>"}),
        ("quote", {"text": "On apprend.", "source": "Une participante"}),
        ("steps", {"title": "Comment", "steps": ["<p>Appeler.</p>", "<p>Écrire.</p>"]}),
        ("table", {"data": [["Ville", "Nombre"], ["Halifax", "2"]], "first_row_is_table_header": True}),
        ("link_card", {"url": "https://example.org/video", "title": "Une vidéo", "text": "Douze minutes"}),
    ]
    french = make_page(
        section_of(network), "Accueil des personnes", slug="guide", body=body, content_note="On parle de violence."
    )
    make_page(section_of(network, "en"), "Welcoming people", slug="guide", version_of=french, body=body)
    make_page(section_of(network, "en"), "Toolkit in English only", summary="Tools for a first meeting.")
    return make_person("reader", (network, "reader"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_are_accessible_and_fit_every_screen(
    page: Page, reader: User, language: str, live_server: object, assert_accessible: Callable[[Page], None]
) -> None:
    session = signed_in(reader).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": str(live_server)}])
    with translation.override(language):
        search = reverse("search")
    home = f"/{language}/"

    for address in (
        home,
        f"{home}halifax/",
        f"{home}halifax/guide/",
        f"{search}?q=guide",
        f"{search}?page=0",
        f"{home}x/",
    ):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        assert_accessible(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)


def test_page_reads_without_javascript(page: Page, reader: User, live_server: object) -> None:
    context = page.context.browser.new_context(java_script_enabled=False, base_url=str(live_server))
    session = signed_in(reader).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": str(live_server)}])
    plain = context.new_page()

    plain.goto("/fr/")
    plain.locator("#site-search").fill("accueil")
    plain.locator("#site-search").press("Enter")
    plain.get_by_role("link", name="Accueil des personnes").click()

    assert plain.url.endswith("/fr/halifax/guide/")
    assert plain.locator("h1").inner_text() == "Accueil des personnes"
    context.close()
