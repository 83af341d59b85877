"""Runs the benchmarks on a database of their own: ``python -m tests.benchmarks [NAME…]``."""

from __future__ import annotations

import argparse
import os
import sys

import django


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.test")
    django.setup()
    # Benchmarks import models, which takes a set-up Django.
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from tests.benchmarks import searching, site

    benchmarks = {module.NAME: module for module in (searching, site)}
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(benchmarks)}; all when none is named")
    for module in benchmarks.values():
        module.add_arguments(parser)
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - set(benchmarks))
    if unknown:
        parser.error(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(benchmarks)}.")
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        for name in options.names or benchmarks:
            benchmarks[name].run(options)
    finally:
        teardown_databases(databases, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
