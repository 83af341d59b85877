"""The engines: what each must answer to the same query."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from search.query import Query
from search.results import Engine, FacetValue, ScorePart


@dataclass(frozen=True)
class Match:
    """One entry that an engine found.

    ``version``, ``snippets`` (safe HTML by language) and ``attachment`` (safe HTML from an attachment's text, where it
    says more than the snippets) are given where the engine knows them; ``replaced_by`` is an entry's key, or empty.
    """

    key: str
    version: int | None = None
    snippets: Mapping[str, str] = field(default_factory=dict)
    attachment: str = ""
    replaced_by: str = ""


@dataclass(frozen=True)
class Matches:
    """A page of matches with the total and the facets; so many of them have every word, or a form of it.

    ``doubtful`` words of the query are in none of the first page's matches; of those for which near spellings were
    looked for too, it names those that nothing in the audience has as they were typed.
    ``rare`` words are in few of the matches, and there are words near them; of those for which near spellings were
    looked for too, it names those that are far rarer in the audience than these. Where a word is doubtful, none is.
    """

    total: int
    with_every_word: int
    page: tuple[Match, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    doubtful: tuple[str, ...] = ()
    rare: tuple[str, ...] = ()


class SearchEngine(Protocol):
    """Finds entries. Texts are not its business: they come from the entry table."""

    name: Engine

    def find(self, query: Query) -> Matches:
        """Answer a query."""
        ...

    def find_titles(self, text: str, query: Query) -> list[str]:
        """Keys of entries that have a name with these words, the last one perhaps unfinished; within the query's
        audience, as many as its size: what explains words first, then the latest."""
        ...

    def explain(self, query: Query, key: str) -> tuple[ScorePart, ...] | None:
        """What in one entry counts, nothing of which depends on other entries; None: it does not match."""
        ...
