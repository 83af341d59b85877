"""Command line: ``test [pytest's arguments]``, ``run -- COMMAND…``, ``elasticsearch [--port N]``."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from types import FrameType
from urllib.parse import unquote

from tests.services.chromium import chromium
from tests.services.elasticsearch import ElasticsearchServer, elasticsearch
from tests.services.machine import ServiceError
from tests.services.postgresql import postgresql
from tests.services.process import die_with_parent

_NO_TESTS = 5
_INTERRUPTED = 130


def _say(message: str) -> None:
    print(f"services: {message}", flush=True)


@contextlib.contextmanager
def browser_and_database() -> Iterator[dict[str, str]]:
    browser, browser_origin = chromium()
    _say(f"Chromium is {browser} ({browser_origin})")
    with postgresql() as (database, database_origin):
        _say(f"PostgreSQL at {unquote(database.rpartition('@')[2])} ({database_origin})")
        yield {
            "CHROMIUM_PATH": browser,
            "DATABASE_URL": database,
            # Two runs may share a server that the environment names.
            "SEARCH_INDEX_PREFIX": f"test-{os.getpid()}",
            "TEST_RUN": str(os.getpid()),
        }


@contextlib.contextmanager
def search_engine(*, short_lived: bool = False) -> Iterator[dict[str, str]]:
    with elasticsearch(short_lived=short_lived) as (engine, engine_origin):
        _say(f"Elasticsearch at {engine.rpartition('@')[2]} ({engine_origin})")
        yield {"ELASTICSEARCH_URL": engine}


@contextlib.contextmanager
def services() -> Iterator[dict[str, str]]:
    """Everything the tests use; yields the environment that names it, and stops what was started."""
    with browser_and_database() as environment, search_engine() as engine:
        yield {**environment, **engine}


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """Runs a command to its end, which it gets time for when we are interrupted; returns its exit code."""
    # The tests start a hundred processes: what one has compiled the next one reads, whatever is usual here.
    kept = {"PYTHONDONTWRITEBYTECODE": ""}
    child = subprocess.Popen(
        command, env={**os.environ, **kept, **environment}, preexec_fn=die_with_parent(signal.SIGTERM)
    )
    try:
        return child.wait()
    except BaseException:
        # Ctrl-C has reached the child too; anything else has not.
        if not isinstance(sys.exc_info()[1], KeyboardInterrupt):
            child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(20)
        child.kill()
        raise


@contextlib.contextmanager
def meanwhile(server: contextlib.AbstractContextManager[dict[str, str]]) -> Iterator[Callable[[], dict[str, str]]]:
    """Starts a server while something else goes on; yields what waits for its environment, or raises what went wrong.

    It is stopped on leaving, by the thread that started it: a child dies with the thread that is its parent.
    """
    begun: Future[dict[str, str]] = Future()
    over = threading.Event()

    def keep() -> None:
        try:
            with server as environment:
                begun.set_result(environment)
                over.wait()
        except BaseException as error:
            if begun.done():
                raise
            begun.set_exception(error)

    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        yield begun.result
    finally:
        over.set()
        keeper.join()


def run_tests(arguments: list[str]) -> int:
    """First what is marked ``sqlite`` on SQLite and the embedded engine, then everything on the real servers."""

    def pytest(*options: str, more: int = 0) -> list[str]:
        return [sys.executable, "-m", "pytest", *([] if arguments else _parallel(more)), *arguments, *options]

    with tempfile.TemporaryDirectory(prefix="intranet-sqlite-") as folder, browser_and_database() as environment:
        small = {**environment, "DATABASE_URL": f"sqlite:///{folder}/intranet.sqlite3", "ELASTICSEARCH_URL": ""}
        with (
            # What the first tests do not use is made while they run, or is brought to this machine.
            Template(small, f"{folder}/template.sqlite3") as small_template,
            Template(environment, f"template_{os.getpid()}") as large_template,
            meanwhile(search_engine(short_lived=True)) as engine,
        ):
            _say("tests marked sqlite, on SQLite and the embedded engine")
            first = run(pytest("-m", "sqlite"), {**small, **small_template.made()})
            if first == _INTERRUPTED:
                return first
            _say("all tests, on PostgreSQL and Elasticsearch")
            others = {"SQLITE_TEMPLATE": small_template.name}
            # With one process for the tests that mostly wait for a server to stop and to start.
            second = run(pytest(more=1), {**environment, **engine(), **others, **large_template.made()})
    if first not in (0, _NO_TESTS):
        # The last line stays pytest's own, which cannot know of this.
        print("services: the tests on SQLite FAILED, see above", file=sys.stderr, flush=True)
    return second or (0 if first == _NO_TESTS else first)


class Template:
    """A migrated database, which is copied in a second where migrating takes a process a quarter of a minute.

    It is begun on entering, there when ``made()`` returns, and dropped on leaving.
    """

    def __init__(self, environment: Mapping[str, str], name: str) -> None:
        self.environment = environment
        self.name = name
        self._command = [sys.executable, "-m", "tests.services.template"]

    def __enter__(self) -> Template:
        self._making = subprocess.Popen(
            [*self._command, "create", self.name],
            env={**os.environ, **self.environment},
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        return self

    def made(self) -> dict[str, str]:
        """The environment that names it. Raises ServiceError when it could not be made."""
        if self._making.wait():
            raise ServiceError("No database could be made for the tests: see above.")
        return {"TEST_TEMPLATE": self.name}

    def __exit__(self, *_raised: object) -> None:
        self._making.terminate()
        self._making.wait()
        run([*self._command, "drop", self.name], self.environment)


def _parallel(more: int) -> list[str]:
    """As many processes as processors: with one more at work they take each other's caches, and a sixth longer.

    What a module has made for all its tests is made once; the order, in which tests that commit come last, stays.
    """
    return ["-n", str((os.cpu_count() or 1) + more), "--dist", "loadgroup", "--no-loadscope-reorder", "--tb=short"]


def serve_elasticsearch(port: int) -> int:
    """Elasticsearch in the foreground, until Ctrl-C. Its data go with it."""
    server = ElasticsearchServer(port=port, heap="1g")
    try:
        server.start()
        _say(f"Elasticsearch at {server.url} ({server.origin}); Ctrl-C stops it")
        while server.is_running:
            time.sleep(1)
        raise ServiceError("Elasticsearch ended by itself.")
    finally:
        server.close()


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(_INTERRUPTED)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.services", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("test", help="pytest with everything it needs; takes pytest's arguments", add_help=False)
    commands.add_parser("run", help="-- COMMAND…: any command with everything the tests need", add_help=False)
    foreground = commands.add_parser("elasticsearch", help="Elasticsearch alone, in the foreground")
    foreground.add_argument("--port", type=int, default=9200)
    options, rest = parser.parse_known_args(arguments)
    rest = [argument for argument in rest if argument != "--"]
    signal.signal(signal.SIGTERM, _terminate)
    try:
        if options.command == "test":
            return run_tests(rest)
        if options.command == "elasticsearch":
            return serve_elasticsearch(options.port)
        if not rest:
            parser.error("run: name a command after --")
        with services() as environment:
            return run(rest, environment)
    except ServiceError as error:
        print(f"services: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
