"""Writes exchange files for the tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intranet.exchange.importing import import_file
from intranet.exchange.reports import Report
from tests.search.conftest import elasticsearch, engine, sync, without_elasticsearch

__all__ = ["elasticsearch", "engine", "sync", "without_elasticsearch"]

WriteLines = Callable[..., Path]
Bring = Callable[..., Report]


def written(path: Path, *lines: Any) -> Path:
    """The file with objects (or raw bytes) as its lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    path.write_bytes(b"\n".join(encoded) + b"\n")
    return path


@pytest.fixture
def write_lines(tmp_path: Path) -> WriteLines:
    """Writes objects (or raw bytes) as the lines of one file, in a folder of its own."""

    def write(*lines: Any, name: str = "in/content.jsonl") -> Path:
        return written(tmp_path / name, *lines)

    return write


@pytest.fixture
def bring(write_lines: WriteLines) -> Bring:
    """Imports lines; the report."""

    def run(*lines: Any, **options: Any) -> Report:
        return import_file(write_lines(*lines), **options)

    return run
