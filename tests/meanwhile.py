"""Two people who change something at the same time, each in a transaction of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from django.db import connection, transaction

from tests.services.process import wait_until

A_MOMENT = 0.5
"""Seconds in which whoever does not wait has long gone on, where the database does not say who waits."""


@contextmanager
def uncommitted(change: Callable[[], object], more: Callable[[], object] = lambda: None) -> Iterator[list[bool]]:
    """Somebody else changes something; when what is done within waits for it, or is done, changes more, and commits.

    Yields a list, which then says whether it had to wait.
    """
    changed, begun, passed = threading.Event(), threading.Event(), threading.Event()
    waited: list[bool] = []

    def work() -> None:
        try:
            with transaction.atomic():
                change()
                changed.set()
                begun.wait(30)
                if connection.vendor == "postgresql":
                    wait_until(lambda: passed.is_set() or somebody_waits())
                else:
                    passed.wait(A_MOMENT)
                waited.append(not passed.is_set())
                more()
        finally:
            changed.set()
            connection.close()

    with ThreadPoolExecutor(1) as somebody:
        done = somebody.submit(work)
        changed.wait(30)
        begun.set()
        try:
            yield waited
        finally:
            passed.set()
        done.result()


def begun(executor: ThreadPoolExecutor, change: Callable[[], object]) -> Future[None]:
    """Somebody else changes something; returns when that is done, or waits for us."""

    def work() -> None:
        try:
            change()
        finally:
            connection.close()

    doing = executor.submit(work)
    if connection.vendor == "postgresql":
        wait_until(lambda: doing.done() or somebody_waits())
    else:
        wait([doing], A_MOMENT)
    return doing


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid = ANY(%s))", [backends()])
        return bool(cursor.fetchone()[0])


def backends() -> list[int]:
    """The processes of this database; another run may share the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]
