"""Writes requirements/*.txt from pyproject.toml and uv.in: exact versions with hashes, for Python 3.11 to 3.13."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from environment import uv

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = [
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--quiet"),
    *("--custom-compile-command", "make lock"),
]


def lock(command: str, name: str, source: str, *options: str) -> None:
    target = f"requirements/{name}.txt"
    arguments = ["pip", "compile", source, *OPTIONS, *options, *sys.argv[1:], "--output-file", target]
    subprocess.run([command, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    print(f"lock: wrote {target}")


if __name__ == "__main__":
    found = uv()
    if found is None:
        raise SystemExit("uv is needed to lock. It comes with: make install")
    lock(found, "uv", "requirements/uv.in")
    lock(found, "base", "pyproject.toml")
    lock(found, "dev", "pyproject.toml", "--extra", "dev", "--constraint", "requirements/base.txt")
