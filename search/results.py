"""What a search gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.safestring import SafeString

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
class Hit:
    """One item. Title, address and language are the reader's where the item exists in it; ``snippet`` is safe HTML."""

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


@dataclass(frozen=True)
class FacetValue:
    """A value and how many results have it, whatever else is chosen in the same facet."""

    value: str
    count: int


@dataclass(frozen=True)
class Results:
    """A page of hits with the exact total and facets. ``degraded``: Elasticsearch should have answered and did not."""

    total: int
    page: int
    size: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    engine: Engine
    degraded: bool
    did_you_mean: str | None = None

    @property
    def page_count(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class Suggestion:
    """A title that begins like what was typed."""

    title: str
    url: str
    kind: str
    key: str
