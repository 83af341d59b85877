"""The documents' texts in the search entries: those of the item's own network, as long as a live version uses them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intranet.networks.models import Network
from intranet.pages.extraction import services
from intranet.pages.extraction.limits import Limits
from intranet.pages.extraction.pieces import Piece
from intranet.pages.extraction.reading import Reading
from intranet.pages.extraction.services import extract_due
from intranet.pages.models import BasePage, GuardedDocument
from intranet.pages.search_sources import ContentSource, index_items
from search import Attachment, Passage
from search.models import EntryPassage
from tests.beginnings import beginning
from tests.pages.factories import (
    make_document,
    make_halifax,
    make_network,
    make_page,
    make_person,
    section_of,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file's text is its name, on page 2."""
    monkeypatch.setattr(
        services, "read_document", lambda file, name, limits: Reading("extracted", (Piece(2, f"text of {name}"),))
    )


halifax = beginning(make_halifax)


@pytest.fixture
def document(halifax: Network) -> GuardedDocument:
    return make_document(halifax, "Plan", name="plan.pdf", language="fr")


@pytest.fixture
def page(halifax: Network, document: GuardedDocument) -> BasePage:
    page = make_page(section_of(halifax), "Procédure", body=[("documents", [document.pk])])
    extract_due(Limits())
    return page


def link_to(*documents: GuardedDocument) -> str:
    """A rich text with a link to each."""
    return "".join(f'<p><a linktype="document" id="{document.pk}">plan</a></p>' for document in documents)


def indexed() -> list[tuple[str, str, int | None, str]]:
    """Title, address, page and text of every passage in the entries."""
    return list(EntryPassage.objects.order_by("title", "position").values_list("title", "url", "page", "text"))


def test_entry_has_the_text_of_the_documents_that_its_page_uses(page: BasePage, document: GuardedDocument) -> None:
    (entry,) = ContentSource().entries([str(page.translation_key)])
    assert entry.attachments == (
        Attachment(str(document.pk), "Plan", document.url, "fr", (Passage("Plan"), Passage("text of plan.pdf", 2))),
    )
    assert indexed() == [("Plan", document.url, None, "Plan"), ("Plan", document.url, 2, "text of plan.pdf")]


def test_document_without_text_is_found_by_its_title(halifax: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "read_document", lambda *args: Reading("encrypted"))
    document = make_document(halifax, "Locked", name="locked.pdf")
    make_page(section_of(halifax), "Procédure", body=[("documents", [document.pk])])
    extract_due(Limits())
    assert indexed() == [("Locked", document.url, None, "Locked")]


def test_both_versions_and_several_documents_are_in_one_entry(halifax: Network, document: GuardedDocument) -> None:
    other = make_document(halifax, "Autre", name="autre.pdf")
    french = make_page(section_of(halifax), "Procédure", body=[("documents", [document.pk])])
    make_page(
        section_of(halifax, "en"),
        "Procedure",
        version_of=french,
        body=[("text", link_to(other))],
    )
    extract_due(Limits())
    assert [text for *_rest, text in indexed()] == ["Autre", "text of autre.pdf", "Plan", "text of plan.pdf"]
    assert EntryPassage.objects.values("entry").distinct().count() == 1


def test_text_of_a_draft_is_in_no_entry(halifax: Network, document: GuardedDocument) -> None:
    make_page(section_of(halifax), "Procédure", body=[("documents", [document.pk])], live=False)
    extract_due(Limits())
    assert indexed() == []


def test_document_of_another_network_is_in_no_entry(halifax: Network, document: GuardedDocument) -> None:
    toronto = make_network("toronto")
    foreign = make_document(toronto, "Secret", name="secret.pdf")
    page = make_page(section_of(halifax), "Procédure", body=[("documents", [document.pk, foreign.pk])])
    extract_due(Limits())
    assert {title for title, *_rest in indexed()} == {"Plan"}
    # Even when the use was stored while the file was in the section.
    document.collection = toronto.section_collection.collection
    document.save()
    assert indexed() == []
    index_items([page.translation_key])
    assert indexed() == []


def _unpublish(page: BasePage, document: GuardedDocument) -> None:
    page.unpublish()


def _delete_page(page: BasePage, document: GuardedDocument) -> None:
    page.delete()


def _delete_document(page: BasePage, document: GuardedDocument) -> None:
    document.delete()


def _delete_documents_at_once(page: BasePage, document: GuardedDocument) -> None:
    GuardedDocument.objects.filter(pk=document.pk).delete()


def _use_no_more(page: BasePage, document: GuardedDocument) -> None:
    page.body = []
    page.save_revision().publish()


@pytest.mark.parametrize(
    "change", [_unpublish, _delete_page, _delete_document, _delete_documents_at_once, _use_no_more]
)
def test_text_goes_at_once(
    page: BasePage, document: GuardedDocument, change: Callable[[BasePage, GuardedDocument], None]
) -> None:
    assert indexed() != []
    change(page, document)
    assert indexed() == []


def test_text_of_a_replaced_file_goes_at_once_and_a_new_title_comes(page: BasePage, document: GuardedDocument) -> None:
    document.file = ContentFile(b"other words", name="nouveau.pdf")
    document.save()
    assert [text for *_rest, text in indexed()] == ["Plan"]
    extract_due(Limits())
    assert [text for *_rest, text in indexed()] == ["Plan", "text of nouveau.pdf"]
    document = GuardedDocument.objects.get(pk=document.pk)
    document.title = "Plan révisé"
    document.save()
    assert indexed() == [
        ("Plan révisé", document.url, None, "Plan révisé"),
        ("Plan révisé", document.url, 2, "text of nouveau.pdf"),
    ]


def test_move_of_several_documents_into_another_collection_takes_their_text_away(
    page: BasePage, document: GuardedDocument, halifax: Network
) -> None:
    toronto = make_network("toronto")
    editor = make_person("editor", (halifax, "publisher"), (toronto, "publisher"))
    address = reverse("wagtail_bulk_action", args=["pages", "guardeddocument", "add_to_collection"])
    answer = signed_in(editor).post(
        f"{address}?id={document.pk}", {"collection": toronto.section_collection.collection.pk}
    )
    assert answer.status_code == 302
    document.refresh_from_db()
    assert document.collection == toronto.section_collection.collection
    assert indexed() == []


def test_move_of_the_page_to_another_network_takes_the_text_away(page: BasePage, document: GuardedDocument) -> None:
    page.move(section_of(make_network("toronto")), pos="last-child")
    assert indexed() == []


def test_number_of_queries_does_not_grow_with_items_or_documents(halifax: Network) -> None:
    section, costs, made = section_of(halifax), {}, 0
    for count in (1, 3, 30):
        for number in range(made, count):
            documents = [make_document(halifax, f"plan {number} {copy}") for copy in range(2)]
            make_page(section, f"Page {number}", body=[("text", link_to(*documents))])
        made = count
        extract_due(Limits(), seconds=60)
        with CaptureQueriesContext(connection) as captured:
            entries = list(ContentSource().entries())
        assert [len(entry.attachments) for entry in entries] == [2] * count
        costs[count] = len(captured)
    assert costs[3] == costs[1]
    assert costs[30] == costs[1]
