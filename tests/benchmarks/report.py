"""The table that comes out, and the machine that it was measured on."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
import wagtail
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tests.benchmarks import site
from tests.benchmarks.direct import Direct

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
_GIGABYTE = 1024**3


@dataclass(frozen=True)
class Result:
    """One row: what was compared, the bound, what came out, whether that is within it, and the figures behind it."""

    what: str
    bound: str
    measured: str
    is_within: bool
    figures: Sequence[str] = field(default_factory=tuple)

    @property
    def verdict(self) -> str:
        return "yes" if self.is_within else "**no**"


def table_of(results: Sequence[Result]) -> str:
    """The table as Markdown, and below it the absolute figures."""
    rows = [f"| {row.what} | {row.bound} | {row.measured} | {row.verdict} |" for row in results]
    lines = ["| what | bound | measured | within |", "|---|---|---|---|", *rows, "", "Absolute figures:", ""]
    lines += [f"- {row.what}: {'; '.join(row.figures)}." for row in results if row.figures]
    return "\n".join(lines)


def beyond_bounds(results: Sequence[Result]) -> list[str]:
    """A sentence for each row that is not within its bound."""
    return [f"{row.what}: {row.measured} (bound: {row.bound})" for row in results if not row.is_within]


def conclude(beyond: Sequence[str]) -> int:
    """The exit code: 1, with the sentences on the error stream, when there are any."""
    for sentence in beyond:
        print(f"bench: beyond its bound: {sentence}", file=sys.stderr, flush=True)
    return 1 if beyond else 0


def document_of(results: Sequence[Result], documents: int, networks: int, minutes: float) -> str:
    """The page for docs."""
    return f"""# Benchmarks

`make bench` measures the search among {documents:,} items of {networks:,} networks and writes this page. Ratios
are of one run, each against Elasticsearch asked directly on the same index; absolute figures depend on the
machine. The texts are Debian's manual pages in French and English, recombined by paragraphs to items of about 300
words, a quarter of them in both languages. Questions are words, phrases and pairs of words of these texts. One
process asks, and shares the machine with Elasticsearch and PostgreSQL.

`make bench ARGS="page api"` measures these rows alone, `ARGS="--documents 5000"` all at another size; the small size is
always a tenth. Whatever is measured, the exit code is 1 when something is beyond its bound; the error stream says what.

`make bench ARGS=site` measures how pages and the admin answer when the site grows: at {site.SMALL_NETWORKS} networks
and at {networks:,} with {documents // 2:,} pages in all, or as many as `--networks` says, and half as many pages as
`--documents` says. The embedded engine answers. An editor of one network opens the admin's home, the explorer, the page
chooser and both searches of the admin, a reader of three the home page, a section and a page. The median of
{site.ROUNDS} requests may take {site.BOUND} times as long on the large site at most, with as many SQL queries, and a
reader's page {site.READER_QUERIES} queries at most. It prints its table and writes no page.

{table_of(results)}

Measured on {timezone.localdate():%Y-%m-%d} in {minutes:.0f} minutes: {machine()}.
"""


def machine() -> str:
    """The machine and the programs, in one line."""
    node = Direct(settings.ELASTICSEARCH_URL)
    version = node.ask("GET", "/")["version"]["number"]
    statistics: dict[str, Any] = next(iter(node.ask("GET", "/_nodes/stats/jvm")["nodes"].values()))
    heap = statistics["jvm"]["mem"]["heap_max_in_bytes"] / 1024**2
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIGABYTE
    return ", ".join(
        [
            f"{os.cpu_count()} cores of {_processor()}",
            f"{memory:.0f} GiB",
            platform.freedesktop_os_release()["PRETTY_NAME"],
            f"Elasticsearch {version} with {heap:.0f} MiB heap",
            _database(),
            f"Python {platform.python_version()}",
            f"Django {django.__version__}",
            f"Wagtail {wagtail.__version__}",
            f"load average at the end {os.getloadavg()[1]:.1f}",
        ]
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _database() -> str:
    version = ".".join(map(str, connection.get_database_version()))
    return f"{connection.display_name} {version}"
