"""Search entries of an import: of what went in alone, and one that cannot be written costs its own lines alone."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.models import Page

from intranet.exchange.exceptions import LineRefused
from intranet.pages.models import BasePage
from intranet.pages.search_sources import PageSource
from search import EntryData
from search.models import EntryVersion
from tests.exchange.conftest import Bring
from tests.exchange.lines import item, network

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

REFUSED = "Nothing for us"
MEMO: dict[str, Any] = {"kind": "memo", "memo": {}}


@pytest.fixture
def _choosy(monkeypatch: pytest.MonkeyPatch) -> None:
    """One title is refused, when the page with it is there already."""
    saved = BasePage.save

    def save(page: BasePage, *args: Any, **kwargs: Any) -> None:
        saved(page, *args, **kwargs)
        if page.title == REFUSED:
            raise LineRefused("No.")

    monkeypatch.setattr(BasePage, "save", save)


def titles(kind: str = "page") -> dict[str, int]:
    """What is found, with the number of times that its entry was written."""
    found = EntryVersion.objects.filter(entry__is_deleted=False, entry__kind=kind)
    return dict(found.values_list("title", "entry__version"))


@pytest.fixture
def _no_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one title no entry can be made."""
    made = PageSource._entry

    def entry(source: PageSource, item: Any, pages: list[Any], *more: Any) -> EntryData:
        if any(page.title == REFUSED for page in pages):
            raise ValueError("No entry.")
        return made(source, item, pages, *more)

    monkeypatch.setattr(PageSource, "_entry", entry)


def test_memo_that_comes_in_with_its_versions_is_written_once(bring: Bring) -> None:
    versions = [item(title="Un", **MEMO), item("x-2", title="One", language="en", translation_of="x-1", **MEMO)]

    report = bring(network(), *versions, item("y-1", title="Deux", **MEMO))

    assert report.errors == []
    assert titles("memo") == {"Un": 1, "One": 1, "Deux": 1}


@pytest.mark.usefixtures("_no_entry")
@pytest.mark.parametrize("kind", [{"kind": "page"}, MEMO], ids=["page", "memo"])
def test_item_without_an_entry_is_named_and_those_beside_it_go_in(bring: Bring, kind: dict[str, Any]) -> None:
    report = bring(network(), item(title="Un", **kind), item("y-1", title=REFUSED, **kind), item("z-1", **kind))

    assert [(error.line, error.reason) for error in report.errors] == [(3, "No entry.")]
    assert titles(kind["kind"]) == {"Un": 1, "Titre z-1": 1}
    assert not Page.objects.filter(title=REFUSED).exists()


@pytest.mark.usefixtures("_choosy")
def test_line_that_is_refused_has_no_entry_and_those_beside_it_have_theirs(bring: Bring) -> None:
    report = bring(network(), item(title="Un"), item("y-1", title=REFUSED), item("z-1", title="Trois"))

    assert [error.line for error in report.errors] == [3]
    assert titles() == {"Un": 1, "Trois": 1}


@pytest.mark.usefixtures("_choosy")
def test_entry_stays_as_it_was_where_the_new_text_is_refused(bring: Bring) -> None:
    bring(network(), item(title="Un"), item("y-1", title="Deux"))

    report = bring(item(title=REFUSED), item("y-1", title="Deux bis"))

    assert [error.line for error in report.errors] == [1]
    assert titles() == {"Un": 1, "Deux bis": 2}
