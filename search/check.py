"""Comparing what is stored: entry table, text index, Elasticsearch index, and the live objects of the sources."""

from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef

from search import conf
from search.chunks import chunked
from search.engines.elasticsearch import indices
from search.engines.elasticsearch.documents import Document, document_of, stored_part
from search.engines.embedded.textindex import text_index
from search.models import Delivery, Entry, SearchIndex
from search.parts import entries_with_parts, text_row
from search.registry import Source, sources
from search.rows import tokens_of
from search.writing import digest_of, prepared

BATCH = 500


def embedded_differences() -> Iterator[str]:
    """Where the text index of the database is other than the entries say, one sentence each."""
    index = text_index()
    live = Entry.objects.filter(is_deleted=False).order_by("pk").values_list("pk", flat=True)
    for ids in chunked(live.iterator(), BATCH):
        found = {parts.entry.pk: parts for parts in entries_with_parts(ids)}
        for entry_id in sorted(index.differing([text_row(parts) for parts in found.values()])):
            yield f"{found[entry_id].entry.key}: its words in the database are missing or not those of its texts."
    for entry_id in index.orphans():
        yield f"Row {entry_id} of the text index belongs to no live entry."


def elasticsearch_differences() -> Iterator[str]:
    """Where the live index is other than the entries say, one sentence each."""
    index = SearchIndex.objects.filter(prefix=conf.index_prefix(), state=SearchIndex.State.LIVE).first()
    if index is None:
        yield "There is no live index: run search_sync or search_rebuild."
        return
    if not indices.has_index(index):
        yield f"The index {index.name} is missing: run search_rebuild."
        return
    if index.schema != indices.schema():
        yield f"The index {index.name} was made by another version of this program: run search_rebuild."
    targets = indices.alias_targets(index.prefix)
    if targets != [index.name]:
        yield f"The alias {index.prefix} names {', '.join(targets) or 'nothing'} instead of {index.name}."
    yield from _delivery_differences(index)
    for batch in chunked(indices.stored_documents(index), BATCH):
        yield from _document_differences(dict(batch))
    yield from _missing_documents(index)


def source_differences(kinds: Iterable[Source] | None = None) -> Iterator[str]:
    """Where the entry table is other than the live objects of the sources say, one sentence each."""
    for source in sources() if kinds is None else kinds:
        seen: set[str] = set()
        for batch in chunked(source.entries(None), BATCH):
            expected = {data.key: prepared(data) for data in batch}
            seen |= expected.keys()
            entries = {entry.key: entry for entry in Entry.objects.filter(key__in=expected, is_deleted=False)}
            tokens = tokens_of(entry.pk for entry in entries.values())
            for key, data in sorted(expected.items()):
                entry = entries.get(key)
                if entry is None:
                    yield f"{key}: its entry is missing."
                elif entry.digest != digest_of(data):
                    yield f"{key}: its entry does not say what the object says."
                elif tokens.get(entry.pk, frozenset()) != data.tokens or entry.rule != data.rule:
                    yield f"{key}: its entry has another audience than the object."
        for key in sorted(written_keys(source) - seen):
            yield f"{key}: there is no such {source.kind} any more."


def written_keys(source: Source) -> set[str]:
    """The keys of the live entries of a source."""
    return set(Entry.objects.filter(kind=source.kind, is_deleted=False).values_list("key", flat=True))


def _delivery_differences(index: SearchIndex) -> Iterator[str]:
    known = Delivery.objects.filter(index=index, entry=OuterRef("pk"), wanted__gte=OuterRef("version"))
    for key in Entry.objects.filter(~Exists(known)).order_by("pk").values_list("key", flat=True):
        yield f"{key}: the outbox does not know it as it is."
    for delivery in index.deliveries.refused().select_related("entry").order_by("pk"):
        yield f"{delivery.entry.key}: Elasticsearch refuses it ({delivery.error})."
    for delivery in index.deliveries.behind().select_related("entry").order_by("pk"):
        yield f"{delivery.entry.key}: version {delivery.wanted} is due, the index has {delivery.version}."


def _document_differences(stored: dict[str, Document]) -> Iterator[str]:
    ids = Entry.objects.filter(key__in=stored).values_list("pk", flat=True)
    found = {parts.entry.key: parts for parts in entries_with_parts(ids)}
    for key, document in sorted(stored.items()):
        parts = found.get(key)
        if parts is None:
            yield f"{key}: the index has it, the table does not."
            continue
        expected = stored_part(document_of(parts))
        if document.get("version") != parts.entry.version:
            yield f"{key}: the index has version {document.get('version')}, the table {parts.entry.version}."
        elif document != expected:
            names = sorted(
                name for name in expected.keys() | document.keys() if document.get(name) != expected.get(name)
            )
            yield f"{key}: the index has other values of {', '.join(names)}."


def _missing_documents(index: SearchIndex) -> Iterator[str]:
    delivered = index.deliveries.filter(version__gt=0).order_by("pk").values_list("entry__key", flat=True)
    for keys in chunked(delivered.iterator(), BATCH):
        for key in sorted(set(keys) - indices.stored_versions(index, keys).keys()):
            yield f"{key}: it was sent, but the index does not have it."
