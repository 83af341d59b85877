"""What tests that commit begin with is kept in tables beside, and comes back from there after each of them.

What the migrations made Django keeps as JSON and saves row by row, which takes half a second each time.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.creation import BaseDatabaseCreation

PREFIX = "kept_"
_SEPARATOR = " "
_made: dict[Callable[[], Any], tuple[Any, str]] = {}
"""What was made and committed in this process, with the names of the tables that had rows then."""


def use() -> None:
    """Instead of Django's own way, in this process."""
    creation: Any = BaseDatabaseCreation
    creation.serialize_db_to_string = lambda creation: keep(creation.connection)
    creation.deserialize_db_from_string = lambda creation, names: restore(creation.connection, names)


def once(make: Callable[[], Any]) -> Any:
    """What ``make`` commits, for a test that commits: made once in a process, from then on brought back (PostgreSQL).

    Returns a copy of what it returned. Tables that had no rows then must be empty.
    """
    connection, prefix = connections["default"], f"{PREFIX}{make.__name__}_"
    if make in _made:
        _empty(connection, _made[make][1])
        restore(connection, _made[make][1], prefix)
    else:
        made = make()
        _made[make] = made, keep(connection, prefix)
    return copy.deepcopy(_made[make][0])


def keep(connection: BaseDatabaseWrapper, prefix: str = PREFIX) -> str:
    """Copies each table that has rows; returns their names."""
    quote = connection.ops.quote_name
    names = [name for name in _tables(connection) if _has_rows(connection, name)]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TABLE IF EXISTS {quote(prefix + name)}")
            cursor.execute(f"CREATE TABLE {quote(prefix + name)} AS SELECT * FROM {quote(name)}")
    return _SEPARATOR.join(names)


def restore(connection: BaseDatabaseWrapper, names: str, prefix: str = PREFIX) -> None:
    """Fills the emptied tables again: before the first test that commits none is empty; triggers may fill others."""
    quote = connection.ops.quote_name
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in names.split(_SEPARATOR):
            kept = f"SELECT * FROM {quote(prefix + name)} WHERE NOT EXISTS (SELECT 1 FROM {quote(name)})"
            cursor.execute(f"INSERT INTO {quote(name)} {kept}")


def _empty(connection: BaseDatabaseWrapper, names: str) -> None:
    """Of what the migrations made, too: a change of it came with the rest. Numbers go on from where they are."""
    tables = ", ".join(connection.ops.quote_name(name) for name in names.split(_SEPARATOR))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.can_migrate(connection)]
    return sorted({model._meta.db_table for model in models})


def _has_rows(connection: BaseDatabaseWrapper, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(name)} LIMIT 1")
        return cursor.fetchone() is not None
