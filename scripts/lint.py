"""Runs every check, whatever the others say, and ends with 1 if one of them found something."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m"]
CHECKS = {
    "ruff check": [*PYTHON, "ruff", "check", "."],
    "ruff format": [*PYTHON, "ruff", "format", "--check", "."],
    "mypy": [*PYTHON, "mypy"],
    "import-linter": [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"],
    "templates": [*PYTHON, "djlint", "--lint", "--quiet", "intranet"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "system checks": [sys.executable, "manage.py", "check"],
}


def main() -> int:
    # The checks look at the code alone, not at what the environment happens to name.
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ELASTICSEARCH_URL")
    }
    environment["DJANGO_SETTINGS_MODULE"] = "intranet.settings.test"
    failed = []
    for name, command in CHECKS.items():
        print(f"lint: {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
    print(f"lint: FAILED: {', '.join(failed)}" if failed else "lint: everything is clean", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
