"""Writes requirements/*.txt from pyproject.toml: exact versions with hashes, for Python 3.11 to 3.13. Needs uv."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = [
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--quiet"),
    *("--custom-compile-command", "make lock"),
]


def lock(name: str, *options: str) -> None:
    target = f"requirements/{name}.txt"
    command = ["uv", "pip", "compile", "pyproject.toml", *OPTIONS, *options, *sys.argv[1:], "--output-file", target]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    print(f"lock: wrote {target}")


if __name__ == "__main__":
    (ROOT / "requirements").mkdir(exist_ok=True)
    try:
        lock("base")
        lock("dev", "--extra", "dev", "--constraint", "requirements/base.txt")
    except FileNotFoundError as error:
        raise SystemExit("uv is needed to lock. Install it with: python3 -m pip install uv") from error
