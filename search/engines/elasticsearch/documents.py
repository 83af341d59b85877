"""An entry as an index document."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from search.conf import LANGUAGES
from search.engines.elasticsearch.mapping import DERIVED_FIELDS, VERSION_FIELDS
from search.models import Entry, EntryFacet, EntryPassage, EntryToken, EntryVersion
from search.text import identifier_forms, joined_words

Document = dict[str, Any]


@dataclass(frozen=True)
class EntryParts:
    """An entry with all that its document is made of, as it was read."""

    entry: Entry
    tokens: list[str]
    facets: list[tuple[str, str]]
    versions: list[EntryVersion]
    passages: list[EntryPassage]


def entries_with_parts(entry_ids: Iterable[int]) -> list[EntryParts]:
    """Entries with audience, facets and texts. The entry is read first: a document is never newer than its number."""
    entries = list(Entry.objects.filter(pk__in=list(entry_ids)).order_by("pk"))
    tokens: defaultdict[int, list[str]] = defaultdict(list)
    facets: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    versions: defaultdict[int, list[EntryVersion]] = defaultdict(list)
    passages: defaultdict[int, list[EntryPassage]] = defaultdict(list)
    chosen = {"entry__in": [entry.pk for entry in entries]}
    for entry_id, token in EntryToken.objects.filter(**chosen).values_list("entry_id", "token"):
        tokens[entry_id].append(token)
    for entry_id, name, value in EntryFacet.objects.filter(**chosen).values_list("entry_id", "name", "value"):
        facets[entry_id].append((name, value))
    for version in EntryVersion.objects.filter(**chosen).order_by("language"):
        versions[version.entry_id].append(version)
    for passage in EntryPassage.objects.filter(**chosen).order_by("position"):
        passages[passage.entry_id].append(passage)
    return [
        EntryParts(entry, tokens[entry.pk], facets[entry.pk], versions[entry.pk], passages[entry.pk])
        for entry in entries
    ]


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
    return document


def stored_part(document: Document) -> Document:
    """What the index keeps of a document as it was sent."""
    return {name: value for name, value in document.items() if name not in DERIVED_FIELDS}


def passage_language(tag: str, versions: list[EntryVersion]) -> str:
    """The language in which an attachment's text is read: its own where search knows it, else the entry's."""
    primary = tag.lower().partition("-")[0]
    return primary if primary in LANGUAGES else versions[0].language if versions else LANGUAGES[0]
