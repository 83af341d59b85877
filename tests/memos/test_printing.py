"""Memos and notes on paper: the print view and the PDF say what the edition says, to those who may read it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from intranet.memos.models import MemoPage, TrainingNotePage
from intranet.memos.printing import libraries, press
from intranet.memos.services import withdraw
from intranet.memos.verifying import verify
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.pages.models import GuardedImage
from tests.beginnings import beginning
from tests.memos.factories import declared, editions_of, make_memo, publish, record_of
from tests.pages.factories import (
    make_document,
    make_halifax,
    make_image,
    make_network,
    make_page,
    make_person,
    section_of,
    set_rule,
    signed_in,
)

pytestmark = pytest.mark.django_db


network = beginning(make_halifax)


@pytest.fixture
def reader(network: Network) -> Client:
    return signed_in(make_person("lise", (network, "reader"), language="en"))


def text(words: str) -> tuple[str, Any]:
    return ("text", f"<p>{words}</p>")


def picture(network: Network, alternative_text: str = "A door") -> tuple[str, Any]:
    image = {"image": make_image(network, "door").pk, "alternative_text": alternative_text, "caption": ""}
    return ("image", image)


def asked(client: Client, page: Any, name: str, language: str = "en", **query: str) -> Any:
    with translation.override(language):
        return client.get(reverse(f"memos:{name}", args=[page.translation_key]), query)


def printed(client: Client, page: Any, language: str = "en", **query: str) -> str:
    """The words of the print view."""
    answer = asked(client, page, "print", language, **query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def pdf_of(client: Client, page: Any, language: str = "en", **query: str) -> PdfReader:
    answer = asked(client, page, "pdf", language, **query)
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    return PdfReader(io.BytesIO(answer.content))


def words_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def addresses_of(pdf: PdfReader) -> list[str]:
    """Where its links lead."""
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    found = [str(note["/A"]["/URI"]) for note in notes if note["/Subtype"] == "/Link"]
    # A link that goes over the end of a line is two.
    return list(dict.fromkeys(found))


def structure_of(pdf: PdfReader) -> Iterator[DictionaryObject]:
    """Each element of the structure, in the order of reading."""

    def walk(element: Any) -> Iterator[DictionaryObject]:
        found = element.get_object()
        if isinstance(found, DictionaryObject):
            if found.get("/S"):
                yield found
            children = found.get("/K", [])
            children = children.get_object() if hasattr(children, "get_object") else children
            for child in children if isinstance(children, list) else [children]:
                if not isinstance(child, int):
                    yield from walk(child)

    return walk(pdf.trailer["/Root"]["/StructTreeRoot"])


def elements(pdf: PdfReader, kind: str) -> list[DictionaryObject]:
    return [element for element in structure_of(pdf) if element["/S"] == kind]


def test_pdf_says_number_edition_date_audience_and_the_verified_digest(network: Network, reader: Client) -> None:
    memo = make_memo(network, "Fire drill", body=[text("It begins at ten.")])
    publish(memo, body=[text("It begins at nine.")], declaration=declared(en="An hour earlier."))
    edition = editions_of(memo)[-1]
    assert dict(verify())[str(edition)] == []

    pdf = pdf_of(reader, memo)

    words = words_of(pdf)
    for said in (
        "HFX-",
        "Fire drill",
        "Members of Halifax society",
        "2, published on",
        "It begins at nine.",
        "An hour",
    ):
        assert said in words
    assert edition.digest in words.replace(" ", "")
    assert pdf.metadata is not None
    assert pdf.metadata.title == f"{record_of(memo).number} – Fire drill"


def test_pdf_is_tagged_with_title_language_headings_and_alternatives(network: Network, reader: Client) -> None:
    body = [("heading", "Who leaves first"), text("Everyone."), picture(network), picture(network, "")]
    memo = make_memo(network, "Fire drill", body=body)
    make_memo(network, "Exercice", "fr", version_of=memo, body=[text("Tout le monde.")])

    pdf = pdf_of(reader, memo, languages="both")

    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert [str(part.get("/Lang")) for part in elements(pdf, "/Sect")] == ["en", "fr"]
    assert len(elements(pdf, "/H1")) == 2
    # The heading of the text, and in each language that of the files.
    assert len(elements(pdf, "/H2")) == 3
    assert [figure["/Alt"] for figure in elements(pdf, "/Figure")] == ["A door"]
    assert all("/StructParent" in note.get_object() for page in pdf.pages for note in page.get("/Annots", []))


def test_languages_are_chosen_by_a_link_and_the_reader_s_comes_first(network: Network, reader: Client) -> None:
    memo = make_memo(network, "Fire drill", body=[text("Everyone leaves.")])
    make_memo(network, "Exercice", "fr", version_of=memo, body=[text("Tout le monde sort.")])

    assert "Tout le monde" not in printed(reader, memo)
    french = printed(reader, memo, languages="fr")
    assert "Tout le monde sort." in french
    assert "Note de service" in french
    assert "Everyone leaves." not in french
    both = printed(reader, memo, languages="both")
    assert both.index("Everyone leaves.") < both.index("Tout le monde sort.")
    assert "languages=both" in french
    both = printed(reader, memo, "fr", languages="both")
    assert both.index("Tout le monde sort.") < both.index("Everyone leaves.")
    for language, labels in (("fr", ["Français", "English"]), ("en", ["English", "Français"])):
        choices = asked(reader, memo, "print", language).context["choices"]
        assert [choice["label"] for choice in choices][:2] == labels


def test_text_without_the_last_change_says_so_on_paper(network: Network, reader: Client) -> None:
    memo = make_memo(network, "Fire drill", body=[text("At ten.")])
    french = make_memo(network, "Exercice", "fr", version_of=memo, body=[text("À dix heures.")])
    said = declared(fr="À neuf heures.", missing_reason="L’anglais suit.")
    publish(french, body=[text("À neuf heures.")], declaration=said)

    english, both = printed(reader, memo), printed(reader, memo, languages="both")
    assert "This change stands in French only so far." in english
    assert '<span lang="fr">L’anglais suit.</span>' in english
    assert both.count("L’anglais suit.") == 1
    assert "One language only" not in both


def test_older_withdrawn_and_replaced_memos_say_so_on_paper(network: Network, reader: Client) -> None:
    memo = make_memo(network, "Old way", body=[text("Use the stairs.")])
    publish(memo, body=[text("Use the yard.")], declaration=declared(en="The yard."))
    old = printed(reader, memo, edition="1")
    assert "Use the stairs." in old
    assert "Not the current edition" in old
    assert editions_of(memo)[0].digest in old
    assert asked(reader, memo, "print", edition="9").status_code == 404

    newer = make_memo(network, "New way", replaces=MemoPage.objects.get(pk=memo.pk))
    assert "This memo has been replaced." in printed(reader, memo)
    assert record_of(newer).number in printed(reader, memo)

    withdraw(record_of(memo), reason="The yard is closed.", language="en", by=None)
    words = words_of(pdf_of(reader, memo))
    assert "Do not follow it any more." in words
    assert "The yard is closed." in words


@pytest.mark.sqlite
def test_audience_of_an_older_edition_is_said_to_be_that_of_today(network: Network, reader: Client) -> None:
    memo = make_memo(network, "Fire drill", body=[text("Use the stairs.")])
    publish(memo, body=[text("Use the yard.")], declaration=declared(en="The yard."))
    set_rule(memo, Rule("everyone"))

    old, current = (BeautifulSoup(printed(reader, memo, **query), "html.parser") for query in ({"edition": "1"}, {}))

    rows = [{row.th.text: row.td.text for row in page.select(".sheet__facts tr")} for page in (old, current)]
    assert [row.get("For, today") for row in rows] == ["Everyone with an account", None]
    assert [row.get("For") for row in rows] == [None, "Everyone with an account"]


def test_frozen_picture_is_in_the_pdf_and_one_of_another_network_is_not(network: Network, reader: Client) -> None:
    kind, own = picture(network)
    _kind, foreign = picture(make_network("toronto"), "A secret door")
    memo = make_memo(network, "Fire drill", body=[(kind, own), (kind, foreign)])
    image = GuardedImage.objects.get(pk=own["image"])
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "#ffffff").save(content, "PNG")
    image.file = ContentFile(content.getvalue(), name="door.png")
    image.save()

    pdf = pdf_of(reader, memo)

    [found] = [image for page in pdf.pages for image in page.images]
    assert found.image is not None
    assert found.image.convert("RGB").getpixel((3, 3)) == (0x5A, 0x4A, 0x7A)
    assert [figure["/Alt"] for figure in elements(pdf, "/Figure")] == ["A door"]


def test_links_lead_to_what_the_reader_may_see_alone(network: Network, reader: Client) -> None:
    shared = make_page(section_of(network, "en"), "Shared")
    hidden = make_page(section_of(make_network("table", "table"), "en"), "Hidden")
    plan = make_document(network, "Plan", "plan.txt")
    words = f'<a linktype="page" id="{shared.pk}">one</a> <a linktype="page" id="{hidden.pk}">two</a>'
    memo = make_memo(network, "Fire drill", body=[text(words), ("documents", [plan.pk])])

    addresses = addresses_of(pdf_of(reader, memo))

    copy = editions_of(memo)[0].files.get()
    assert [each.split("/", 3)[3] for each in addresses] == [
        url.lstrip("/") for url in (shared.url, copy.url, memo.url) if url
    ]


def test_note_is_printed_as_its_reader_sees_it(network: Network, reader: Client) -> None:
    note = make_page(
        section_of(network, "en"),
        "Safety planning",
        page_type=TrainingNotePage,
        session_title="Spring session",
        learnings="<p>Ask first.</p>",
        practice_steps="<p>Keep a list.</p>",
        body=[picture(network)],
    )

    pdf = pdf_of(reader, note)

    words = words_of(pdf)
    for said in ("Safety planning", "Spring session", "Ask first.", "Keep a list.", "Members of Halifax society"):
        assert said in words
    assert len([image for page in pdf.pages for image in page.images]) == 1
    assert "Ask first." in printed(reader, note)
    make_page(section_of(network, "en"), "Draft", page_type=TrainingNotePage, slug="draft", live=False)
    assert asked(reader, TrainingNotePage.objects.get(slug="draft"), "print").status_code == 404


@pytest.mark.parametrize("name", ["print", "pdf"])
def test_whoever_may_not_see_it_gets_what_does_not_exist(network: Network, name: str) -> None:
    memo = make_memo(network, "Fire drill")
    stranger = signed_in(make_person("odile", (make_network("toronto"), "coordinator"), language="en"))

    assert asked(stranger, memo, name).status_code == 404
    assert asked(Client(), memo, name).status_code == 302


def test_server_without_pango_says_so_and_offers_the_print_view(
    network: Network, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = make_memo(network, "Fire drill")
    assert libraries.check_libraries() == []
    monkeypatch.setattr(libraries, "NEEDED", ("pango-there-is-none-1.0",))
    libraries.missing_libraries.cache_clear()
    try:
        answer = asked(reader, memo, "pdf")
        assert answer.status_code == 501
        assert "This server makes no PDF." in answer.content.decode()
        with translation.override("en"):
            assert reverse("memos:print", args=[memo.translation_key]) in answer.content.decode()
        assert reverse("memos:pdf", args=[memo.translation_key]) not in printed(reader, memo)
        assert [(each.id, "libpango" in (each.hint or "")) for each in libraries.check_libraries()] == [
            ("intranet.memos.W001", True)
        ]
    finally:
        libraries.missing_libraries.cache_clear()


def test_what_is_too_large_gets_a_clear_answer(
    network: Network, reader: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    memo = make_memo(network, "Fire drill", body=[text("word " * 200), picture(network)])
    with monkeypatch.context() as patch:
        patch.setattr(press, "CHARACTERS", 500)
        answer = asked(reader, memo, "pdf")
        assert (answer.status_code, "too long for a PDF" in answer.content.decode()) == (422, True)
    with monkeypatch.context() as patch:
        patch.setattr(press, "IMAGE_BYTES", 10)
        answer = asked(reader, memo, "pdf")
        assert (answer.status_code, "too large for a PDF" in answer.content.decode()) == (422, True)
    settings.PLUGIN_SETTINGS = {"memos": {"PDF_SECONDS": 0}}
    answer = asked(reader, memo, "pdf")
    assert (answer.status_code, "too complex for a PDF" in answer.content.decode()) == (422, True)
    settings.PLUGIN_SETTINGS = {"memos": {"PDF_MEMORY_MEGABYTES": 40}}
    answer = asked(reader, memo, "pdf")
    assert (answer.status_code, "could not be made" in answer.content.decode()) == (500, True)


def test_too_many_at_once_are_asked_to_come_back(
    network: Network, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = make_memo(network, "Fire drill")
    monkeypatch.setattr(press, "WAIT_SECONDS", 0.01)
    held = 0
    while press._presses().acquire(blocking=False):
        held += 1
    try:
        answer = asked(reader, memo, "pdf")
    finally:
        press._presses().release(held)
    assert held == 2
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


def test_nothing_is_fetched_for_a_pdf() -> None:
    """Whatever gets into a text: the process that makes the PDF has no network and no files."""
    words = (
        '<img src="file:///etc/hostname">'
        '<img src="http://127.0.0.1:9/x.png">'
        '<link rel="stylesheet" href="file:///etc/hostname">'
        '<link rel="attachment" href="file:///etc/hostname">'
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>'
        "<style>@font-face { font-family: x; src: url(file:///etc/hostname) } p { font-family: x }</style>"
        '<style>@import "http://127.0.0.1:9/x.css"; body { background: url(file:///etc/hostname) }</style>'
    )
    html = f'<html lang="en"><title>t</title><body><p>before</p>{words}<p>after</p></body></html>'

    pdf = PdfReader(io.BytesIO(press.make_pdf(html, base_url="file:///etc/", images={})))

    assert words_of(pdf) == "before after"
    assert not pdf.attachments
    assert [image for page in pdf.pages for image in page.images] == []


@pytest.mark.parametrize("count", [1, 5])
def test_queries_do_not_follow_the_length(
    network: Network, reader: Client, django_assert_num_queries: Any, count: int
) -> None:
    pages = [make_page(section_of(network, "en"), f"Page {number}") for number in range(count)]
    links = " ".join(f'<a linktype="page" id="{page.pk}">x</a>' for page in pages)
    documents = [make_document(network, f"Plan {number}").pk for number in range(count)]
    memo = make_memo(network, "Fire drill", body=[text(links), ("documents", documents)])
    printed(reader, memo)

    with django_assert_num_queries(QUERIES):
        printed(reader, memo)


QUERIES = 15
