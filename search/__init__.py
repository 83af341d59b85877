"""One bilingual search within the audience: entries, two engines, one query type.

The names below are the public face. They load on first use, because models cannot be imported before Django is set up.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.exceptions import BadQuery, InvalidEntry, SearchError, SearchTimeout
    from search.expansion import Expansion, register_expander
    from search.query import Query
    from search.registry import Source, register_source, sources
    from search.results import FacetValue, FoundIn, Hit, HitVersion, Replacement, Results, Suggestion
    from search.service import count, explain, search, suggest
    from search.types import Attachment, EntryData, Facet, Passage, TextVersion
    from search.writing import delete_entries, retoken, write_entries

__all__ = [
    "Attachment",
    "BadQuery",
    "EntryData",
    "Expansion",
    "Facet",
    "FacetValue",
    "FoundIn",
    "Hit",
    "HitVersion",
    "InvalidEntry",
    "Passage",
    "Query",
    "Replacement",
    "Results",
    "SearchError",
    "SearchTimeout",
    "Source",
    "Suggestion",
    "TextVersion",
    "count",
    "delete_entries",
    "explain",
    "register_expander",
    "register_source",
    "retoken",
    "search",
    "sources",
    "suggest",
    "write_entries",
]

_HOMES = {
    "search.exceptions": ("BadQuery", "InvalidEntry", "SearchError", "SearchTimeout"),
    "search.expansion": ("Expansion", "register_expander"),
    "search.query": ("Query",),
    "search.results": ("FacetValue", "FoundIn", "Hit", "HitVersion", "Replacement", "Results", "Suggestion"),
    "search.service": ("count", "explain", "search", "suggest"),
    "search.types": ("Attachment", "EntryData", "Facet", "Passage", "TextVersion"),
    "search.writing": ("delete_entries", "retoken", "write_entries"),
    "search.registry": ("Source", "register_source", "sources"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'search' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
