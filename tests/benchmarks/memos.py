"""Memos that a hundred thousand people are asked to acknowledge: publishing, telling, following, acknowledging."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from intranet.memos.models import Acknowledgement
from intranet.notifications.expanding import expand_due
from intranet.notifications.models import Notification
from tests.benchmarks.bench import Bench
from tests.benchmarks.measuring import Timing, timing_of
from tests.benchmarks.report import Result
from tests.benchmarks.rows import Row

MOST_QUERIES = 20
CLIENTS = 8
_ROUNDS = 40
_PUBLICATIONS = 5


class _MemoRow(Row):
    needs_full = False


class PublishMemo(_MemoRow):
    """What the editor waits for: number, edition, entry and announcement."""

    name = "publish-memo"
    what = "publishing a memo to everybody who is a member, the request"
    bound = "< 1 s"

    def on_site(self, bench: Bench) -> None:
        milliseconds = []
        for number in range(_PUBLICATIONS):
            revision = bench.federation.publish_memo(f"Publication {number}").save_revision()
            start = time.perf_counter()
            revision.publish()
            milliseconds.append((time.perf_counter() - start) * 1000)
        self.people, self.slowest = len(bench.federation.people), max(milliseconds)

    def result(self, bench: Bench) -> Result:
        return self._result(f"{self.slowest / 1000:.2f} s", self.slowest < 1000, f"{self.people:,} people")


class Expansion(_MemoRow):
    """From one event to a row for each person."""

    name = "expansion"
    what = "notifications of a memo queued by the worker, a second"
    bound = "≥ 5,000"

    def on_site(self, bench: Bench) -> None:
        while expand_due():
            pass
        before = Notification.objects.count()
        bench.federation.publish_memo("Told").save_revision().publish()
        start = time.perf_counter()
        while expand_due():
            pass
        self.seconds = time.perf_counter() - start
        self.made = Notification.objects.count() - before

    def result(self, bench: Bench) -> Result:
        rate = self.made / self.seconds
        return self._result(f"{rate:,.0f}", rate >= 5_000, f"{self.made:,} notifications in {self.seconds:.1f} s")


class FollowUpPage(_MemoRow):
    """Figures of all networks in one page, as the office opens it."""

    name = "follow-up"
    what = "follow-up page of a memo to all members, p95"
    bound = "≤ 300 ms, a fixed number of queries"

    def on_site(self, bench: Bench) -> None:
        record, federation = bench.federation.followed, bench.federation
        with translation.override("fr"):
            address = reverse("memos:follow_up", args=[record.item_id])
            listed = reverse("memos:followed")
        publisher, coordinator = federation.clients([federation.publisher, federation.coordinator])
        rounds = bench.repetitions(_ROUNDS)
        self.timing, self.queries = _cost(publisher, address, rounds)
        others = {
            "a coordinator’s": (coordinator, address),
            "the office’s list of what is overdue": (publisher, listed),
            "a coordinator’s list": (coordinator, listed),
        }
        costs = {what: _cost(client, address, rounds) for what, (client, address) in others.items()}
        self.figures = [f"{what}: {timing}, {queries} queries" for what, (timing, queries) in costs.items()]

    def result(self, bench: Bench) -> Result:
        measured = f"{self.timing.slow:.0f} ms, {self.queries} queries"
        return self._result(measured, self.timing.slow <= 300, f"the office’s: {self.timing}", *self.figures)


class Home(_MemoRow):
    """The home page of a reader, a coordinator and a publisher among two thousand memos."""

    name = "home"
    what = "home page, p95"
    bound = f"≤ 100 ms, at most {MOST_QUERIES} queries"

    def on_site(self, bench: Bench) -> None:
        federation = bench.federation
        assert federation.followed.pk
        # What is new is asked of the index.
        bench.index_the_rest()
        people = {"reader": federation.reader, "coordinator": federation.coordinator, "office": federation.publisher}
        clients = zip(people, federation.clients(list(people.values())), strict=True)
        self.costs = {who: _cost(client, "/fr/", bench.repetitions(_ROUNDS)) for who, client in clients}

    def result(self, bench: Bench) -> Result:
        timing, queries = self.costs["reader"]
        most = max(each for _timing, each in self.costs.values())
        figures = [f"{who}: {timing}, {queries} queries" for who, (timing, queries) in self.costs.items()]
        measured = f"{timing.slow:.0f} ms, {queries} queries"
        return self._result(measured, timing.slow <= 100 and most <= MOST_QUERIES, *figures)


class Receipts(_MemoRow):
    """Each client is a process of its own with one browser; two of them are the same person’s, at the same memos."""

    name = "receipts"
    what = f"receipts a second with {CLIENTS} clients"
    bound = "≥ 200, none twice"

    def on_site(self, bench: Bench) -> None:
        federation = bench.federation
        keys = [str(record.item_id) for record in federation.records]
        readers = federation.new_readers(CLIENTS - 1)
        readers.append(readers[0])
        connections.close_all()
        start_at = time.time() + 2
        context = multiprocessing.get_context("fork")
        with context.Pool(CLIENTS) as pool:
            ends = pool.starmap(_acknowledge_all, [(reader.pk, keys, start_at) for reader in readers], chunksize=1)
        people = {reader.pk for reader in readers}
        self.made = Acknowledgement.objects.filter(person__in=people).count()
        self.wanted, self.seconds = len(people) * len(keys), max(ends) - start_at

    def result(self, bench: Bench) -> Result:
        rate = self.made / self.seconds
        is_exact = self.made == self.wanted
        return self._result(f"{rate:,.0f}", is_exact and rate >= 200, f"{self.made:,} of {self.wanted:,} receipts")


def _acknowledge_all(person: int, keys: Sequence[str], start_at: float) -> float:
    """In a process of its own; returns when it was done."""
    from intranet.accounts.models import User

    # What is open here is the parent's: beside a browser's loop, ``close_all`` closes the loop's connections alone.
    for inherited in connections.all(initialized_only=True):
        del connections[inherited.alias]
    client: Any = Client(headers={"accept-language": "fr"})
    client.force_login(User.objects.get(pk=person), backend="django.contrib.auth.backends.ModelBackend")
    with translation.override("fr"):
        addresses = [reverse("memos:acknowledge", args=[key]) for key in keys]
    time.sleep(max(start_at - time.time(), 0))
    for address in addresses:
        answer = client.post(address, {"edition": "1", "language": "fr", "from": "list"})
        assert answer.status_code == 302, answer.status_code
        # A browser goes on to the page that shows the message; here they would add up.
        client.cookies.pop("messages", None)
    connections.close_all()
    return time.time()


def _cost(client: Client, address: str, rounds: int) -> tuple[Timing, int]:
    """Of one address: the time of some requests, and the queries of the last; the first one fills what is kept."""
    milliseconds: list[float] = []
    for turn in range(rounds + 1):
        start = time.perf_counter()
        answer = client.get(address)
        if turn:
            milliseconds.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}: the figures would mean nothing.")
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return timing_of(milliseconds), len(captured)
