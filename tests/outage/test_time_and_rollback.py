"""The clock is put forward and back, transactions are undone, the database is taken back: the index follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from search import delete_entries, retoken
from search.engines.elasticsearch.client import writer
from search.models import Delivery, Entry, SearchIndex
from search.rebuild import rebuild, start_index
from search.sync import _claim
from search.worker import sync_due
from tests.outage.conftest import (
    Reader,
    Visit,
    assert_nothing_lost,
    check_differences,
    key,
    work,
    write_plans,
)
from tests.outage.gate import Answer, Gate

pytestmark = pytest.mark.django_db
YEARS = pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)], ids=["forward", "back"])


@pytest.fixture
def put_clock() -> Iterator[Callable[[timedelta], None]]:
    """Puts the clock forward or back, until the test ends."""
    travels: list[time_machine.travel] = []

    def put(by: timedelta) -> None:
        travels.append(time_machine.travel(datetime.now(UTC) + by))
        travels[-1].start()

    yield put
    for travel in reversed(travels):
        travel.stop()


@YEARS
def test_claim_of_a_worker_that_died_before_the_clock_was_put(
    reader: Reader, put_clock: Callable[[timedelta], None], jump: timedelta
) -> None:
    write_plans(0, 20)
    work()
    write_plans(10, 30, "New plan")
    assert len(_claim(SearchIndex.objects.get(), 20)) == 20
    assert work() == 0

    put_clock(jump)

    assert work() == 20
    assert_nothing_lost(30)


@YEARS
def test_retry_that_was_planned_before_the_clock_was_put(
    reader: Reader, gate: Gate, put_clock: Callable[[timedelta], None], jump: timedelta
) -> None:
    write_plans(0, 20)
    work()
    write_plans(10, 11, "New plan")
    gate.decide = lambda asked: Answer.REFUSE if asked.is_for("_bulk") else Answer.PASS
    work()
    gate.answers_all(Answer.PASS)
    assert sync_due() == 0
    assert Delivery.objects.filter(retry_at__isnull=False).count() == 1

    put_clock(jump)

    assert work() == 1
    assert_nothing_lost(20)


@YEARS
def test_rebuilds_on_both_sides_of_the_jump(
    reader: Reader, put_clock: Callable[[timedelta], None], jump: timedelta
) -> None:
    write_plans(0, 20)
    work()
    first = SearchIndex.objects.get().name
    put_clock(jump)
    write_plans(20, 30)
    second = rebuild()
    put_clock(-jump)
    work()
    put_clock(timedelta(minutes=2))
    work()

    assert_nothing_lost(30)
    assert reader.visit() == Visit(30, "elasticsearch", 4)
    assert list(SearchIndex.objects.values_list("name", flat=True)) == [second.name]
    assert not writer().indices.exists(index=first)


def test_index_under_construction_is_filled_after_the_clock_was_put_back(
    reader: Reader, put_clock: Callable[[timedelta], None]
) -> None:
    write_plans(0, 20)
    work()
    begun = start_index()
    put_clock(timedelta(days=-400))

    work()

    assert SearchIndex.objects.get(state="live").pk == begun.pk
    assert_nothing_lost(20)


def test_undone_transaction_leaves_no_trace(reader: Reader, gate: Gate) -> None:
    write_plans(0, 20)
    work()
    with transaction.atomic():
        write_plans(10, 40, "Undone plan")
        delete_entries([key(0)])
        retoken({key(1): (frozenset({"network:0"}), "closed")})
        transaction.set_rollback(True)
    gate.asked.clear()

    assert work() == 0
    assert [asked for asked in gate.asked if asked.is_for("_bulk")] == []
    assert reader.visit() == Visit(20, "elasticsearch", 4)
    assert_nothing_lost(20)
    assert_nothing_lost(0, "undone")


def test_inner_transaction_undone_within_one_that_is_kept(reader: Reader) -> None:
    write_plans(0, 20)
    work()
    with transaction.atomic():
        write_plans(20, 25)
        with transaction.atomic():
            write_plans(20, 40, "Undone plan")
            delete_entries([key(0)])
            transaction.set_rollback(True)
    assert work() == 5
    assert_nothing_lost(25)
    assert_nothing_lost(0, "undone")


def test_database_taken_back_to_a_backup(reader: Reader) -> None:
    write_plans(0, 20)
    work()
    backup = transaction.savepoint()
    for step in range(3):
        write_plans(0, 10, f"Later {step} plan")
        write_plans(20, 22)
        work()
    transaction.savepoint_rollback(backup)

    # What is written now has lower numbers than the index knows; it gets there all the same.
    write_plans(0, 10, "Again plan")
    work()
    assert work() == 0
    assert Delivery.objects.behind().count() == 0
    assert Entry.objects.get(key=key(0)).version == 5
    # What the backup does not know, the table cannot tell the index.
    assert check_differences() == [f"{key(n)}: the index has it, the table does not." for n in (20, 21)]
    rebuild()
    assert_nothing_lost(20)
    assert_nothing_lost(10, "again")
