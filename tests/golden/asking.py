"""The demo in the database, and the golden queries asked of our search as their readers ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.utils import translation

from intranet.accounts.models import User
from intranet.demo.content import read_items
from intranet.demo.item_lines import item_id
from intranet.demo.services import load_demo
from intranet.pages.searching import SearchParams, search_for
from search.circuit import circuit
from search.worker import sync_once
from tests.golden.golden_set import GoldenQuery

TODAY = datetime(2026, 12, 1, 15, tzinfo=UTC)
"""The demo is then all published, and nothing in it older than the figures were when they were recorded."""
DEPTH = 20
Ranking = list[str]
"""What was found, best first: the demo keys of items, or a key of its own for what is no item of the demo."""


@contextmanager
def loaded_demo() -> Iterator[None]:
    """The demo in a transaction that is undone in the end."""
    with time_machine.travel(TODAY, tick=True), transaction.atomic():
        refused = load_demo()
        assert refused == [], f"The demo has wrong lines: {refused}"
        yield
        transaction.set_rollback(True)


def embedded_name() -> str:
    """Which embedded engine this database has: its figures are recorded under this name."""
    return f"embedded-{connection.vendor}"


@contextmanager
def embedded_engine() -> Iterator[None]:
    """The embedded engine answers."""
    with override_settings(ELASTICSEARCH_URL=""):
        yield


@contextmanager
def elasticsearch_engine(url: str) -> Iterator[None]:
    """Elasticsearch answers, from a new index that holds the demo."""
    prefix = f"{settings.SEARCH_INDEX_PREFIX}-golden"
    circuit.reset()
    with override_settings(ELASTICSEARCH_URL=url, SEARCH_INDEX_PREFIX=prefix, SEARCH_TIMEOUT=20):
        while sync_once():
            pass
        yield
    circuit.reset()


def ask(queries: Iterable[GoldenQuery], engine: str) -> dict[str, Ranking]:
    """What our search finds, by the name of the query. Fails when another engine than ``engine`` answered."""
    readers = {user.email: user for user in User.objects.all()}
    keys = keys_by_id()
    found: dict[str, Ranking] = {}
    with translation.override("en"):
        for query in queries:
            params = SearchParams(query.text, size=DEPTH, language=query.language, facets=())
            answer = search_for(readers[query.reader], params)
            assert (answer.engine, answer.degraded) == (engine, False), f"{query.name}: {answer.engine} answered."
            found[query.name] = [keys.get(hit.external_id, hit.key) for hit in answer.found]
    return found


def keys_by_id() -> Mapping[str, str]:
    """The demo keys of items, by the external id of each language version."""
    return {item_id(source.key, language): source.key for source in read_items() for language in source.languages}
