"""How soon what is written is found, and what is taken away is not."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from intranet.networks.audiences import Rule, set_rule
from intranet.networks.models import Item, Network
from intranet.pages.models import ContentPage, SectionPage
from search import Query, search
from search.chunks import chunked
from search.engines.elasticsearch.documents import document_of
from search.models import Delivery, Entry
from search.parts import entries_with_parts
from search.sync import BATCH
from tests.benchmarks.bench import Bench, pauses
from tests.benchmarks.crowd import fill_sections
from tests.benchmarks.measuring import requests_noted, timing_of
from tests.benchmarks.report import Result
from tests.benchmarks.rows import Row
from tests.services.workers import Workers

STRANGER = frozenset({"everyone", "members"})
PUBLICATIONS = 40
_LOOK_SECONDS = 0.02
_LOOKS = 6_000


class Rebuild(Row):
    """From the table into a new index, and the finished bodies sent to another one in requests of the same size."""

    name = "rebuild"
    what = "rebuild, documents a second, against a raw bulk of the same bodies"
    bound = "≥ 0.7"
    #: A raw bulk of so many says what it says of all.
    most = 50_000

    def at_full(self, bench: Bench) -> None:
        self.ours = bench.documents / bench.rebuild_seconds
        with tempfile.TemporaryDirectory() as folder:
            bulks = _bulks(Path(folder), min(bench.documents, self.most))
            with bench.direct.index_like(bench.index) as raw:
                start = time.perf_counter()
                for bulk in bulks:
                    answer = bench.direct.ask("POST", f"/{raw}/_bulk", bulk.read_bytes())
                    assert answer["errors"] is False, "A body that was in the index is refused."
                bench.direct.ask("POST", f"/{raw}/_refresh")
                self.raw = min(bench.documents, self.most) / (time.perf_counter() - start)

    def result(self, bench: Bench) -> Result:
        share = self.ours / self.raw
        return self._result(f"{share:.2f}", share >= 0.7, f"rebuild: {self.ours:,.0f}/s", f"bulk: {self.raw:,.0f}/s")


class Publish(Row):
    """Pages published one after the other while a worker runs."""

    name = "publish"
    what = "publish to searchable with the worker running"
    bound = "p95 ≤ 1.5 s, the request not blocked"

    def at_full(self, bench: Bench) -> None:
        section = _section(0)
        publishing, searchable = [], []
        self.requests = 0
        with running_worker():
            for number in range(bench.repetitions(PUBLICATIONS)):
                page = ContentPage(title=f"Publication {number}", live=False, locale=section.locale)
                SectionPage.objects.get(pk=section.pk).add_child(instance=page)
                revision = page.save_revision()
                start = time.perf_counter()
                with requests_noted() as asked:
                    revision.publish()
                publishing.append((time.perf_counter() - start) * 1000)
                self.requests += len(asked)
                for _look in pauses(_LOOKS, _LOOK_SECONDS):
                    found = search(Query(f'"Publication {number}"', bench.few))
                    if found.engine == "elasticsearch" and found.total:
                        break
                searchable.append((time.perf_counter() - start) * 1000)
        self.publishing, self.searchable = timing_of(publishing), timing_of(searchable)

    def result(self, bench: Bench) -> Result:
        seconds = self.searchable.slow / 1000
        measured = f"p95 {seconds:.2f} s, {self.requests} requests to Elasticsearch while publishing"
        figures = f"searchable: {self.searchable}", f"publishing: {self.publishing}"
        return self._result(measured, seconds <= 1.5 and not self.requests, *figures)


class Narrowing(Row):
    """A section that was everybody's becomes its own people's."""

    name = "narrowing"
    what = "narrowing an audience of a section of 10,000 pages"
    bound = "true on the next request; index caught up within a minute (target for the request: 2 s)"

    def at_full(self, bench: Bench) -> None:
        section = _section(1)
        network = section.section_network
        self.pages = max(bench.documents // 20, 1)
        fill_sections([network], self.pages, shared=0)

        def seen() -> int:
            return search(Query("", STRANGER, filters={"network": frozenset({network.slug})})).total

        with running_worker():
            before = seen()
            set_rule(section.translation_key, Rule(Item.Rule.EVERYONE), by=None)
            _catch_up()
            opened = seen()
            start = time.perf_counter()
            set_rule(section.translation_key, Rule(Item.Rule.SECTION), by=None)
            self.request_seconds = time.perf_counter() - start
            self.is_hidden = (before, opened, seen()) == (opened - self.pages, opened, before)
            _catch_up()
            self.index_seconds = time.perf_counter() - start
            self.is_hidden = self.is_hidden and seen() == before

    def result(self, bench: Bench) -> Result:
        truth = "true on the next request" if self.is_hidden else "**not true on the next request**"
        measured = f"{truth}; index after {self.index_seconds:.1f} s (request: {self.request_seconds:.1f} s)"
        return self._result(measured, self.is_hidden and self.index_seconds <= 60, f"{self.pages:,} pages")


@contextmanager
def running_worker() -> Iterator[None]:
    """A worker as it is in production, which has done what was due."""
    with tempfile.TemporaryDirectory() as folder:
        workers = Workers(Path(folder))
        workers.start()
        try:
            _catch_up()
            yield
            workers.stop()
        finally:
            workers.kill()


def _catch_up() -> None:
    for _look in pauses(_LOOKS, _LOOK_SECONDS):
        if not Delivery.objects.in_use().behind().exists():
            return
    raise SystemExit("The worker does not get done.")


def _section(number: int) -> SectionPage:
    network = Network.objects.filter(slug__startswith="network-").order_by("pk")[number]
    return SectionPage.objects.select_related("locale", "section_network").get(
        section_network=network, locale__language_code="fr"
    )


def _bulks(folder: Path, count: int) -> list[Path]:
    """Files that each hold the finished body of one bulk request."""
    bulks: list[Path] = []
    for ids in chunked(Entry.objects.order_by("pk").values_list("pk", flat=True)[:count].iterator(), BATCH):
        lines: list[Any] = []
        for document in map(document_of, entries_with_parts(ids)):
            lines += [{"index": {"_id": document["key"]}}, document]
        bulks.append(folder / f"{len(bulks)}.ndjson")
        bulks[-1].write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines))
    return bulks
