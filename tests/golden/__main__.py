"""Prints how well the golden queries are answered: ``python -m tests.golden [--record] [--worst N] [--only WHAT]``.

The embedded engine of the database in DATABASE_URL is asked, and Elasticsearch and the plain query where
ELASTICSEARCH_URL is set. Everything at once: ``python -m tests.services run -- python -m tests.golden``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.test")
    django.setup()

from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

from tests.golden.asking import Ranking, ask, elasticsearch_engine, embedded_engine, embedded_name, loaded_demo
from tests.golden.golden_set import GoldenQuery, read_queries
from tests.golden.measuring import LEAD, MEASURES, Figures, lead, mean, measure
from tests.golden.plain import ask_plainly
from tests.golden.recording import record

PLAIN = "plain multi_match"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("--record", action="store_true", help="write the figures that have become better")
    parser.add_argument("--worst", type=int, default=25, help="how many of the worst queries are shown (25)")
    parser.add_argument("--only", default="", metavar="WHAT", help="show and count this phenomenon alone")
    options = parser.parse_args(arguments)
    queries = [query for query in read_queries() if options.only in ("", query.covers)]
    setup_test_environment()
    # A database that no test is using meanwhile; SQLite's is in memory.
    name = f"test_golden_{os.getpid()}" if connection.vendor == "postgresql" else None
    connection.settings_dict["TEST"]["NAME"] = name
    databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder), loaded_demo():
            rankings = ask_all(queries, settings.ELASTICSEARCH_URL)
    finally:
        teardown_databases(databases, verbosity=0)
    figures = {engine: measure(queries, found) for engine, found in rankings.items()}
    print_table(queries, figures)
    print_worst(queries, figures, rankings, options.worst)
    if options.record and not options.only:
        totals = {engine: mean(rows.values()) for engine, rows in figures.items()}
        if plain := totals.pop(PLAIN, None):
            totals[LEAD] = lead(totals["elasticsearch"], plain)
        print(f"recorded: {record(totals) or 'nothing, as nothing is better'}")
    return 0


def ask_all(queries: Sequence[GoldenQuery], url: str) -> dict[str, dict[str, Ranking]]:
    """The rankings of every engine that is there, the one that people meet first."""
    rankings: dict[str, dict[str, Ranking]] = {}
    if url:
        with elasticsearch_engine(url):
            rankings["elasticsearch"] = ask(queries, "elasticsearch")
            rankings[PLAIN] = ask_plainly(queries, url)
    with embedded_engine():
        rankings[embedded_name()] = ask(queries, "embedded")
    return rankings


def print_table(queries: Sequence[GoldenQuery], figures: Mapping[str, Mapping[str, Figures]]) -> None:
    """The figures of each phenomenon, of each language and of all, engine beside engine."""
    print(f"{'':16}{'':>5}" + "".join(f"{engine:^30}" for engine in figures))
    print(f"{'':16}{'n':>5}" + "".join(f"{name:>10}" for name in MEASURES) * len(figures))
    groups = {phenomenon: [query for query in queries if query.covers == phenomenon] for phenomenon in _order(queries)}
    groups |= {language: [query for query in queries if query.language == language] for language in ("fr", "en")}
    for label, group in (groups | {"all": list(queries)}).items():
        if group:
            rows = [mean(by_query[query.name] for query in group) for by_query in figures.values()]
            cells = "".join(f"{row[name]:10.3f}" for row in rows for name in MEASURES)
            print(f"{label:16}{len(group):5}{cells}")


def _order(queries: Sequence[GoldenQuery]) -> list[str]:
    return list(dict.fromkeys(query.covers for query in queries))


def print_worst(
    queries: Sequence[GoldenQuery],
    figures: Mapping[str, Mapping[str, Figures]],
    rankings: Mapping[str, Mapping[str, Ranking]],
    count: int,
) -> None:
    """The worst queries of the first engine: what it found with the grades, and what it did not find."""
    engine = next(iter(figures))
    print(f"\nThe worst of {engine}: nDCG@10 (of the others), what came first with its grade; what was not found")
    for query in sorted(queries, key=lambda query: figures[engine][query.name]["nDCG@10"])[:count]:
        found = rankings[engine][query.name]
        others = ", ".join(f"{rows[query.name]['nDCG@10']:.2f}" for name, rows in figures.items() if name != engine)
        print(f"{figures[engine][query.name]['nDCG@10']:.2f} ({others})  {query.name}")
        print("      " + (", ".join(f"{key}={query.grades.get(key, 0)}" for key in found[:6]) or "nothing found"))
        missing = [f"{key}={grade}" for key, grade in query.grades.items() if key not in found]
        if missing:
            print(f"      not found: {', '.join(missing)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
