"""A search costs the same number of statements at 1, 3 and 30 hits."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search import Query, search, suggest
from tests.search.factories import entry, version, write

EVERYONE = frozenset({"everyone"})
#: Both: stamps, with the live index and what is pending in it; versions of the hits. Embedded: page, facets.
SEARCH_STATEMENTS = {"embedded": 4, "elasticsearch": 2}
SUGGEST_STATEMENTS = 2


@pytest.fixture(autouse=True)
def no_expander(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others register has its own statements."""
    monkeypatch.setattr("search.expansion._expanders", {})


@pytest.mark.parametrize("items", [1, 3, 30])
def test_statements_of_a_search(engine: str, sync: Callable[[], None], items: int) -> None:
    write(*(entry(f"k{n}", version("fr"), version("en"), facets={"topic": ("a", "b")}) for n in range(items)))
    sync()
    with CaptureQueriesContext(connection) as captured:
        results = search(Query("title", EVERYONE, filters={"kind": frozenset({"page"})}, size=50))
    assert (len(results.hits), results.engine) == (items, engine)
    assert len(captured) == SEARCH_STATEMENTS[engine], [query["sql"] for query in captured]
    with CaptureQueriesContext(connection) as captured:
        assert len(suggest("tit", EVERYONE, "en", limit=50)) == items
    assert len(captured) == SUGGEST_STATEMENTS, [query["sql"] for query in captured]
