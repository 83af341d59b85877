"""The table that comes out, and the machine that it was measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
import wagtail
from django.conf import settings
from django.db import connection
from django.utils import timezone

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


def document_of(results: Sequence[Result], documents: int, networks: int, minutes: float) -> str:
    """The page for docs."""
    return f"""# Benchmarks

`make bench` measures the search among {documents:,} items of {networks:,} networks and writes this page. Ratios
are of one run, each against Elasticsearch asked directly on the same index; absolute figures depend on the
machine. The texts are Debian's manual pages in French and English, recombined by paragraphs to items of about 300
words, a quarter of them in both languages. Questions are words, phrases and pairs of words of these texts. One
process asks, and shares the machine with Elasticsearch and PostgreSQL.

`make bench ARGS="page api"` measures these rows alone, `ARGS="--documents 5000"` all at another size; the small size is
always a tenth. `ARGS=site` measures instead how pages and the admin answer at two sizes of the whole site.

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
