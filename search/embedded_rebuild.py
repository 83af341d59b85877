"""Making the text index of the database anew from the entry table, beside live writes."""

import hashlib
import inspect
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.metadata import version

from django.db import transaction

from search import text, wordforms
from search.engines.embedded import lexemes
from search.engines.embedded.postgresql import vector
from search.engines.embedded.textindex import text_index
from search.models import Entry, Stamp
from search.parts import entries_with_parts, text_row

#: Few, because whoever publishes one of these entries waits for it.
CHUNK = 100
#: The stamp that says by which rules the index was made; while it is made anew, also how far that has come.
STAMP = "embedded text index"


@cache
def rules() -> str:
    """A fingerprint of everything that decides which terms a text has, the program itself included."""
    parts = [inspect.getsource(part) for part in (text, wordforms, lexemes, vector)]
    parts += [version("snowballstemmer"), unicodedata.unidata_version]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def rebuild_embedded(progress: Callable[[int], None] = lambda written: None) -> int:
    """Write every entry's words again, each chunk under its rows' locks. Gives back how many entries there are."""
    last = written = 0
    while ids := _write_after(last):
        last = ids[-1]
        written += len(ids)
        progress(len(ids))
    _finish()
    return written


def note_rules_of_empty_index() -> None:
    """What is empty has nothing of other rules: say so, or the first worker would write everything again."""
    if not Entry.objects.exists():
        _note_rules()


@transaction.atomic
def renew_embedded() -> int:
    """Write a chunk of the entries again where other rules made the index; gives back how many, 0 when none is left.

    Call it in a loop. Workers that call it at the same time go on one after the other where the last one has stopped.
    """
    mine = rules()
    if Stamp.objects.filter(name=STAMP, value=mine).exists():
        return 0
    Stamp.objects.bulk_create([Stamp(name=STAMP, value="")], ignore_conflicts=True)
    stamp = Stamp.objects.select_for_update().get(name=STAMP)
    made_by, _colon, last = stamp.value.partition(":")
    if made_by == mine and not last:
        return 0
    ids = _write_after(int(last) if made_by == mine else 0)
    if ids:
        Stamp.objects.filter(name=STAMP).update(value=f"{mine}:{ids[-1]}")
    else:
        _finish()
    return len(ids)


@transaction.atomic
def _write_after(last: int) -> list[int]:
    """Write the words of the next entries after this one again; gives back which these are."""
    live = Entry.objects.select_for_update().filter(pk__gt=last, is_deleted=False).order_by("pk")
    ids = [entry.pk for entry in live[:CHUNK]]
    if ids:
        text_index().write([text_row(parts) for parts in entries_with_parts(ids)])
    return ids


@transaction.atomic
def _finish() -> None:
    index = text_index()
    index.delete(index.orphans())
    _note_rules()


def _note_rules() -> None:
    stamp = Stamp(name=STAMP, value=rules())
    Stamp.objects.bulk_create([stamp], update_conflicts=True, unique_fields=["name"], update_fields=["value"])
