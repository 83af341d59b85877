"""Real worker processes: killed at any point, two at once, and a rebuild while everybody writes."""

from __future__ import annotations

import itertools
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection, transaction

from search import Query, delete_entries, retoken, search
from search.models import Delivery, SearchIndex
from search.rebuild import rebuild
from tests.outage.conftest import MEMBERS, Reader, assert_nothing_lost, key, work, write_plans
from tests.outage.gate import Answer, Asked, Gate
from tests.services.process import PATIENCE_SECONDS, wait_until
from tests.services.workers import Workers

pytestmark = pytest.mark.django_db(transaction=True)
#: Together two hundred items a second, where the machine can do it; a writer that is late does not wait.
WRITERS, ITEMS_AT_ONCE, EVERY_SECONDS = 2, 20, 0.2
#: So many items at least are written between the beginning of a rebuild and its end, however long that takes.
WRITTEN_MEANWHILE = 1_000


@pytest.fixture
def workers(reader: Reader, tmp_path: Path) -> Iterator[Workers]:
    started = Workers(tmp_path, "--idle-seconds", "0.05", claim_seconds=2)
    yield started
    started.kill()


def is_up_to_date() -> bool:
    return SearchIndex.objects.filter(state="live").exists() and not Delivery.objects.in_use().behind().exists()


def is_creation(asked: Asked) -> bool:
    return asked.method == "PUT" and asked.path.count("/") == 1


@pytest.mark.parametrize(
    ("moment", "is_point"),
    [
        ("answered", is_creation),
        ("decide", lambda asked: asked.is_for("_bulk")),
        ("forwarded", lambda asked: asked.is_for("_bulk")),
        ("answered", lambda asked: asked.is_for("_bulk")),
        ("answered", lambda asked: asked.is_for("_settings")),
        ("answered", lambda asked: asked.is_for("_aliases")),
    ],
    ids=["index made", "before bulk", "during bulk", "after bulk", "before going live", "alias moved"],
)
def test_worker_killed_while_it_makes_an_index(
    reader: Reader, gate: Gate, workers: Workers, moment: str, is_point: Callable[[Asked], bool]
) -> None:
    write_plans(0, 700)

    def kill(asked: Asked) -> Answer:
        if is_point(asked):
            workers.started[0].kill()
        return Answer.PASS

    setattr(gate, moment, kill)
    assert workers.start().wait(PATIENCE_SECONDS) == -signal.SIGKILL
    setattr(gate, moment, lambda asked: Answer.PASS)

    assert reader.visit().total == 700
    write_plans(700, 710)
    delete_entries([key(0)])
    assert_nothing_lost(709)
    assert reader.visit() == reader.visit("plan")
    indexes = SearchIndex.objects.exclude(state="retired")
    assert [index.state for index in indexes] == ["live"]


@pytest.mark.parametrize("moment", ["decide", "forwarded", "answered"])
def test_worker_killed_while_it_makes_changes_searchable(
    reader: Reader, gate: Gate, workers: Workers, moment: str
) -> None:
    write_plans(0, 20)
    work()
    write_plans(5, 10, "Other plan")
    retoken({key(0): (frozenset({"network:0"}), "closed")})
    delete_entries([key(1)])

    def kill(asked: Asked) -> Answer:
        if asked.is_for("_refresh"):
            workers.started[0].kill()
        return Answer.PASS

    setattr(gate, moment, kill)
    assert workers.start().wait(PATIENCE_SECONDS) == -signal.SIGKILL
    setattr(gate, moment, lambda asked: Answer.PASS)

    # The index may have it or not; what was taken away is not shown in either case.
    assert reader.visit().total <= 18
    assert search(Query("plan", MEMBERS)).engine == "elasticsearch"
    assert_nothing_lost(18)


