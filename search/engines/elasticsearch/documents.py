"""An entry as an index document."""

from collections import defaultdict
from typing import Any

from search.conf import LANGUAGES
from search.engines.elasticsearch.mapping import DERIVED_FIELDS, VERSION_FIELDS
from search.models import EntryVersion
from search.parts import EntryParts
from search.text import capital_words, identifier_forms, joined_words

Document = dict[str, Any]


def document_of(parts: EntryParts) -> Document:
    """The document of an entry; a deleted one is a tombstone without audience."""
    entry = parts.entry
    if entry.is_deleted:
        return {"key": entry.key, "version": entry.version, "is_deleted": True, "tokens": []}
    facets: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in parts.facets:
        facets[name].append(value)
    assert entry.date is not None
    document: Document = {
        "key": entry.key,
        "version": entry.version,
        "is_deleted": False,
        "rule": entry.rule,
        "tokens": sorted(parts.tokens),
        "date": entry.date.isoformat(),
        "standing": entry.standing,
        "is_dated": entry.is_dated,
        "replaced_by": entry.replaced_by,
        "identifiers": [form for identifier in entry.identifiers for form in identifier_forms(identifier)],
        "facets": {name: sorted(values) for name, values in sorted(facets.items())},
        "names": list(entry.identifiers),
        "plain": [],
    }
    for version in parts.versions:
        document["names"] += [version.title, *version.aliases]
        texts = [version.headings, version.summary, version.body]
        compounds = joined_words("\n".join([version.title, *texts]))
        document["plain"] += [*texts, *compounds]
        document[f"compounds_{version.language}"] = compounds
        for name in VERSION_FIELDS:
            document[f"{name}_{version.language}"] = getattr(version, name)
    for passage in parts.passages:
        document["plain"].append(passage.text)
        language = passage_language(passage.language, parts.versions)
        document.setdefault(f"attachments_{language}", []).append(passage.text)
    document["capitals"] = capital_words("\n".join([*document["names"], *document["plain"]]))
    return document


def stored_part(document: Document) -> Document:
    """What the index keeps of a document as it was sent."""
    return {name: value for name, value in document.items() if name not in DERIVED_FIELDS}


def passage_language(tag: str, versions: list[EntryVersion]) -> str:
    """The language in which an attachment's text is read: its own where search knows it, else the entry's."""
    primary = tag.lower().partition("-")[0]
    return primary if primary in LANGUAGES else versions[0].language if versions else LANGUAGES[0]
