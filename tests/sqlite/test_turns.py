"""Who waits to write on a SQLite file is let in before who comes later."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest
from django.db import connections

from intranet.sqlite.base import DatabaseWrapper, turn_file
from tests.services.process import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "intranet.sqlite3"


def opened(database: Path) -> DatabaseWrapper:
    settings = {
        **connections["default"].settings_dict,
        "NAME": database,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 60},
    }
    return DatabaseWrapper(settings, "turns")


def write(connection: DatabaseWrapper) -> None:
    connection.ensure_connection()
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def is_awaited(database: Path) -> bool:
    with turn_file(database).open("a") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_waiting_writer_is_let_in_before_one_who_comes_again(database: Path) -> None:
    order: list[str] = []
    first = opened(database)
    write(first)

    def wait_and_write() -> None:
        second = opened(database)
        write(second)
        order.append("second")
        second.close()

    waiting = threading.Thread(target=wait_and_write)
    waiting.start()
    wait_until(lambda: is_awaited(database))
    first.commit()
    first.set_autocommit(True)
    write(first)
    order.append("first again")
    first.close()
    waiting.join()

    assert order == ["second", "first again"]


def test_transaction_in_memory_needs_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    connection = opened(Path(":memory:"))
    connection.settings_dict["NAME"] = ":memory:"
    write(connection)
    connection.close()

    assert list(tmp_path.iterdir()) == []
