"""One bilingual search within the audience: entries, two engines, one query type.

The names below are the public face. They load on first use, because models cannot be imported before Django is set up.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.exceptions import BadQuery, InvalidEntry, SearchError
    from search.query import Query
    from search.registry import Source, register_source, sources
    from search.results import FacetValue, Hit, HitVersion, Results, Suggestion
    from search.service import search, suggest
    from search.types import EntryData, Facet, TextVersion
    from search.writing import delete_entries, retoken, write_entries

__all__ = [
    "BadQuery",
    "EntryData",
    "Facet",
    "FacetValue",
    "Hit",
    "HitVersion",
    "InvalidEntry",
    "Query",
    "Results",
    "SearchError",
    "Source",
    "Suggestion",
    "TextVersion",
    "delete_entries",
    "register_source",
    "retoken",
    "search",
    "sources",
    "suggest",
    "write_entries",
]

_HOMES = {
    "search.exceptions": ("BadQuery", "InvalidEntry", "SearchError"),
    "search.query": ("Query",),
    "search.results": ("FacetValue", "Hit", "HitVersion", "Results", "Suggestion"),
    "search.service": ("search", "suggest"),
    "search.types": ("EntryData", "Facet", "TextVersion"),
    "search.writing": ("delete_entries", "retoken", "write_entries"),
    "search.registry": ("Source", "register_source", "sources"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'search' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
