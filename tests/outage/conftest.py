"""A server of these tests' own with a door before it, and a site whose reader must notice nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from intranet.networks.models import Network
from search import Query, search
from search.circuit import circuit
from search.models import Delivery
from search.worker import sync_due
from tests.outage.gate import Gate
from tests.pages.factories import make_network, make_person, signed_in
from tests.search.factories import entry, version, write
from tests.services.elasticsearch import ElasticsearchServer

MEMBERS = frozenset({"members"})
#: What the index and the table are when nothing was lost.
AGREED = ["The entries and the index agree."]


@pytest.fixture
def server(elasticsearch_server: ElasticsearchServer, settings: Any) -> Iterator[ElasticsearchServer]:
    settings.ELASTICSEARCH_URL = elasticsearch_server.url
    settings.SEARCH_RETRY_SECONDS = 0.01
    settings.SEARCH_TIMEOUT = 10
    circuit.reset()
    yield elasticsearch_server
    circuit.reset()


@pytest.fixture
def gate(server: ElasticsearchServer, settings: Any) -> Iterator[Gate]:
    """The door through which site and worker reach the server."""
    door = Gate(server.url)
    settings.ELASTICSEARCH_URL = door.url
    yield door
    door.close()


@dataclass
class Visit:
    """What a reader got: how many results, by which engine, and how many requests for them went to Elasticsearch."""

    total: int
    engine: str
    requests: int


@dataclass
class Reader:
    """Somebody who may see what is for members, and who reads whatever happens to the search server."""

    client: Client
    gate: Gate

    def visit(self, text: str = "plan") -> Visit:
        """Opens the home page, the search page, the API and the suggestions; nothing may fail."""
        before = len(self.gate.asked)
        with translation.override("en"):
            pages = [self.client.get("/en/"), self.client.get(reverse("search"), {"q": text})]
        api = self.client.get("/api/v1/search", {"q": text})
        suggestions = self.client.get("/api/v1/suggest", {"q": text})
        assert [answer.status_code for answer in (*pages, api, suggestions)] == [200] * 4
        found = api.json()
        assert found["degraded"] is (found["engine"] == "embedded")
        assert self.gate.outlasted == 0
        return Visit(found["total"], found["engine"], len(self.gate.asked) - before)


@pytest.fixture
def halifax(server: ElasticsearchServer, db: None) -> Network:
    return make_network("halifax")


@pytest.fixture
def reader(halifax: Network, gate: Gate) -> Reader:
    return Reader(signed_in(make_person("reader", (halifax, "reader"), language="en")), gate)


def key(number: int) -> str:
    """The key of an item; items have UUIDs."""
    return str(uuid.UUID(int=number))


def write_plans(first: int, last: int, word: str = "Plan", *, body: str = "", **values: Any) -> None:
    """Items for members, from ``first`` to before ``last``."""
    values.setdefault("tokens", MEMBERS)
    write(*(entry(key(n), version(title=f"{word} {n}", body=body), **values) for n in range(first, last)))


def work() -> int:
    """What the worker does for search until it can do no more now; gives back how many documents were taken."""
    taken = 0
    while sent := sync_due():
        taken += sent
    return taken


def check() -> list[str]:
    """What ``search_check`` prints."""
    output = StringIO()
    call_command("search_check", stdout=output)
    return output.getvalue().splitlines()


def check_differences() -> list[str]:
    """What ``search_check`` prints when it finds something."""
    output = StringIO()
    with pytest.raises(CommandError):
        call_command("search_check", stdout=output)
    return output.getvalue().splitlines()


def assert_nothing_lost(total: int, text: str = "plan") -> None:
    """Everything due has been sent, table and index agree, and Elasticsearch finds ``total``."""
    call_command("search_sync", stdout=StringIO())
    assert Delivery.objects.in_use().behind().count() == 0
    assert check() == AGREED
    circuit.reset()
    found = search(Query(text, MEMBERS))
    assert (found.total, found.engine) == (total, "elasticsearch")
