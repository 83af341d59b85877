"""Elasticsearch is away: nobody gets an error, and nobody waits more than once."""

import contextlib
import socket
import time
from typing import Any

import pytest

from search import Query, Results, search
from search.circuit import Circuit, circuit
from search.worker import sync_due
from tests.search.factories import entry, write

EVERYONE = frozenset({"everyone"})


def ask(text: str) -> Results:
    return search(Query(text, EVERYONE))


def connections_to(server: socket.socket) -> int:
    """How many have come since it was asked last."""
    count = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            count += 1
    return count


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://host.invalid:9200"])
def test_an_unreachable_server_is_answered_for(settings: Any, url: str) -> None:
    settings.ELASTICSEARCH_URL = url
    circuit.reset()
    write(entry("a"))
    results = ask("title")
    assert (results.total, results.engine, results.degraded) == (1, "embedded", True)
    assert sync_due() == 0
    circuit.reset()


@pytest.mark.django_db
def test_a_silent_server_costs_its_budget_once(settings: Any, silent_server: socket.socket, silent_url: str) -> None:
    settings.ELASTICSEARCH_URL = silent_url
    settings.SEARCH_TIMEOUT = 0.3
    settings.SEARCH_RETRY_SECONDS = 60
    circuit.reset()
    from search.engines.elasticsearch.indices import schema
    from search.models import SearchIndex

    prefix = settings.SEARCH_INDEX_PREFIX
    SearchIndex.objects.create(name="x", prefix=prefix, state="live", is_filled=True, schema=schema())
    write(entry("a"))
    started = time.monotonic()
    assert ask("title").degraded is True
    assert 0.3 <= time.monotonic() - started < 1.5
    assert connections_to(silent_server) > 0
    assert [ask("title").engine for _number in range(5)] == ["embedded"] * 5
    assert connections_to(silent_server) == 0
    circuit.reset()


def test_the_circuit_lets_one_through_after_the_pause(settings: Any) -> None:
    settings.SEARCH_RETRY_SECONDS = 5
    now = [100.0]
    breaker = Circuit(lambda: now[0])
    assert breaker.allows_request() is True
    breaker.record_failure()
    assert breaker.allows_request() is False
    now[0] = 105.0
    assert [breaker.allows_request(), breaker.allows_request()] == [True, False]
    breaker.record_success()
    assert [breaker.allows_request(), breaker.allows_request()] == [True, True]
