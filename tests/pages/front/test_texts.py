"""Bodies and rich text: components, links and files as the reader may see them, whatever was stored."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation
from wagtail.rich_text import RichText

from intranet.networks.audiences import Rule
from intranet.pages.models import BasePage, GuardedDocument
from intranet.pages.models.files import GuardedFileQuerySet
from intranet.pages.reader import reading_as
from tests.pages.factories import make_document, make_image, make_page, section_of, set_rule, signed_in
from tests.pages.front.conftest import World


def rendered(person: Any, source: str, language: str = "fr") -> str:
    """Rich text as ``person`` reads it."""
    with translation.override(language), reading_as(person):
        return str(RichText(source)).strip()


def page_link(page: BasePage, text: str = "lien") -> str:
    return f'<a linktype="page" id="{page.pk}">{text}</a>'


def text_of(person: Any, address: str) -> str:
    response = signed_in(person).get(address)
    assert response.status_code == 200
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)
    assert main is not None
    return main[0]


def test_link_to_a_visible_page_has_its_address(world: World) -> None:
    page = make_page(section_of(world.halifax), "Guide")

    assert rendered(world.reader, page_link(page)) == '<a href="/fr/halifax/guide/">lien</a>'


def test_link_to_what_one_may_not_see_is_plain_text(world: World) -> None:
    hidden = make_page(section_of(world.quebec), "Guide secret")
    draft = make_page(section_of(world.halifax), "Brouillon", live=False)
    document = make_document(world.quebec, "Rapport secret")
    source = (
        f"<p>{page_link(hidden, 'un <b>guide</b>')}, {page_link(draft)}, "
        f'<a linktype="document" id="{document.pk}">un rapport</a>, <a linktype="page" id="999999">disparu</a></p>'
    )

    assert rendered(world.reader, source) == "<p>un <b>guide</b>, lien, un rapport, disparu</p>"
    assert f'href="{document.url}"' in rendered(world.director, source)


def test_link_leads_to_the_readers_language_where_it_exists(world: World) -> None:
    french = make_page(section_of(world.halifax), "Guide", slug="guide")
    only_french = make_page(section_of(world.halifax), "Affiche")
    make_page(section_of(world.halifax, "en"), "Handbook", version_of=french)

    assert rendered(world.reader, page_link(french), "en") == '<a href="/en/halifax/handbook/">lien</a>'
    assert (
        rendered(world.reader, page_link(only_french), "en") == '<a href="/fr/halifax/affiche/" hreflang="fr">lien</a>'
    )


def test_rich_text_without_a_reader_links_nothing(world: World) -> None:
    page = make_page(section_of(world.halifax), "Guide", rule=Rule("everyone"))

    assert str(RichText(page_link(page))).strip() == "lien"


def test_files_are_looked_up_only_where_a_text_refers_to_some(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[type[Any]] = []
    stock = GuardedFileQuerySet.visible_to

    def visible_to(self: GuardedFileQuerySet, user: Any) -> GuardedFileQuerySet:
        asked.append(self.model)
        return stock(self, user)

    monkeypatch.setattr(GuardedFileQuerySet, "visible_to", visible_to)
    document = make_document(world.halifax, "Plan")

    with reading_as(world.reader) as reader:
        reader.link(section_of(world.halifax).pk)
        assert asked == []
        for _twice in range(2):
            assert reader.document(document.pk) == document

    assert asked == [GuardedDocument]


def test_malformed_tags_render(world: World) -> None:
    source = (
        '<p><a linktype="page">a</a><a linktype="page" id="x">b</a><a linktype="page" id="99999999999999999999">c</a>'
        '<a linktype="unknown" id="1">d</a><a href="https://example.org/">e</a>'
        '<embed embedtype="image" id="7" format="nothing" alt=""/><embed embedtype="image"/></p>'
    )

    found = rendered(world.reader, source)

    assert found.startswith("<p>abc")
    assert '<a href="https://example.org/">e</a></p>' in found
    page = make_page(section_of(world.halifax), "Abîmée", body=[("text", source)])
    assert signed_in(world.reader).get(page.url).status_code == 200


def test_image_in_rich_text_follows_the_audience(world: World) -> None:
    image = make_image(world.quebec, "salle")
    source = f'<embed embedtype="image" id="{image.pk}" format="fullwidth" alt="La salle"/>'

    assert rendered(world.reader, source) == ""
    assert 'src="/images/' in rendered(world.director, source)


def test_every_block_renders_with_its_component(world: World) -> None:
    document = make_document(world.halifax, "Grille", language="en")
    image = make_image(world.halifax, "salle")
    make_page(
        section_of(world.halifax),
        "Guide",
        body=[
            ("heading", "Avant de <commencer>"),
            ("text", "<p>Un texte.</p>"),
            ("image", {"image": image.pk, "alternative_text": "La salle", "caption": "Notre salle"}),
            ("documents", [document.pk]),
            ("callout", {"kind": "deadline", "text": "<p>Avant le 1er avril.</p>"}),
            ("quote", {"text": "On apprend.", "source": "Une participante"}),
            ("steps", {"title": "Comment", "steps": ["<p>Appeler.</p>", "<p>Écrire.</p>"]}),
            (
                "table",
                {"data": [["Ville", "Nombre"], ["Halifax", "2"]], "first_row_is_table_header": True,
                 "first_col_is_header": True, "table_caption": "Par ville"},
            ),
            ("link_card", {"url": "https://www.example.org/video", "title": "Une vidéo", "text": "Douze minutes"}),
        ],
    )  # fmt: skip

    found = text_of(world.reader, "/fr/halifax/guide/")

    assert '<h2 id="avant-de-commencer">Avant de &lt;commencer&gt;</h2>' in found
    assert 'alt="La salle"' in found
    assert f'href="{document.url}"' in found
    assert "TXT" in found
    assert re.search(r'<div class="callout callout--info">.*Avant le 1er avril', found, re.DOTALL)
    assert "<figcaption>Une participante</figcaption>" in found
    assert found.count('<div class="steps__body">') == 2
    assert '<th scope="row">Halifax</th><td>2</td>' in found
    assert 'href="https://www.example.org/video" rel="noreferrer external nofollow"' in found
    assert "example.org, outside" in found or "example.org" in found


def test_files_that_one_may_not_see_vanish_from_a_shared_page(world: World) -> None:
    own, foreign = make_document(world.halifax, "Grille"), make_document(world.quebec, "Budget secret")
    image = make_image(world.quebec, "plan-secret")
    page = make_page(
        section_of(world.halifax),
        "Guide",
        body=[("documents", [own.pk, foreign.pk]), ("image", {"image": image.pk, "alternative_text": "Plan secret"})],
    )
    set_rule(page, Rule("everyone"))

    found = text_of(world.nobody, "/fr/halifax/guide/")

    assert "Grille" in found
    assert "secret" not in found
    assert "<img" not in found


def test_page_renders_where_files_are_gone_and_blocks_are_unknown(world: World) -> None:
    document, image = make_document(world.halifax, "Grille"), make_image(world.halifax, "salle")
    page = make_page(
        section_of(world.halifax),
        "Guide",
        body=[
            ("carousel", {"images": [1, 2]}),
            ("documents", [document.pk]),
            ("image", {"image": image.pk, "alternative_text": "La salle", "caption": "Notre salle"}),
            ("callout", {"kind": "gone", "text": "<p>Reste.</p>"}),
            ("link_card", {"url": "http://[", "title": "Adresse fautive", "text": ""}),
            ("table", {"data": [[None, "x"], []]}),
        ],
    )
    address = page.url
    assert signed_in(world.reader).get(address).status_code == 200

    image.file.storage.delete(image.file.name)
    assert signed_in(world.reader).get(address).status_code == 200
    document.delete()
    image.delete()

    found = text_of(world.reader, address)
    assert "Grille" not in found
    assert "Notre salle" in found
    assert "Reste." in found
    assert "Adresse fautive" in found


def test_preview_of_a_page_that_was_never_saved_renders(world: World, rf: Any) -> None:
    from intranet.pages.models import ContentPage

    page = ContentPage(title="Nouvelle", slug="nouvelle", locale=section_of(world.halifax).locale)
    page.set_url_path(section_of(world.halifax))

    response = page.make_preview_request(None, page.default_preview_mode)

    assert response.status_code in (200, 302)
