"""The text index beside the entry table: a virtual table in SQLite, a ``tsvector`` in PostgreSQL."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from search.engines.embedded.expressions import Expression, Ranking
from search.engines.embedded.lexemes import TextRow, row_of
from search.engines.embedded.postgresql import PostgreSQLText
from search.engines.embedded.sqlite import SQLiteText


class TextIndex(Protocol):
    """What a database must do for the embedded engine."""

    def write(self, rows: list[TextRow]) -> None:
        """Insert or replace these rows."""
        ...

    def write_tokens(self, tokens: Mapping[int, frozenset[str]]) -> None:
        """Replace the audience of these entries."""
        ...

    def delete(self, entry_ids: list[int]) -> None:
        """Remove these rows."""
        ...

    def matching(
        self, match: Expression, tokens: frozenset[str], ranking: Ranking | None = None
    ) -> tuple[str, list[object]]:
        """A SELECT of ``id`` and ``score`` (higher is better) of the entries that ``match`` within the audience."""
        ...

    def share(self, wanted: Expression, entry_id: str) -> tuple[str, list[object]]:
        """SQL for what is left of a score where words are missing: of the ways to choose as many words as are needed,
        with one of those that an entry has, the part that it has."""
        ...

    def field_weights(self) -> dict[str, float]:
        """What a word counts in each field of a row."""
        ...

    def near_words(self, word: str, lengths: range) -> list[str]:
        """All words of these lengths that begin with the same letter, if the database keeps a list of its words."""
        ...

    def common_near_words(self, word: str, lengths: range, entries: int) -> tuple[str, list[object]]:
        """A subquery for those of the same words that so many entries have, with blanks between; NULL if none has."""
        ...

    def least(self, *values: str) -> str:
        """SQL for the least of some values, none of which is NULL."""
        ...

    def age_in_days(self, column: str) -> str:
        """SQL for the days from a date to the time that is its one value, as text in ISO format."""
        ...

    def differing(self, rows: list[TextRow]) -> set[int]:
        """Which of these rows are missing or other than expected."""
        ...

    def orphans(self) -> list[int]:
        """Rows of entries that do not exist or are deleted."""
        ...


_KINDS: dict[str, type[TextIndex]] = {"sqlite": SQLiteText, "postgresql": PostgreSQLText}


def text_index() -> TextIndex:
    """The text index of the current database."""
    try:
        return _KINDS[connection.vendor]()
    except KeyError:
        raise ImproperlyConfigured(f"search needs SQLite or PostgreSQL; DATABASES uses {connection.vendor}.") from None


def write(rows: Iterable[TextRow]) -> None:
    """Insert or replace rows."""
    if found := list(rows):
        text_index().write(found)


def write_tokens(tokens: Mapping[int, frozenset[str]]) -> None:
    """Replace the audience of entries."""
    if tokens:
        text_index().write_tokens(tokens)


def delete(entry_ids: list[int]) -> None:
    """Remove rows."""
    if entry_ids:
        text_index().delete(entry_ids)


__all__ = ["TextIndex", "TextRow", "delete", "row_of", "text_index", "write", "write_tokens"]
