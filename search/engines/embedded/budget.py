"""A question to the embedded engine is ended by the database itself when its time is over."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from search import conf
from search.exceptions import SearchTimeout

P = ParamSpec("P")
T = TypeVar("T")
#: SQLite looks at the clock after so many steps of its own, a few hundred times a second.
_STEPS = 10_000


def within_budget(question: Callable[P, T]) -> Callable[P, T]:
    """Let all statements of a question share ``SEARCH_EMBEDDED_TIMEOUT``; beyond it raises SearchTimeout.

    What is ended was only reading, in a savepoint of its own: the caller's transaction stays usable.
    """

    @wraps(question)
    def answered(*args: P.args, **kwargs: P.kwargs) -> T:
        limited = _limited_postgresql if connection.vendor == "postgresql" else _limited_sqlite
        connection.ensure_connection()
        with limited(connection.connection, conf.embedded_timeout_seconds()):
            return question(*args, **kwargs)

    return answered


@contextmanager
def _limited_postgresql(server: Any, seconds: float) -> Iterator[None]:
    """The server ends each statement at the end of the budget, whichever statement that is."""
    from psycopg.errors import QueryCanceled

    deadline = time.monotonic() + seconds

    def limit(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        left = max(1, int((deadline - time.monotonic()) * 1000))
        # Beside Django's cursors: it is no statement of the question.
        server.execute(f"SET LOCAL statement_timeout = {left}")
        return execute(sql, params, many, context)

    try:
        # What is set in it ends with it only if it is rolled back; nothing in it writes.
        with server.transaction(force_rollback=True), connection.execute_wrapper(limit):
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise _too_slow() from error
        raise


@contextmanager
def _limited_sqlite(database: Any, seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    database.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    try:
        yield
    except OperationalError as error:
        if str(error) == "interrupted":
            raise _too_slow() from error
        raise
    finally:
        database.set_progress_handler(None, 0)


def _too_slow() -> SearchTimeout:
    return SearchTimeout(_("The search took too long; use fewer words."))
