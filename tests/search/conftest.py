"""Both engines behind one fixture: a test that asks for ``engine`` runs on each."""

import socket
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from search.circuit import circuit
from search.engines.embedded import engine as embedded

#: A minute's work for either database.
ENDLESS = {
    "postgresql": "SELECT id, 0.0 AS score FROM search_entry WHERE pg_sleep(60) IS NOT NULL",
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)"
        " SELECT id, 0.0 AS score FROM search_entry WHERE (SELECT COUNT(*) FROM n) > 1"
    ),
}


@pytest.fixture(autouse=True)
def _every_kind_is_answered(settings: Any) -> None:
    """These tests write kinds that have no source, except where one says otherwise."""
    settings.SEARCH_ONLY_REGISTERED_KINDS = False


@pytest.fixture
def elasticsearch(elasticsearch_url: str, settings: Any) -> Iterator[str]:
    """A real Elasticsearch with an index prefix of this test's own."""
    settings.ELASTICSEARCH_URL = elasticsearch_url
    settings.SEARCH_INDEX_PREFIX = f"test-{uuid.uuid4().hex[:12]}"
    settings.SEARCH_TIMEOUT = 10
    settings.SEARCH_RETRY_SECONDS = 0.01
    circuit.reset()
    yield elasticsearch_url
    circuit.reset()
    settings.ELASTICSEARCH_URL = elasticsearch_url
    from search.engines.elasticsearch.client import writer

    client = writer()
    for name in client.indices.get(index=f"{settings.SEARCH_INDEX_PREFIX}-*"):
        client.indices.delete(index=name)


@pytest.fixture
def without_elasticsearch(settings: Any) -> None:
    """The embedded engine alone."""
    settings.ELASTICSEARCH_URL = ""


@pytest.fixture(params=[pytest.param("embedded", marks=pytest.mark.sqlite), "elasticsearch"])
def engine(request: pytest.FixtureRequest, db: None) -> str:
    """The engine that must answer."""
    request.getfixturevalue("elasticsearch" if request.param == "elasticsearch" else "without_elasticsearch")
    return str(request.param)


@pytest.fixture
def sync(engine: str) -> Callable[[], None]:
    """Bring the index up to date, where there is one."""
    from search.worker import sync_once

    return lambda: _until_nothing_is_due(sync_once)


def _until_nothing_is_due(sync_once: Callable[[], int]) -> None:
    while sync_once():
        pass


@pytest.fixture
def silent_server() -> Iterator[socket.socket]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=20) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture
def silent_url(silent_server: socket.socket) -> str:
    return f"http://127.0.0.1:{silent_server.getsockname()[1]}"


def endless() -> embedded._Statement:
    """What takes the database a minute."""
    return embedded._Statement(ENDLESS[connection.vendor], [])


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Whatever is looked for takes a minute."""
    settings.SEARCH_EMBEDDED_TIMEOUT = 0.2
    monkeypatch.setattr(embedded, "_matching", lambda *args, **kwargs: endless())
