"""Reads queries.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).with_name("queries.yaml")
GRADES = (3, 2, 1)


@dataclass(frozen=True)
class GoldenQuery:
    """What ``reader`` (an e-mail address) types, and the grades (1 to 3) of what answers it, by the item's demo key."""

    text: str
    language: str
    reader: str
    covers: str
    grades: Mapping[str, int]

    @property
    def name(self) -> str:
        """Names the query in figures and messages."""
        return f"{self.covers}: {self.text} [{self.language}, {self.reader.partition('@')[0]}]"


def read_queries() -> tuple[GoldenQuery, ...]:
    """All queries, in the order of the file."""
    content = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    readers: dict[str, dict[str, str]] = content["readers"]
    usual = {reader["usual_in"]: name for name, reader in readers.items() if "usual_in" in reader}
    return tuple(
        _query(line, covers, readers[line.get("reader", usual[line["in"]])]["email"])
        for covers, lines in content["queries"].items()
        for line in lines
    )


def _query(line: Mapping[Any, Any], covers: str, reader: str) -> GoldenQuery:
    unknown = set(line) - {"q", "in", "reader", *GRADES}
    if unknown:
        raise ValueError(f"{PATH.name}, {line['q']!r}: unknown {sorted(map(str, unknown))}.")
    grades = [(item, grade) for grade in GRADES for item in line.get(grade, ())]
    if len(dict(grades)) != len(grades):
        raise ValueError(f"{PATH.name}, {line['q']!r}: an item has two grades.")
    return GoldenQuery(line["q"], line["in"], reader, covers, dict(grades))
