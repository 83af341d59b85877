"""Writing entries, always inside the caller's transaction: what is rolled back was never there."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from django.db import transaction
from django.utils import timezone

from search import deliveries, rows
from search.chunks import chunked
from search.engines.embedded import textindex
from search.models import Entry
from search.registry import Source
from search.text import clean
from search.types import VALUE_CHARACTERS, Attachment, EntryData, TextVersion

CHUNK = 200
#: What follows in a longer text is neither searched nor shown.
BODY_CHARACTERS = 500_000
TITLE_CHARACTERS = 1_000


@dataclass
class _Change:
    """What happens to one entry: its audience, its texts, or both."""

    entry: Entry
    data: EntryData | None
    tokens: frozenset[str]
    takes_away: bool
    has_new_content: bool


def write_entries(entries: Iterable[EntryData]) -> int:
    """Write these entries as they are now; what has not changed is left alone. Gives back how many changed.

    Two writers of the same key wait for each other; the entry's version only grows.
    """
    changed = 0
    for chunk in chunked(entries, CHUNK):
        by_key = {data.key: data for data in chunk}
        with transaction.atomic():
            locked = _lock(by_key, create=True)
            held = rows.tokens_of(entry.pk for entry in locked.values() if not _is_new(entry))
            changes = [
                change
                for key in sorted(by_key)
                if (change := _plan(locked[key], prepared(by_key[key]), held.get(locked[key].pk, frozenset())))
            ]
            _apply(changes)
        changed += len(changes)
    return changed


def retoken(changes: Mapping[str, tuple[frozenset[str], str]]) -> int:
    """Give entries another audience: key → (tokens, rule). Keys without an entry are passed over.

    Where a token goes, the entry is hidden from Elasticsearch's answers until its index has heard of it.
    """
    changed = 0
    for chunk in chunked(sorted(changes), CHUNK):
        with transaction.atomic():
            locked = {key: entry for key, entry in _lock(chunk).items() if not entry.is_deleted}
            held = rows.tokens_of(entry.pk for entry in locked.values())
            planned: list[_Change] = []
            for key, entry in sorted(locked.items()):
                tokens, rule = frozenset(changes[key][0]), changes[key][1]
                before = held.get(entry.pk, frozenset())
                if tokens != before or rule != entry.rule:
                    entry.rule = rule
                    planned.append(_Change(entry, None, tokens, bool(before - tokens), False))
            _apply(planned)
        changed += len(planned)
    return changed


def delete_entries(keys: Iterable[str]) -> int:
    """Turn these entries into tombstones: gone from every answer at once. Gives back how many there were."""
    deleted = 0
    for chunk in chunked(sorted(set(keys)), CHUNK):
        with transaction.atomic():
            gone = [entry for entry in _lock(chunk).values() if not entry.is_deleted]
            for entry in gone:
                entry.version += 1
                entry.is_deleted = True
                entry.digest = entry.rule = ""
                entry.identifiers = []
            rows.save_entries(gone)
            rows.delete_parts([entry.pk for entry in gone])
            textindex.delete([entry.pk for entry in gone])
            deliveries.want(gone, taking_away={entry.pk for entry in gone})
        deleted += len(gone)
    return deleted


def rewrite_entries(source: Source, keys: Iterable[str]) -> int:
    """Make these entries of a source anew from their objects, and withdraw those without one; gives back how many
    changed.

    The rows are locked before the objects are read: whoever changes an object meanwhile writes its entry after this.
    """
    changed = 0
    for chunk in chunked(sorted(set(keys)), CHUNK):
        with transaction.atomic():
            locked = _lock(chunk, create=True)
            made = {data.key: data for data in source.entries(chunk)}
            changed += write_entries(made.values())
            changed += delete_entries(
                key for key, entry in locked.items() if entry.kind == source.kind and key not in made
            )
    return changed


def facets_of(data: EntryData) -> dict[str, tuple[str, ...]]:
    """All facets of an entry: its own, and kind, language and the year of the first publication (in the default time
    zone)."""
    facets = {name: tuple(dict.fromkeys(values)) for name, values in data.facets.items() if values}
    facets["kind"] = (data.kind,)
    facets["language"] = tuple(version.language for version in data.versions)
    first = min((version.published for version in data.versions if version.published), default=data.date)
    facets["year"] = (str(timezone.localtime(first, timezone.get_default_timezone()).year),)
    return facets


def digest_of(data: EntryData) -> str:
    """A fingerprint of everything in an entry but its audience."""
    content = [
        data.kind,
        data.date.timestamp(),
        sorted((name, sorted(values)) for name, values in facets_of(data).items()),
        list(data.identifiers),
        sorted([[str(value) for value in vars(version).values()] for version in data.versions]),
        [asdict(attachment) for attachment in data.attachments],
        [data.standing, data.replaced_by, data.is_dated],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


def _plan(entry: Entry, data: EntryData, held: frozenset[str]) -> _Change | None:
    digest = digest_of(data)
    has_new_content = entry.is_deleted or entry.digest != digest
    if not has_new_content and held == data.tokens and entry.rule == data.rule:
        return None
    # Nothing of a new entry is indexed yet, and a deleted one is hidden already. Any other new content is a
    # correction: the old words must not be found any more.
    takes_away = not entry.is_deleted and (has_new_content or bool(held - data.tokens))
    entry.kind, entry.rule, entry.date, entry.digest = data.kind, data.rule, data.date, digest
    entry.identifiers = list(data.identifiers)
    entry.facets = {name: sorted(values) for name, values in sorted(facets_of(data).items())}
    entry.standing, entry.replaced_by, entry.is_dated = data.standing, data.replaced_by, data.is_dated
    entry.is_deleted = False
    return _Change(entry, data, data.tokens, takes_away, has_new_content)


def _apply(changes: list[_Change]) -> None:
    if not changes:
        return
    entries = [change.entry for change in changes]
    new = {entry.pk for entry in entries if _is_new(entry)}
    for entry in entries:
        entry.version += 1
    rows.save_entries(entries)
    rows.save_tokens({change.entry.pk: change.tokens for change in changes}, new)
    with_content = [(change.entry, change.data) for change in changes if change.data and change.has_new_content]
    rows.save_facets({entry.pk: facets_of(data) for entry, data in with_content}, new)
    rows.save_versions({entry.pk: data.versions for entry, data in with_content}, new)
    rows.save_attachments({entry.pk: data.attachments for entry, data in with_content}, new)
    textindex.write([textindex.row_of(entry.pk, data, data.tokens) for entry, data in with_content])
    textindex.write_tokens({change.entry.pk: change.tokens for change in changes if not change.has_new_content})
    deliveries.want(entries, taking_away={change.entry.pk for change in changes if change.takes_away})


def _is_new(entry: Entry) -> bool:
    """Whether the entry was made for what is about to be written, and has no rows of its own."""
    return entry.version == 0


def _lock(keys: Iterable[str], *, create: bool = False) -> dict[str, Entry]:
    """The rows of these keys, locked until the transaction ends; in the order of all who lock entries, by their id."""
    wanted = sorted(keys)
    locked = {entry.key: entry for entry in Entry.objects.select_for_update().filter(key__in=wanted).order_by("pk")}
    missing = [key for key in wanted if key not in locked]
    if not (create and missing):
        return locked
    Entry.objects.bulk_create([Entry(key=key) for key in missing], ignore_conflicts=True)
    created = Entry.objects.select_for_update().filter(key__in=missing).order_by("pk")
    return locked | {entry.key: entry for entry in created}


def prepared(data: EntryData) -> EntryData:
    """The entry as it is written: without what no database can keep, and within the bounds of the columns."""
    return replace(
        data,
        versions=tuple(_cleaned_version(version) for version in data.versions),
        tokens=frozenset(data.tokens),
        facets={
            name: tuple(clean(value)[:VALUE_CHARACTERS] for value in values) for name, values in data.facets.items()
        },
        identifiers=tuple(clean(identifier).strip()[:VALUE_CHARACTERS] for identifier in data.identifiers),
        attachments=tuple(_cleaned_attachment(attachment) for attachment in data.attachments),
    )


def _cleaned_version(version: TextVersion) -> TextVersion:
    return TextVersion(
        language=version.language,
        title=clean(version.title)[:TITLE_CHARACTERS],
        url=clean(version.url),
        summary=clean(version.summary)[:BODY_CHARACTERS],
        headings=clean(version.headings)[:BODY_CHARACTERS],
        body=clean(version.body)[:BODY_CHARACTERS],
        external_id=clean(version.external_id)[:255],
        published=version.published,
        aliases=tuple(clean(alias).strip()[:TITLE_CHARACTERS] for alias in version.aliases if alias.strip()),
    )


def _cleaned_attachment(attachment: Attachment) -> Attachment:
    passages = []
    left = BODY_CHARACTERS
    for passage in attachment.passages:
        text = clean(passage.text).strip()[:left]
        left -= len(text)
        if text:
            passages.append(replace(passage, text=text))
    return replace(
        attachment,
        document=clean(attachment.document)[:VALUE_CHARACTERS],
        title=clean(attachment.title)[:TITLE_CHARACTERS],
        url=clean(attachment.url),
        language=clean(attachment.language)[:35],
        passages=tuple(passages),
    )
