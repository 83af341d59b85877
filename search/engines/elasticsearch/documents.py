"""An entry as an index document."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from search.conf import LANGUAGES
from search.engines.elasticsearch.mapping import VERSION_FIELDS
from search.models import Entry, EntryVersion
from search.text import identifier_forms, joined_words

Document = dict[str, Any]


def entries_with_parts(entry_ids: Iterable[int]) -> list[Entry]:
    """Entries with audience, facets and texts. The entry is read first: a document is never newer than its number."""
    return list(
        Entry.objects.filter(pk__in=list(entry_ids))
        .order_by("pk")
        .prefetch_related("tokens", "facet_values", "versions", "passages")
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
        "standing": entry.standing,
        "is_dated": entry.is_dated,
        "replaced_by": entry.replaced_by,
        "identifiers": [form for identifier in entry.identifiers for form in identifier_forms(identifier)],
        "facets": {name: sorted(values) for name, values in sorted(facets.items())},
        "names": list(entry.identifiers),
        "plain": [],
    }
    versions = sorted(entry.versions.all(), key=lambda version: version.language)
    for version in versions:
        document["names"] += [version.title, *version.aliases]
        texts = [version.headings, version.summary, version.body]
        compounds = joined_words("\n".join([version.title, *texts]))
        document["plain"] += [*texts, *compounds]
        document[f"compounds_{version.language}"] = compounds
        for name in VERSION_FIELDS:
            document[f"{name}_{version.language}"] = getattr(version, name)
    for passage in sorted(entry.passages.all(), key=lambda passage: passage.position):
        document["plain"].append(passage.text)
        language = passage_language(passage.language, versions)
        document.setdefault(f"attachments_{language}", []).append(passage.text)
    return document


def passage_language(tag: str, versions: list[EntryVersion]) -> str:
    """The language in which an attachment's text is read: its own where search knows it, else the entry's."""
    primary = tag.lower().partition("-")[0]
    return primary if primary in LANGUAGES else versions[0].language if versions else LANGUAGES[0]
