"""An entry with everything that belongs to it, as the database has it: what both engines are filled from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from search.engines.embedded.lexemes import TextRow, row_from
from search.models import Entry, EntryFacet, EntryPassage, EntryToken, EntryVersion
from search.types import TextVersion


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


def text_row(parts: EntryParts) -> TextRow:
    """What the text index should hold of an entry."""
    entry = parts.entry
    versions = [
        TextVersion(v.language, v.title, v.url, v.summary, v.headings, v.body, aliases=tuple(v.aliases))
        for v in parts.versions
    ]
    passages = [passage.text for passage in parts.passages]
    return row_from(entry.pk, versions, passages, entry.identifiers, set(parts.tokens))
