"""The engines: what each must answer to the same query."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from search.query import Query
from search.results import Engine, FacetValue


@dataclass(frozen=True)
class Match:
    """One entry that an engine found.

    ``version`` and ``snippets`` (safe HTML by language) are given where the engine knows them.
    """

    key: str
    version: int | None = None
    snippets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Matches:
    """A page of matches with the total and the facets."""

    total: int
    page: tuple[Match, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]


class SearchEngine(Protocol):
    """Finds entries. Texts are not its business: they come from the entry table."""

    name: Engine

    def find(self, query: Query) -> Matches:
        """Answer a query."""
        ...

    def find_titles(self, text: str, tokens: frozenset[str], limit: int) -> list[str]:
        """Keys of entries that have a title with these words, the last one perhaps unfinished."""
        ...
