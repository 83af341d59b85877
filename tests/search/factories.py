"""Entries for tests."""

from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db import connection

from search import EntryData, TextVersion, write_entries

MANY = 100


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
    """Write entries; where they are many, with the statistics by which PostgreSQL plans.

    Its autovacuum makes them of what is committed, which nothing of a test is: it counts the rows of one that is under
    way, or was, as pages without rows, and everything is then compared with everything.
    """
    written = write_entries(entries)
    if connection.vendor == "postgresql" and len(entries) >= MANY:
        with connection.cursor() as cursor:
            tables = [model._meta.db_table for model in apps.get_app_config("search").get_models()]
            cursor.execute(f"ANALYZE {', '.join(tables)}")
    return written
