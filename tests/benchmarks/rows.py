"""A row of the benchmark: what it measures at the small size and at the full one, and what comes out."""

from __future__ import annotations

from typing import ClassVar

from tests.benchmarks.bench import Bench
from tests.benchmarks.report import Result


class Row:
    """Rows that need the same size are measured one after the other; the corpus is written once."""

    name: ClassVar[str]
    what: ClassVar[str]
    bound: ClassVar[str]
    needs_small: ClassVar[bool] = False
    needs_full: ClassVar[bool] = True

    def at_small(self, bench: Bench) -> None:
        """Measure while only a tenth of the items is there."""

    def at_full(self, bench: Bench) -> None:
        """Measure with all items."""

    def on_site(self, bench: Bench) -> None:
        """Measure what needs networks and people, and no items in the index."""

    def result(self, bench: Bench) -> Result:
        """What came out."""
        raise NotImplementedError

    def _result(self, measured: str, is_within: bool, *figures: str) -> Result:
        return Result(self.what, self.bound, measured, is_within, figures)
