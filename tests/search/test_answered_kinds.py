"""What an app that was removed left behind is not answered, and is back with its source."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from search import FacetValue, Query, Source, register_source, search, suggest
from search.registry import sources, unregister_source
from tests.search.factories import entry, version, write

EVERYONE = frozenset({"everyone"})


class PosterSource(Source):
    """A kind of its own."""

    kind = "poster"
    label = "Poster"


@pytest.fixture
def _only_posters(settings: Any) -> Iterator[None]:
    settings.SEARCH_ONLY_REGISTERED_KINDS = True
    before = sources()
    for source in before:
        unregister_source(source.kind)
    register_source(PosterSource())
    yield
    unregister_source("poster")
    for source in before:
        register_source(source)


def found(text: str) -> tuple[int, list[str], tuple[FacetValue, ...]]:
    """Total, keys and the facet of kinds."""
    results = search(Query(text, EVERYONE, facets=("kind",)))
    return results.total, [hit.key for hit in results.hits], results.facets["kind"]


@pytest.mark.usefixtures("engine", "_only_posters")
@pytest.mark.parametrize("text", ["consent", ""])
def test_kind_without_a_source_is_not_answered(sync: Callable[[], None], settings: Any, text: str) -> None:
    write(
        entry("a", version(title="Consent poster"), kind="poster"),
        entry("b", version(title="Consent memo"), kind="retired"),
    )
    sync()
    assert found(text) == (1, ["a"], (FacetValue("poster", 1),))
    assert [each.key for each in suggest("cons", EVERYONE, "en")] == ["a"]
    settings.SEARCH_ONLY_REGISTERED_KINDS = False
    assert found(text)[0] == 2
    assert len(suggest("cons", EVERYONE, "en")) == 2


@pytest.mark.usefixtures("engine", "_only_posters")
def test_without_any_source_nothing_is_answered(sync: Callable[[], None]) -> None:
    unregister_source("poster")
    write(entry("a", version(title="Consent poster"), kind="poster"))
    sync()
    assert found("consent") == (0, [], ())
    assert suggest("cons", EVERYONE, "en") == []
