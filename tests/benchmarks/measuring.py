"""Measures calls side by side, and notes what a call asks of Elasticsearch."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from unittest.mock import patch

from elastic_transport import Transport

T = TypeVar("T")


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one call: the median, and what 95 of 100 stay under."""

    median: float
    slow: float

    def __str__(self) -> str:
        return f"p50 {self.median:.1f} ms, p95 {self.slow:.1f} ms"


def timing_of(milliseconds: Sequence[float]) -> Timing:
    return Timing(statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1])


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
    return {name: timing_of(values) for name, values in milliseconds.items()}


@dataclass(frozen=True)
class Asked:
    """A request that went to Elasticsearch."""

    method: str
    path: str
    body: Any


@contextmanager
def requests_noted() -> Iterator[list[Asked]]:
    """What this process asks of Elasticsearch meanwhile; every request goes its way."""
    asked: list[Asked] = []
    send = Transport.perform_request

    def note(transport: Transport, method: str, target: str, *, body: Any = None, **options: Any) -> Any:
        asked.append(Asked(method, target, body))
        return send(transport, method, target, body=body, **options)

    with patch.object(Transport, "perform_request", note):
        yield asked