def test_worker_killed_at_random_points(reader: Reader, gate: Gate, workers: Workers) -> None:
    chance = random.Random(20260301)
    write_plans(0, 600)
    for number in range(4):
        fatal = chance.randrange(1, 12)
        seen: list[Asked] = []

        def count(asked: Asked, fatal: int = fatal, seen: list[Asked] = seen) -> Answer:
            seen.append(asked)
            if len(seen) == fatal:
                workers.started[-1].kill()
            return Answer.PASS

        gate.decide = count
        assert workers.start().wait(PATIENCE_SECONDS) == -signal.SIGKILL
        gate.answers_all(Answer.PASS)
        write_plans(chance.randrange(300), 400 + number, f"Plan {number}")
        # What was written over is not shown as it was, so the index leaves it out until it has it.
        visit = reader.visit()
        outdated = Delivery.objects.filter(index__state="live").pending().count()
        assert visit.total == (600 if visit.engine == "embedded" else 600 - outdated)
    assert_nothing_lost(600)


def test_two_workers_at_once(reader: Reader, gate: Gate, workers: Workers) -> None:
    write_plans(0, 1_500)
    workers.start()
    workers.start()
    workers.wait_until_ready()
    wait_until(lambda: SearchIndex.objects.exclude(state="retired").exists())
    for first in range(0, 1_500, 100):
        write_plans(first, first + 30, "Changed plan")
    wait_until(is_up_to_date)

    workers.stop()
    assert_nothing_lost(1_500)
    assert_nothing_lost(450, "changed")


@dataclass
class Writing:
    """What writes meanwhile: its threads, and how many items each has written so far."""

    threads: list[Future[None]]
    counts: list[int]

    @property
    def written(self) -> int:
        return sum(self.counts)


@contextmanager
def writers(stop: threading.Event) -> Iterator[Writing]:
    """Threads that write, narrow and delete items without end, each from a thousand of its own."""
    counts = [0] * WRITERS

    def write_on(number: int) -> None:
        first, due = 1_000 * (number + 1), time.monotonic()
        try:
            for step in itertools.count():
                due += EVERY_SECONDS
                if stop.wait(max(0, due - time.monotonic())):
                    break
                at = first + counts[number] % 500
                write_plans(at, at + ITEMS_AT_ONCE, f"Step {step} plan")
                if step % 4 == 0:
                    retoken({key(at): (frozenset({"network:0"}), "closed")})
                    assert search(Query(f'"step {step} plan {at}"', MEMBERS)).total == 0
                if step % 6 == 0:
                    delete_entries([key(at + 1)])
                counts[number] += ITEMS_AT_ONCE
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        try:
            yield Writing([pool.submit(write_on, number) for number in range(WRITERS)], counts)
        finally:
            stop.set()


def is_any_done(writing: Writing) -> bool:
    return any(thread.done() for thread in writing.threads)


def test_rebuild_while_everybody_writes(
    reader: Reader, workers: Workers, record_property: Callable[[str, object], None]
) -> None:
    write_plans(0, 300, "Lasting plan")
    work()
    workers.start()
    workers.wait_until_ready()
    stop = threading.Event()
    totals: set[int] = set()
    meanwhile: list[int] = []
    with writers(stop) as writing:
        wait_until(lambda: Delivery.objects.in_use().count() > 350)
        for _number in range(2):
            before = writing.written

            def look(sent: int, before: int = before) -> None:
                totals.add(reader.visit("lasting").total)
                wait_until(lambda: writing.written >= before + WRITTEN_MEANWHILE or is_any_done(writing))

            rebuilt = rebuild(look).name
            meanwhile.append(writing.written - before)
        assert not is_any_done(writing)
        stop.set()
    for thread in writing.threads:
        thread.result()
    record_property("items written during each rebuild", meanwhile)

    workers.stop()
    assert min(meanwhile) >= WRITTEN_MEANWHILE
    assert min(writing.counts) > 0
    assert totals == {300}
    assert SearchIndex.objects.get(state="live").name == rebuilt
    assert_nothing_lost(300, "lasting")


def test_item_created_by_a_transaction_that_outlasts_a_rebuild(reader: Reader) -> None:
    write_plans(0, 20)
    work()
    written, go_on = threading.Event(), threading.Event()

    def create_slowly() -> None:
        try:
            with transaction.atomic():
                write_plans(20, 21)
                written.set()
                assert go_on.wait(PATIENCE_SECONDS)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        creating = pool.submit(create_slowly)
        assert written.wait(PATIENCE_SECONDS)
        rebuild()
        go_on.set()
        creating.result()

    assert work() == 1
    assert_nothing_lost(21)
