"""The database engine ``intranet.sqlite``."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Who waits to write is let in before who comes later.

    SQLite lets nobody queue: each waiter looks again from time to time, so that a process that writes on and on keeps
    the others out until their time is up. Here one waiter at a time looks, and the others queue for its place.
    """

    def _start_transaction_under_autocommit(self) -> None:
        with self._turn():
            super()._start_transaction_under_autocommit()  # type: ignore[misc] # the stubs leave it out

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        if self.is_in_memory_db():
            yield
            return
        with turn_file(self.settings_dict["NAME"]).open("a") as place:
            fcntl.flock(place, fcntl.LOCK_EX)
            yield


def turn_file(database: str | Path) -> Path:
    """The empty file beside the database that is locked by who waits next."""
    return Path(f"{database}-turn")
