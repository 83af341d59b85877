"""All rows of the table in one run, or some of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.bench import Bench, say
from tests.benchmarks.memos import Expansion, FollowUpPage, Home, PublishMemo, Receipts
from tests.benchmarks.reading import Api, Audience, Embedded, Growth, ModelSearch, Page
from tests.benchmarks.report import Result, document_of, table_of
from tests.benchmarks.rows import Row
from tests.benchmarks.writing import Narrowing, Publish, Rebuild

#: In the order of the table. What changes the corpus is measured in the order in which it stands here, too.
ROWS: tuple[type[Row], ...] = (
    Audience,
    Page,
    Api,
    Growth,
    Rebuild,
    Publish,
    Narrowing,
    ModelSearch,
    Embedded,
    PublishMemo,
    Expansion,
    FollowUpPage,
    Home,
    Receipts,
)
DOCUMENTS = 200_000
NETWORKS = 1_000


def run(bench: Bench, names: Sequence[str] = (), output: Path | None = None) -> list[Result]:
    """Measure the rows called ``names``, or all; print the table, and write the page to ``output``."""
    start = time.perf_counter()
    rows = [row() for row in ROWS if not names or row.name in names]
    if any(row.needs_small for row in rows):
        bench.load(bench.small)
        for row in rows:
            row.at_small(bench)
    if any(row.needs_full for row in rows):
        bench.load(bench.documents)
        for row in rows:
            say(f"measuring: {row.what}")
            row.at_full(bench)
    for row in rows:
        row.on_site(bench)
    results = [row.result(bench) for row in rows]
    print(f"\n{table_of(results)}", flush=True)
    if output:
        output.write_text(document_of(results, bench.documents, bench.networks, (time.perf_counter() - start) / 60))
    return results
