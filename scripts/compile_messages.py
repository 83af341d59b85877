"""Compiles the catalogues of translations that are newer than their compiled form. Needs polib, not gettext."""

from __future__ import annotations

import os
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def catalogues() -> list[Path]:
    """All catalogues of the project: its own, and those of its apps."""
    folders = (ROOT / "locale", ROOT / "intranet", ROOT / "search")
    return sorted(path for folder in folders for path in folder.rglob("LC_MESSAGES/*.po"))


def compile_catalogue(source: Path) -> bool:
    """Writes the compiled form in one step, so that a server never reads a half; False when it was current."""
    compiled = source.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return False
    partial = compiled.with_suffix(f".{os.getpid()}.tmp")
    polib.pofile(str(source)).save_as_mofile(str(partial))
    partial.replace(compiled)
    return True


if __name__ == "__main__":
    for path in catalogues():
        if compile_catalogue(path):
            print(f"messages: compiled {path.relative_to(ROOT)}", flush=True)
