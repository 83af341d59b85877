"""The recorded figures, below which none may fall."""

from __future__ import annotations

import json
import math
from pathlib import Path

from tests.golden.measuring import Figures

PATH = Path(__file__).with_name("recorded.json")
DIGITS = 3


def recorded() -> dict[str, Figures]:
    """The recorded figures by engine."""
    content: dict[str, Figures] = json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
    return content


def record(measured: dict[str, Figures]) -> dict[str, Figures]:
    """Write those of the figures that are better than the recorded ones, rounded down; give back what changed.

    A figure that falls for a good reason is lowered in the file by hand, so that a review sees it.
    """
    known, changed = recorded(), {}
    for engine, figures in measured.items():
        before = known.get(engine, {})
        better = {name: floor(value) for name, value in figures.items() if floor(value) > before.get(name, -1.0)}
        if better:
            changed[engine] = better
            known[engine] = before | better
    PATH.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n", encoding="utf-8")
    return changed


def floor(value: float) -> float:
    """Rounded down, so that what was recorded is reached again."""
    return math.floor(value * 10**DIGITS) / 10**DIGITS
