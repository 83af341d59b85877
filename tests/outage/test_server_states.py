"""Each state that a search server can be in: readers get answers in time, and afterwards nothing is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import override_settings

from search import delete_entries
from search.engines.elasticsearch.client import writer
from search.models import Delivery, SearchIndex
from search.rebuild import rebuild
from tests.outage.conftest import Reader, Visit, assert_nothing_lost, key, work, write_plans
from tests.outage.gate import Answer, Asked, Gate
from tests.services.elasticsearch import ElasticsearchServer

pytestmark = pytest.mark.django_db
#: Of a visit: the home page, a search page, an answer of the API and suggestions, one request each.
REQUESTS = 4


@pytest.fixture
def lasting_pause(server: ElasticsearchServer, settings: Any) -> None:
    """A server that failed is left alone for longer than the test takes."""
    settings.SEARCH_RETRY_SECONDS = 600


@contextmanager
def impatience() -> Iterator[None]:
    """Nobody waits long."""
    with override_settings(SEARCH_TIMEOUT=0.5, SEARCH_WRITE_TIMEOUT=1):
        yield


def test_page_of_results_is_one_request(reader: Reader) -> None:
    write_plans(0, 30)
    work()
    assert reader.visit() == Visit(30, "elasticsearch", REQUESTS)


def test_server_killed_in_the_middle_of_a_bulk(reader: Reader, gate: Gate, server: ElasticsearchServer) -> None:
    write_plans(0, 1_000)
    work()
    write_plans(200, 700, "New plan")
    write_plans(1_000, 1_200)
    bulks: list[Asked] = []

    def kill_at_second(asked: Asked) -> None:
        if asked.is_for("_bulk"):
            bulks.append(asked)
            if len(bulks) == 2:
                server.kill()

    gate.forwarded = kill_at_second
    assert work() == 0
    assert Delivery.objects.behind().count() == 200
    assert reader.visit().engine == "embedded"
    delete_entries([key(0), key(1_199)])
    assert work() == 0

    server.start()
    assert_nothing_lost(1_198)
    assert reader.visit() == Visit(1_198, "elasticsearch", REQUESTS)


@pytest.mark.usefixtures("lasting_pause")
def test_silent_server_costs_readers_one_budget_and_the_worker_no_claim(reader: Reader, gate: Gate) -> None:
    write_plans(0, 20)
    work()
    write_plans(20, 30)
    gate.answers_all(Answer.SILENCE)

    with impatience():
        assert reader.visit() == Visit(30, "embedded", 1)
        assert reader.visit() == Visit(30, "embedded", 0)
        assert gate.waiting == 1
        assert work() == 0
    assert gate.waiting == 2
    assert Delivery.objects.filter(claim__isnull=False).count() == 0

    gate.answers_all(Answer.PASS)
    assert_nothing_lost(30)


@pytest.mark.usefixtures("lasting_pause")
def test_stopped_process_is_a_silent_server(reader: Reader, server: ElasticsearchServer) -> None:
    write_plans(0, 20)
    work()
    server.pause()
    try:
        write_plans(20, 30)
        with impatience():
            assert reader.visit() == Visit(30, "embedded", 1)
            assert work() == 0
    finally:
        server.resume()
    assert_nothing_lost(30)


def test_bulk_that_is_never_answered_is_sent_again(reader: Reader, gate: Gate) -> None:
    write_plans(0, 20)
    work()
    write_plans(10, 20, "Other plan")
    gate.decide = lambda asked: Answer.SILENCE if asked.is_for("_bulk") else Answer.PASS
    with impatience():
        assert work() == 0
    gate.answers_all(Answer.PASS)
    assert_nothing_lost(20)


@pytest.mark.parametrize("answer", [Answer.REFUSE, Answer.CUT, Answer.NONSENSE])
def test_server_that_gives_no_usable_answer_is_left_alone(
    reader: Reader, gate: Gate, lasting_pause: None, answer: Answer
) -> None:
    write_plans(0, 20)
    work()
    write_plans(20, 30)
    delete_entries([key(0)])
    gate.answers_all(answer)

    assert reader.visit() == Visit(29, "embedded", 1)
    assert reader.visit() == Visit(29, "embedded", 0)
    assert work() == 0

    gate.answers_all(Answer.PASS)
    assert_nothing_lost(29)


def test_bulk_that_is_refused_for_a_while(reader: Reader, gate: Gate) -> None:
    write_plans(0, 20)
    gate.decide = lambda asked: Answer.REFUSE if asked.is_for("_bulk") else Answer.PASS
    assert work() == 0
    gate.answers_all(Answer.PASS)
    assert_nothing_lost(20)


def test_server_that_takes_small_requests_only(reader: Reader) -> None:
    """What the real server does when its memory is short: 429 for what is too large, other requests pass."""
    write_plans(0, 400)
    limit = "network.breaker.inflight_requests.limit"
    writer().cluster.put_settings(persistent={limit: "40kb"})
    try:
        assert_nothing_lost(400)
    finally:
        writer().cluster.put_settings(persistent={limit: None})


def test_index_that_can_only_be_read(reader: Reader, gate: Gate) -> None:
    write_plans(0, 20)
    work()
    # The server takes this block away by itself, as soon as it sees room on its disk.
    writer().cluster.put_settings(persistent={"cluster.info.update.interval": "1h"})
    live = SearchIndex.objects.get().name
    writer().indices.put_settings(index=live, settings={"index.blocks.read_only_allow_delete": True})
    write_plans(20, 30)
    delete_entries([key(0)])

    assert work() == 0
    assert reader.visit() == Visit(19, "elasticsearch", REQUESTS)

    writer().indices.put_settings(index=live, settings={"index.blocks.read_only_allow_delete": None})
    assert_nothing_lost(29)
    assert reader.visit() == Visit(29, "elasticsearch", REQUESTS)


def test_index_deleted_behind_our_back(reader: Reader) -> None:
    write_plans(0, 700)
    work()
    lost = SearchIndex.objects.get().name
    writer().indices.delete(index=lost)
    write_plans(700, 710)

    assert reader.visit().total == 710
    assert work() >= 710
    assert SearchIndex.objects.get(state="live").name != lost
    assert_nothing_lost(710)
    assert reader.visit() == Visit(710, "elasticsearch", REQUESTS)


def delete_at_first_bulk(gate: Gate, pattern: str) -> None:
    """The gate deletes the indexes of that name as soon as documents have come, before the worker hears of it."""

    def delete_it(asked: Asked) -> None:
        if asked.is_for("_bulk"):
            gate.answered = lambda asked: None
            for name in writer().indices.get(index=pattern):
                writer().indices.delete(index=name)

    gate.answered = delete_it


def test_index_deleted_while_it_is_filled(reader: Reader, gate: Gate, settings: Any) -> None:
    write_plans(0, 1_200)
    delete_at_first_bulk(gate, f"{settings.SEARCH_INDEX_PREFIX}-*")
    work()
    work()
    assert_nothing_lost(1_200)


def test_index_deleted_while_another_is_built(reader: Reader, gate: Gate) -> None:
    write_plans(0, 1_200)
    work()
    delete_at_first_bulk(gate, SearchIndex.objects.get().name)
    rebuild()
    assert_nothing_lost(1_200)
