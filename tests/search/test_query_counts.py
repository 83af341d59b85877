"""A search costs the same number of statements at 1, 3 and 30 hits."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search import Query, search, suggest
from tests.search.factories import entry, version, write

EVERYONE = frozenset({"everyone"})
#: embedded: page, facets; Elasticsearch: live index, pending. Both: entries, facets, versions of the hits.
SEARCH_STATEMENTS = 5
SUGGEST_STATEMENTS = {"embedded": 3, "elasticsearch": 4}


@pytest.mark.parametrize("items", [1, 3, 30])
def test_statements_of_a_search(engine: str, sync: Callable[[], None], items: int) -> None:
    write(*(entry(f"k{n}", version("fr"), version("en"), facets={"topic": ("a", "b")}) for n in range(items)))
    sync()
    with CaptureQueriesContext(connection) as captured:
        results = search(Query("title", EVERYONE, filters={"kind": frozenset({"page"})}, size=50))
    assert (len(results.hits), results.engine) == (items, engine)
    assert len(captured) == SEARCH_STATEMENTS
    with CaptureQueriesContext(connection) as captured:
        assert len(suggest("tit", EVERYONE, "en", limit=50)) == items
    assert len(captured) == SUGGEST_STATEMENTS[engine]
