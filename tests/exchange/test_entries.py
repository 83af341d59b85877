"""Search entries of an import: made once for a batch of lines, of what went in alone."""

from __future__ import annotations

from typing import Any

import pytest

from intranet.exchange.exceptions import LineRefused
from intranet.pages.models import BasePage
from search.models import Entry, EntryVersion
from tests.exchange.conftest import Bring
from tests.exchange.lines import item, network

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

REFUSED = "Nothing for us"


@pytest.fixture
def _choosy(monkeypatch: pytest.MonkeyPatch) -> None:
    """One title is refused, when the page with it is there already."""
    saved = BasePage.save

    def save(page: BasePage, *args: Any, **kwargs: Any) -> None:
        saved(page, *args, **kwargs)
        if page.title == REFUSED:
            raise LineRefused("No.")

    monkeypatch.setattr(BasePage, "save", save)


def titles() -> dict[str, int]:
    """What is found, with the number of times that its entry was written."""
    found = EntryVersion.objects.filter(entry__is_deleted=False, entry__kind="page")
    return dict(found.values_list("title", "entry__version"))


def test_item_that_comes_in_with_its_versions_is_written_once(bring: Bring) -> None:
    versions = [item(title="Un"), item("x-2", title="One", language="en", translation_of="x-1")]

    report = bring(network(), *versions, item("y-1", title="Deux"))

    assert report.errors == []
    assert titles() == {"Un": 1, "One": 1, "Deux": 1}


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


def test_lines_that_are_written_together_get_their_entries_together(
    bring: Bring, django_assert_max_num_queries: Any
) -> None:
    bring(network())

    with django_assert_max_num_queries(10_000) as captured:
        bring(*(item(f"x-{number}") for number in range(20)))

    written = [query["sql"] for query in captured if 'INTO "search_entryversion"' in query["sql"]]
    assert (len(written), Entry.objects.filter(kind="page").count()) == (1, 20)
