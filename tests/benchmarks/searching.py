"""The search against Elasticsearch asked directly, without any audience, in the same run."""

from __future__ import annotations

import argparse
import http.client
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from search import EntryData, Query, search, suggest, write_entries
from tests.benchmarks.corpus import entries, questions
from tests.benchmarks.measuring import measure_side_by_side, print_table

NAME = "search"
BATCH_ENTRIES = 500
STAFF = frozenset({"everyone", "members", "network:7", "network:12", "network:400"})
DELEGATE = STAFF | {f"network:{number}" for number in range(0, 1_000, 10)}
_FIELDS = ["title_fr^8", "title_en^8", "summary_fr^2", "summary_en^2", "body_fr", "body_en"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--entries", type=int, default=20_000, help="items in the search benchmark (20,000)")


def batches(items: Iterable[EntryData]) -> Iterator[list[EntryData]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH_ENTRIES)):
        yield batch


def load(count: int) -> None:
    """Writes the entries and builds the index, and says how quick that was."""
    start = time.perf_counter()
    for batch in batches(entries(count)):
        with transaction.atomic():
            write_entries(batch)
    written = time.perf_counter()
    call_command("search_rebuild", verbosity=0)
    rebuilt = time.perf_counter()
    print(f"search: {count:,} entries: {count / (written - start):,.0f}/s written, ", end="")
    print(f"{count / (rebuilt - written):,.0f}/s into a new index", flush=True)


class Direct:
    """Elasticsearch's own answer, by one connection that stays open."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 9200, timeout=30)
        self._index = f"{settings.SEARCH_INDEX_PREFIX}*"

    def ask(self, body: dict[str, Any]) -> dict[str, Any]:
        path = f"/{self._index}/_search"
        self._connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        content: dict[str, Any] = json.load(answer)
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"Elasticsearch refused the direct query: {content}")
        return content

    def search(self, text: str, tokens: frozenset[str] | None = None) -> dict[str, Any]:
        words = {"multi_match": {"query": text, "fields": _FIELDS, "operator": "and", "type": "cross_fields"}}
        filters = [{"terms": {"tokens": sorted(tokens)}}] if tokens else []
        return self.ask(
            {
                "query": {"bool": {"must": [words], "filter": filters}},
                "size": 20,
                "track_total_hits": True,
                "_source": False,
            }
        )


@contextmanager
def embedded_engine() -> Iterator[None]:
    with override_settings(ELASTICSEARCH_URL=""):
        yield


def run(options: argparse.Namespace) -> None:
    # The corpus has kinds that no plugin has registered.
    with override_settings(SEARCH_ONLY_REGISTERED_KINDS=False):
        load(options.entries)
        direct = Direct(settings.ELASTICSEARCH_URL)
        asked = questions()

        def ours(text: str, tokens: frozenset[str], facets: tuple[str, ...]) -> None:
            answer = search(Query(text=text, tokens=tokens, facets=facets, language="fr"))
            assert answer.engine == "elasticsearch", "Elasticsearch did not answer: the figures would mean nothing."

        def embedded(text: str) -> None:
            with embedded_engine():
                search(Query(text=text, tokens=STAFF, language="fr"))

        everything = ("kind", "network", "topic", "language", "year")
        timings = measure_side_by_side(
            {
                "Elasticsearch directly, no audience": direct.search,
                "Elasticsearch directly, 5 tokens": partial(direct.search, tokens=STAFF),
                "search, 5 tokens, no facets": partial(ours, tokens=STAFF, facets=()),
                "search, 5 tokens, 5 facets": partial(ours, tokens=STAFF, facets=everything),
                "search, 105 tokens, 5 facets": partial(ours, tokens=DELEGATE, facets=everything),
                "suggest": lambda text: suggest(text[:6], STAFF, "fr"),
                "embedded engine, 5 tokens, 5 facets": embedded,
            },
            asked,
        )
        print_table(f"Search among {options.entries:,} entries", timings)
