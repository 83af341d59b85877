"""Runs the benchmarks on a database of their own: ``python -m tests.benchmarks [NAME…]``; 1 when a bound is broken."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import django


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.test")
    django.setup()
    # Benchmarks import models, which takes a set-up Django.
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from tests.benchmarks import running, site
    from tests.benchmarks.bench import Bench
    from tests.benchmarks.report import DOCUMENT, beyond_bounds, conclude

    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    known = [*(row.name for row in running.ROWS), site.NAME]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}; none: all but {site.NAME}")
    parser.add_argument("--documents", type=int, default=running.DOCUMENTS, help=f"items ({running.DOCUMENTS:,})")
    parser.add_argument("--networks", type=int, default=running.NETWORKS, help=f"networks ({running.NETWORKS:,})")
    parser.add_argument("--texts", type=Path, help="folder of manual pages (Debian's packages are brought)")
    parser.add_argument("--output", type=Path, help="write the page there (all rows at full size: docs/benchmarks.md)")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - set(known)):
        parser.error(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(known)}.")
    rows = [name for name in options.names if name != site.NAME]
    is_whole = not options.names and (options.documents, options.networks) == (running.DOCUMENTS, running.NETWORKS)
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    beyond: list[str] = []
    try:
        if rows or not options.names:
            bench = Bench(options.documents, options.networks, options.texts)
            results = running.run(bench, rows, options.output or (DOCUMENT if is_whole else None))
            beyond += beyond_bounds(results)
        if site.NAME in options.names:
            beyond += site.run(options.networks, options.documents // 2)
    finally:
        teardown_databases(databases, verbosity=0)
    return conclude(beyond)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
