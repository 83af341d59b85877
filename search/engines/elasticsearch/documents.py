"""An entry as an index document."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from search.engines.elasticsearch.mapping import TEXT_FIELDS
from search.models import Entry
from search.text import fold

Document = dict[str, Any]


def entries_with_parts(entry_ids: Iterable[int]) -> list[Entry]:
    """Entries with audience, facets and texts. The entry is read first: a document is never newer than its number."""
    return list(
        Entry.objects.filter(pk__in=list(entry_ids))
        .order_by("pk")
        .prefetch_related("tokens", "facet_values", "versions")
    )


def document_of(entry: Entry) -> Document:
    """The document of an entry read by :func:`entries_with_parts`; a deleted one is a tombstone without audience."""
    if entry.is_deleted:
        return {"key": entry.key, "version": entry.version, "is_deleted": True, "tokens": []}
    facets: defaultdict[str, list[str]] = defaultdict(list)
    for facet in entry.facet_values.all():
        facets[facet.name].append(facet.value)
    assert entry.date is not None
    document: Document = {
        "key": entry.key,
        "version": entry.version,
        "is_deleted": False,
        "rule": entry.rule,
        "tokens": sorted(token.token for token in entry.tokens.all()),
        "date": entry.date.isoformat(),
        "identifiers": [identifier_of(identifier) for identifier in entry.identifiers],
        "facets": {name: sorted(values) for name, values in sorted(facets.items())},
        "words": [],
    }
    for version in sorted(entry.versions.all(), key=lambda version: version.language):
        document["words"].append(version.title)
        for name in TEXT_FIELDS:
            document[f"{name}_{version.language}"] = getattr(version, name)
    return document


def identifier_of(text: str) -> str:
    """An identifier as it is compared: folded, else as it stands."""
    return fold(text.strip())
