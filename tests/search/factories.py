"""Entries for tests."""

from datetime import UTC, datetime
from typing import Any

from search import EntryData, TextVersion, write_entries


def version(language: str = "en", title: str = "A title", **texts: Any) -> TextVersion:
    """A language version with an address made of its language and title."""
    return TextVersion(language=language, title=title, url=f"/{language}/{title.lower().replace(' ', '-')}/", **texts)


def entry(key: str, *versions: TextVersion, **values: Any) -> EntryData:
    """An entry for everyone, of the kind page, unless told otherwise."""
    values.setdefault("kind", "page")
    values.setdefault("tokens", frozenset({"everyone"}))
    values.setdefault("rule", f"rule-{key}")
    values.setdefault("date", datetime(2026, 3, 2, 12, tzinfo=UTC))
    return EntryData(key=key, versions=versions or (version(),), **values)


def write(*entries: EntryData) -> int:
    """Write entries."""
    return write_entries(entries)
