"""What a reader asks: the price of the audience, of a full page, of the API, of size, and of other ways to do it."""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from wagtail.models import APIToken

from search import search
from tests.benchmarks.bench import Bench
from tests.benchmarks.measuring import Asked, Timing, measure_side_by_side, requests_noted
from tests.benchmarks.report import Result
from tests.benchmarks.rows import Row
from tests.benchmarks.shelf import Shelf

MAX_STATEMENTS = 5
_WHOEVER_ASKS = "modelsearch, whoever asks"


class Audience(Row):
    """The request for hits and total with its filter, and the same one without."""

    name = "audience"
    what = "audience filter, 5 and 100 tokens, against the same query without it"
    bound = "≤ 1.1 times, ≤ 1.2 times"

    def at_full(self, bench: Bench) -> None:
        def ask(tokens: frozenset[str] | None) -> Callable[[dict[str, Any]], object]:
            return lambda request: bench.direct.ask("POST", f"/{bench.index}/_search", within(request, tokens))

        self.timings = measure_side_by_side(
            {"no filter": ask(None), "5 tokens": ask(bench.few), "100 tokens": ask(bench.many)},
            [without_page(body_of(bench, text)) for text in bench.questions],
        )

    def result(self, bench: Bench) -> Result:
        plain = self.timings["no filter"].median
        few, many = (self.timings[name].median / plain for name in ("5 tokens", "100 tokens"))
        return self._result(f"{few:.2f} times, {many:.2f} times", few <= 1.1 and many <= 1.2, *_said(self.timings))


class Page(Row):
    """The request that the site sends for a page of results, and the same words without all that a page shows."""

    name = "page"
    what = "full page (hits, total, all facets, snippets) against the plain query"
    bound = "≤ 4 times, one request"

    def at_full(self, bench: Bench) -> None:
        path = f"/{bench.index}/_search"
        self.requests, bodies = [], []
        for text in bench.questions:
            with requests_noted() as asked:
                bodies.append(body_of(bench, text))
            self.requests.append(len(asked))
        self.timings = measure_side_by_side(
            {
                "plain query": lambda body: bench.direct.ask("POST", path, within(without_page(body), None)),
                "full page": lambda body: bench.direct.ask("POST", path, body),
            },
            bodies,
        )
        self.timings |= measure_side_by_side(
            {"a bare multi_match": lambda text: bench.direct.ask("POST", path, bare(text))},
            bench.questions,
        )

    def result(self, bench: Bench) -> Result:
        times = self.timings["full page"].median / self.timings["plain query"].median
        usual, most = round(median(self.requests)), max(self.requests)
        measured = f"{times:.2f} times, {usual} request{'s' * (usual > 1)}"
        second = f"{sum(self.requests)} requests for {len(self.requests)} questions: a second one for another spelling"
        return self._result(measured, times <= 4 and usual == 1 and most <= 2, *_said(self.timings), second)


class Api(Row):
    """The API's answer, by Django's test client, and the very requests that it sent to Elasticsearch."""

    name = "api"
    what = "whole API answer, p50, against the same raw full-page request"
    bound = f"≤ 2.5 times; at most {MAX_STATEMENTS} SQL queries"

    def at_full(self, bench: Bench) -> None:
        _token, secret = APIToken.create_token(user=bench.reader, name="benchmark")
        client = Client(headers={"Authorization": f"Bearer {secret}"})

        def api(text: str) -> None:
            answer = client.get("/api/v1/search", {"q": text})
            assert answer.status_code == 200 and answer.json()["engine"] == "elasticsearch", answer.content[:500]

        # The first answer fills what is kept from one to the next.
        api(bench.questions[0])
        sent: dict[str, list[Asked]] = {}
        statements: dict[int, int] = {}
        for text in bench.questions:
            with requests_noted() as asked, CaptureQueriesContext(connection) as captured:
                api(text)
            sent[text] = asked
            statements[len(asked)] = max(statements.get(len(asked), 0), len(captured))

        def raw(text: str) -> None:
            for request in sent[text]:
                bench.direct.ask("POST", request.path, request.body)

        self.statements, self.with_second = statements[1], statements.get(2, 0)
        self.seconds = sum(len(asked) > 1 for asked in sent.values())
        self.timings = measure_side_by_side({"raw": raw, "API": api}, bench.questions)

    def result(self, bench: Bench) -> Result:
        times = self.timings["API"].median / self.timings["raw"].median
        measured = f"{times:.2f} times; {self.statements} SQL queries"
        figures = _said(self.timings)
        if self.seconds:
            asked = len(bench.questions)
            figures.append(
                f"{self.seconds} of {asked} questions looked for another spelling too: a second request, and"
                f" {self.with_second} SQL queries in all"
            )
        return self._result(measured, times <= 2.5 and self.statements <= MAX_STATEMENTS, *figures)


