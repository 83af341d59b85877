"""The rows that belong to entries, written in bulk."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from django.utils import timezone

from search.models import Entry, EntryFacet, EntryPassage, EntryToken, EntryVersion
from search.types import Attachment, TextVersion

_ENTRY_FIELDS = [
    "kind",
    "rule",
    "date",
    "identifiers",
    "digest",
    "version",
    "written_at",
    "is_deleted",
    "standing",
    "replaced_by",
    "is_dated",
    "facets",
]
_VERSION_FIELDS = ["title", "url", "summary", "headings", "body", "external_id", "published", "aliases"]


def save_entries(entries: list[Entry]) -> None:
    """Save entries that exist (and are locked), as written now, in one statement."""
    now = timezone.now()
    for entry in entries:
        entry.written_at = now
    if entries:
        Entry.objects.bulk_create(
            entries, update_conflicts=True, unique_fields=["id"], update_fields=_ENTRY_FIELDS, batch_size=100
        )


def tokens_of(entry_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The audience of each entry that has one."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for entry_id, token in EntryToken.objects.filter(entry_id__in=list(entry_ids)).values_list("entry_id", "token"):
        found[entry_id].add(token)
    return {entry_id: frozenset(tokens) for entry_id, tokens in found.items()}


def save_tokens(wanted: Mapping[int, frozenset[str]], new: Set[int]) -> None:
    """Make these the audiences of these entries. ``new``: those that were never written, and have no rows yet."""
    present = EntryToken.objects.filter(entry_id__in=wanted.keys() - new).values_list("pk", "entry_id", "token")
    missing = {(entry_id, token) for entry_id, tokens in wanted.items() for token in tokens}
    surplus = [pk for pk, entry_id, token in present if not _take(missing, (entry_id, token))]
    EntryToken.objects.filter(pk__in=surplus).delete()
    EntryToken.objects.bulk_create([EntryToken(entry_id=pk, token=token) for pk, token in sorted(missing)])


def save_facets(wanted: Mapping[int, Mapping[str, tuple[str, ...]]], new: Set[int]) -> None:
    """Make these the facets of these entries; ``new`` as for their audiences."""
    present = EntryFacet.objects.filter(entry_id__in=wanted.keys() - new).values_list("pk", "entry_id", "name", "value")
    missing = {
        (entry_id, name, value)
        for entry_id, facets in wanted.items()
        for name, values in facets.items()
        for value in values
    }
    surplus = [pk for pk, *row in present if not _take(missing, tuple(row))]
    EntryFacet.objects.filter(pk__in=surplus).delete()
    EntryFacet.objects.bulk_create(
        [EntryFacet(entry_id=pk, name=name, value=value) for pk, name, value in sorted(missing)]
    )


def save_versions(wanted: Mapping[int, tuple[TextVersion, ...]], new: Set[int]) -> None:
    """Make these the language versions of these entries; ``new`` as for their audiences."""
    languages = {(entry_id, version.language) for entry_id, versions in wanted.items() for version in versions}
    present = EntryVersion.objects.filter(entry_id__in=wanted.keys() - new).values_list("pk", "entry_id", "language")
    surplus = [pk for pk, *row in present if tuple(row) not in languages]
    EntryVersion.objects.filter(pk__in=surplus).delete()
    EntryVersion.objects.bulk_create(
        [
            EntryVersion(entry_id=entry_id, **vars(version))
            for entry_id, versions in wanted.items()
            for version in versions
        ],
        update_conflicts=True,
        unique_fields=["entry", "language"],
        update_fields=_VERSION_FIELDS,
        batch_size=100,
    )


def save_attachments(wanted: Mapping[int, tuple[Attachment, ...]], new: Set[int]) -> None:
    """Make these the attachments of these entries, one row for each passage; ``new`` as for their audiences."""
    EntryPassage.objects.filter(entry_id__in=wanted.keys() - new).delete()
    EntryPassage.objects.bulk_create(
        (passage for entry_id, attachments in wanted.items() for passage in passage_rows(entry_id, attachments)),
        batch_size=100,
    )


def passage_rows(entry_id: int, attachments: Iterable[Attachment]) -> Iterator[EntryPassage]:
    """The rows of an entry's attachments."""
    passages = ((attachment, passage) for attachment in attachments for passage in attachment.passages)
    for position, (attachment, passage) in enumerate(passages):
        yield EntryPassage(
            entry_id=entry_id,
            position=position,
            document=attachment.document,
            title=attachment.title,
            url=attachment.url,
            language=attachment.language,
            page=passage.page,
            text=passage.text,
        )


def delete_parts(entry_ids: list[int]) -> None:
    """Take audience, facets and texts away from entries that become tombstones."""
    for model in (EntryToken, EntryFacet, EntryVersion, EntryPassage):
        model.objects.filter(entry_id__in=entry_ids).delete()  # type: ignore[attr-defined]


def _take(values: set[Any], value: object) -> bool:
    """Whether the value was among them; it is taken out."""
    if value not in values:
        return False
    values.remove(value)
    return True
