"""Terms explained in the pages where they occur."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from intranet.accounts.models import User
from intranet.glossary.explaining import MAX_TERMS, explain
from intranet.glossary.models import Term
from intranet.memos.models import MemoPage
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.pages.reader import reading_as
from tests.glossary.conftest import MakeTerm
from tests.pages.factories import make_page, section_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def explained(reader: User, prose: str, language: str = "fr") -> BeautifulSoup:
    with reading_as(reader), translation.override(language):
        return BeautifulSoup(explain(f'<div class="prose">{prose}</div>', language), "html.parser")


def linked(reader: User, prose: str, language: str = "fr") -> list[str]:
    return [link.get_text() for link in explained(reader, prose, language).select(".prose a.term-link")]


def test_the_first_occurrence_leads_to_the_definition_and_back(reader: User, violence: Term) -> None:
    page = explained(reader, "<p>La <b>violence fondée sur le genre</b> et les violences fondées sur le genre.</p>")
    (link,) = page.select("a.term-link")
    assert (link["href"], link["role"], link.get_text()) == (
        "#term-gender-based-violence",
        "doc-glossref",
        "violence fondée sur le genre",
    )
    place = page.select_one(link["href"])
    assert place is not None
    assert place.find_parent("section")["role"] == "doc-glossary"
    assert place.select_one("dt").get_text() == "violence fondée sur le genre (VFG, VBG)"
    assert place.select_one("dd").get_text() == "Tort causé à des personnes en raison de leur genre."
    assert place.select_one('span[lang="en"]:last-child').get_text() == "gender-based violence"
    assert place.select_one('a[href="/fr/glossaire/gender-based-violence/"]') is not None
    assert place.select_one('a[role="doc-backlink"]')["href"] == f"#{link['id']}"


@pytest.mark.parametrize(
    ("prose", "words"),
    [
        ("<p>Les Maisons d’hebergement.</p>", ["Maisons d’hebergement"]),
        ("<p>C’est l’hébergement en maison.</p>", []),
        ("<p>Formation VFG. Puis la VBG.</p>", ["VFG"]),
        ("<p>vfg, Vfg</p>", []),
        ("<p>The GBV’s end</p>", ["GBV’s"]),
        ("<p>gender-based violence, women’s shelter</p>", []),
        ("<ul><li>VFG</li></ul><table><tbody><tr><td>maison d'hébergement</td></tr></tbody></table>",
         ["VFG", "maison d'hébergement"]),
        ("<p>violence fondée<br>sur le genre</p>", []),
        ("<p>Une violence fondée sur le genre-là, post-VFG</p>", ["VFG"]),
    ],
)  # fmt: skip
def test_words_are_met_with_their_plurals_and_acronyms_as_written(
    reader: User, violence: Term, shelter: Term, prose: str, words: list[str]
) -> None:
    assert linked(reader, prose) == words


@pytest.mark.parametrize(
    "prose",
    [
        "<h2>VFG</h2>",
        "<h3>La <i>VFG</i></h3>",
        '<p><a href="/x/">la VFG</a></p>',
        "<p><code>VFG</code></p>",
        "<pre>VFG</pre>",
        "<blockquote><p>VFG</p></blockquote>",
        "<p><q>VFG</q></p>",
        "<button>VFG</button>",
        '<p><abbr title="x">VFG</abbr></p>',
        "<table><tr><th>VFG</th></tr></table>",
        "<figure><figcaption>VFG</figcaption></figure>",
        '<p><span lang="en">VFG</span></p>',
        '<p class="callout__title">VFG</p>',
        "<!-- VFG -->",
        "<script>VFG</script>",
        '<p title="VFG">x</p>',
    ],
)
def test_nothing_is_explained_in_names_quotations_and_code(reader: User, violence: Term, prose: str) -> None:
    assert linked(reader, prose) == []
    assert linked(reader, f"{prose}<p>Mais la VFG.</p>") == ["VFG"]


def test_only_running_text_is_read(reader: User, violence: Term) -> None:
    html = '<p>VFG</p><div class="prose"><p>rien</p></div><p>VFG</p>'
    with reading_as(reader):
        assert explain(html, "fr") == html


def test_what_stands_around_stays_as_it_was(reader: User, violence: Term) -> None:
    html = (
        '<form><input disabled value="a &amp; b"></form><div class="prose"><p>a &lt; b &amp; é “ ” &nbsp;{}<br>'
        '<img src="/x?a=1&amp;b=2" alt=""><svg viewBox="0 0 1 1"><use href="#x"></use></svg></p></div><p>après</p>'
    )
    with reading_as(reader):
        page = BeautifulSoup(explain(html.format("VFG"), "fr"), "html.parser")
    page.select_one(".explained").decompose()
    page.select_one("a.term-link").replace_with("VFG")
    assert page.decode() == BeautifulSoup(html.format("VFG"), "html.parser").decode()


def test_a_hyphen_makes_another_word(reader: User, make_term: MakeTerm) -> None:
    make_term(form_en="de-escalation", definition_en="Calming down.")
    make_term(form_en="drop-in centre", variants_en="drop-in", definition_en="A place.")
    assert linked(reader, "<p>The escalation, a drop, then de-escalation at the drop-in.</p>", "en") == [
        "de-escalation",
        "drop-in",
    ]


def test_an_acronym_says_what_it_stands_for(reader: User, make_term: MakeTerm) -> None:
    make_term(form_en="memorandum of understanding", acronyms_en="MOU", form_fr="protocole d’entente")
    make_term(form_en="2SLGBTQIA+", form_fr="2ELGBTQIA+", definition_en="People.")
    page = explained(reader, "<p>Two MOUs on 2SLGBTQIA+ people.</p>", "en")
    assert [str(link.contents[0]) for link in page.select("a.term-link")] == [
        '<abbr title="memorandum of understanding">MOUs</abbr>',
        "2SLGBTQIA+",
    ]


def test_a_term_without_anything_to_say_is_left_alone(reader: User, make_term: MakeTerm) -> None:
    make_term(form_fr="refuge", form_en="shelter")
    assert linked(reader, "<p>Un refuge.</p>") == []


def test_a_definition_in_the_other_language_is_marked(reader: User, shelter: Term) -> None:
    place = explained(reader, "<p>maison d’hébergement</p>").select_one("#term-womens-shelter")
    assert place.select_one('dd[lang="en"]').get_text() == "A roof."


def test_a_page_explains_some_terms_only(reader: User, make_term: MakeTerm) -> None:
    for number in range(MAX_TERMS + 5):
        make_term(form_fr=f"mot{number}", definition_fr="Oui.")
    words = [f"mot{number}" for number in range(MAX_TERMS + 5)]
    prose = "".join(f"<p>{word}</p>" for word in words)
    assert linked(reader, prose) == words[:MAX_TERMS]


def test_neither_guests_nor_inactive_terms(reader: User, guest: User, violence: Term) -> None:
    prose = '<div class="prose"><p>La VFG.</p></div>'
    with reading_as(guest):
        assert explain(prose, "fr") == prose
    violence.is_active = False
    violence.save()
    with reading_as(reader):
        assert explain(prose, "fr") == prose


@pytest.mark.parametrize("terms", [1, 3, 30])
def test_a_text_costs_one_query(reader: User, make_term: MakeTerm, terms: int) -> None:
    from intranet.networks.access import access_cache, tokens_for

    for number in range(terms):
        make_term(form_fr=f"mot{number}", definition_fr="Oui.")
    html = '<div class="prose">' + "".join(f"<p>Un mot{number} dit {number}.</p>" for number in range(terms)) + "</div>"
    with reading_as(reader), access_cache():
        tokens_for(reader)
        with CaptureQueriesContext(connection) as captured:
            explain(html, "fr")
    assert len(captured) == 1


def test_pages_and_memos_are_explained_to_their_readers(reader: User, guest: User, violence: Term) -> None:
    section = section_of(Network.objects.get(slug="halifax"))
    body: list[tuple[str, Any]] = [
        ("heading", "VFG"),
        ("text", "<p>La VFG &amp; nous.</p>"),
        ("callout", {"kind": "note", "text": "<p>La VBG.</p>"}),
        ("quote", {"text": "VFG", "source": "VFG"}),
    ]
    everybody = Rule("networks", frozenset(), guests=True)
    for page in (
        make_page(section, "Guide VFG", body=body, rule=everybody),
        make_page(section, "Note", page_type=MemoPage, body=body, rule=everybody),
    ):
        shown = BeautifulSoup(signed_in(reader).get(page.url).content, "html.parser")
        assert [link.get_text() for link in shown.select("a.term-link")] == ["VFG"]
        assert shown.select_one("a.term-link").find_parent("p").get_text() == "La VFG & nous."
        assert len(shown.select("section.explained")) == 1
        plain = signed_in(guest).get(page.url).content.decode()
        assert "La VFG &amp; nous." in plain
        assert "explained" not in plain
        assert "Tort causé" not in plain