class Growth(Row):
    """The whole answer of the search among ten times as many items."""

    name = "growth"
    what = "a tenth of the documents → all documents, full page"
    bound = "≤ 2 times"
    needs_small = True

    def at_small(self, bench: Bench) -> None:
        self.before = self._measure(bench)

    def at_full(self, bench: Bench) -> None:
        self.after = self._measure(bench)

    def result(self, bench: Bench) -> Result:
        times = self.after.median / self.before.median
        sizes = f"{bench.small:,}: {self.before}", f"{bench.documents:,}: {self.after}"
        return self._result(f"{times:.2f} times", times <= 2, *sizes)

    def _measure(self, bench: Bench) -> Timing:
        return measure_side_by_side({"page": bench.search}, bench.questions)["page"]


class Embedded(Row):
    """Both engines with the same questions, at the size for which the embedded one is meant."""

    name = "embedded"
    what = "embedded engine among a tenth of the documents, p95, same mix of queries"
    bound = "≤ 10 times Elasticsearch’s"
    needs_small = True
    needs_full = False

    def at_small(self, bench: Bench) -> None:
        def embedded(text: str) -> None:
            with override_settings(ELASTICSEARCH_URL=""):
                search(bench.query(text))

        self.timings = measure_side_by_side({"Elasticsearch": bench.search, "embedded": embedded}, bench.questions)

    def result(self, bench: Bench) -> Result:
        times = self.timings["embedded"].slow / self.timings["Elasticsearch"].slow
        return self._result(f"{times:.1f} times", times <= 10, f"{bench.small:,} items", *_said(self.timings))


class ModelSearch(Row):
    """A page with all facets of what the reader may see, by Wagtail's search backend: no snippets, a request for each.

    Each is worked out, as is every request for a page of ours: the cache of requests is off (:mod:`.shelf`).
    By default it finds what has any of the words; here half of them are enough. What it takes when it need not know who
    asks, and then to find all words, fewer items than are found here, is told beside it.
    """

    name = "modelsearch"
    what = "against modelsearch’s Elasticsearch backend on the same objects, facet page of the same reader"
    bound = "≥ 2.5 times faster"

    def at_full(self, bench: Bench) -> None:
        with Shelf(bench.documents) as shelf:
            self.requests = shelf.requests_for(bench.questions[-1])
            self.timings = measure_side_by_side(
                {
                    "modelsearch": lambda text: shelf.readable_page(text, bench.few),
                    _WHOEVER_ASKS: shelf.facet_page,
                    f"{_WHOEVER_ASKS}, all words": lambda text: shelf.facet_page(text, "and"),
                    "search": bench.search,
                },
                bench.questions,
            )

    def result(self, bench: Bench) -> Result:
        times, whoever_asks = (
            self.timings[name].median / self.timings["search"].median for name in ("modelsearch", _WHOEVER_ASKS)
        )
        measured = f"{times:.2f} times; {whoever_asks:.2f} times when modelsearch may show everything to everybody"
        figures = (*_said(self.timings), f"modelsearch sends {self.requests} requests for a page")
        return self._result(measured, times >= 2.5, *figures)


def body_of(bench: Bench, text: str) -> dict[str, Any]:
    """The body of the request that the site sends for the reader's full page."""
    with requests_noted() as asked:
        bench.search(text)
    body: dict[str, Any] = json.loads(json.dumps(asked[0].body))
    return body


def without_page(body: dict[str, Any]) -> dict[str, Any]:
    """The same query for hits and total alone."""
    kept = ("query", "sort", "size", "from", "track_total_hits", "_source", "version", "timeout")
    return {name: value for name, value in body.items() if name in kept}


def bare(text: str) -> dict[str, Any]:
    """The least that Elasticsearch can be asked with these words."""
    words = {"query": text, "fields": ["title_*", "summary_*", "body_*"], "operator": "and", "type": "cross_fields"}
    return {"query": {"multi_match": words}, "size": 20, "track_total_hits": True, "_source": ["key"]}


def within(body: dict[str, Any], tokens: frozenset[str] | None) -> dict[str, Any]:
    """The same query for another audience, or for none at all."""
    query = body["query"]["bool"]
    others = [condition for condition in query["filter"] if "tokens" not in condition.get("terms", {})]
    assert len(others) == len(query["filter"]) - 1, "The audience is not where it was."
    own = [] if tokens is None else [{"terms": {"tokens": sorted(tokens)}}]
    return body | {"query": {"bool": query | {"filter": [*own, *others]}}}


def _said(timings: dict[str, Timing]) -> list[str]:
    return [f"{name}: {timing}" for name, timing in timings.items()]
