"""Measures calls side by side and prints them as a table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one call: the median, and what 95 of 100 stay under."""

    median: float
    slow: float


def measure_side_by_side(
    calls: Mapping[str, Callable[[T], object]], inputs: Sequence[T], *, rounds: int = 3
) -> dict[str, Timing]:
    """Every call with every input, in turns, so that a busy moment falls on all; a first round warms up."""
    milliseconds: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for value in inputs:
            for name, call in calls.items():
                start = time.perf_counter()
                call(value)
                if turn:
                    milliseconds[name].append((time.perf_counter() - start) * 1000)
    return {
        name: Timing(statistics.median(values), statistics.quantiles(values, n=20)[-1])
        for name, values in milliseconds.items()
    }


def print_table(title: str, timings: Mapping[str, Timing]) -> None:
    """The first row is what the others are compared with."""
    reference = next(iter(timings.values())).median
    width = max(map(len, timings))
    print(f"\n{title}\n{'':{width}}  p50 ms  p95 ms  ratio")
    for name, timing in timings.items():
        print(f"{name:{width}}  {timing.median:6.1f}  {timing.slow:6.1f}  {timing.median / reference:5.2f}", flush=True)
