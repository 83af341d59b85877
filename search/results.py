"""What a search gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.safestring import SafeString

from search.expansion import Expansion
from search.query import MAX_HITS
from search.types import Standing

Engine = Literal["elasticsearch", "embedded"]


@dataclass(frozen=True)
class HitVersion:
    """One language version of a hit."""

    language: str
    title: str
    url: str
    external_id: str
    published: datetime | None = None


@dataclass(frozen=True)
class FoundIn:
    """The attachment that the snippet comes from; ``url`` opens it, at the page where it has pages."""

    title: str
    url: str
    page: int | None = None


@dataclass(frozen=True)
class Replacement:
    """The item that replaces a hit, where the reader may see it."""

    title: str
    url: str
    language: str


@dataclass(frozen=True)
class Hit:
    """One item. Title, address and language are the reader's where the item exists in it; ``snippet`` is safe HTML.

    ``found_in`` is given where the snippet is an attachment's, ``replacement`` where a replaced item has one to see.
    """

    key: str
    kind: str
    title: str
    url: str
    language: str
    external_id: str
    date: datetime
    published: datetime | None
    snippet: SafeString
    facets: Mapping[str, tuple[str, ...]]
    versions: tuple[HitVersion, ...]
    standing: Standing = "current"
    found_in: FoundIn | None = None
    replacement: Replacement | None = None
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value and how many results have it, whatever else is chosen in the same facet."""

    value: str
    count: int


@dataclass(frozen=True)
class Results:
    """A page of hits with the exact total and facets. ``degraded``: Elasticsearch should have answered and did not.

    ``with_every_word`` of the total have all the words of the query, or forms of them.
    ``expansions`` is what was also looked for, ``answers`` the entries that explain words of the query, ``pinned`` what
    belongs above the first page of what is found without filters.
    ``did_you_mean`` is another spelling that finds something for this reader; ``is_corrected``: the hits are already
    those of near spellings, because a word that was typed is found nowhere; as it was typed the query finds
    ``total_as_typed``. Then ``did_you_mean`` is missing where the spelling stands far down in what was found.
    """

    total: int
    page: int
    size: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    engine: Engine
    degraded: bool
    did_you_mean: str | None = None
    is_corrected: bool = False
    total_as_typed: int = 0
    with_every_word: int = 0
    expansions: tuple[Expansion, ...] = ()
    answers: tuple[Hit, ...] = ()
    pinned: tuple[Hit, ...] = ()

    @property
    def page_count(self) -> int:
        """How many pages a query can ask for, at most up to ``MAX_HITS``; at least one."""
        return max(1, min(-(-self.total // self.size), MAX_HITS // self.size))


@dataclass(frozen=True)
class ScorePart:
    """What counts for or against an entry: ``weight`` as in :mod:`search.weights`, ``what`` as the engine names it."""

    weight: float
    what: str


@dataclass(frozen=True)
class Explanation:
    """Why an entry has its place, without what depends on other entries: how rare a word is tells who else has it."""

    engine: Engine
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True)
class Suggestion:
    """An item one of whose names has the words typed; the last word may be unfinished."""

    title: str
    url: str
    kind: str
    key: str
