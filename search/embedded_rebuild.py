"""Making the text index of the database anew from the entry table, beside live writes."""

from collections.abc import Callable

from django.db import transaction

from search.check import text_row
from search.engines.elasticsearch.documents import entries_with_parts
from search.engines.embedded.textindex import text_index
from search.models import Entry

_CHUNK = 500


def rebuild_embedded(progress: Callable[[int], None] = lambda written: None) -> int:
    """Write every entry's words again, each chunk under its rows' locks. Gives back how many entries there are."""
    index = text_index()
    last = written = 0
    while True:
        with transaction.atomic():
            live = Entry.objects.select_for_update().filter(pk__gt=last, is_deleted=False).order_by("pk")
            ids = [entry.pk for entry in live[:_CHUNK]]
            if not ids:
                break
            index.write([text_row(entry) for entry in entries_with_parts(ids)])
        last = ids[-1]
        written += len(ids)
        progress(len(ids))
    with transaction.atomic():
        index.delete(index.orphans())
    return written
