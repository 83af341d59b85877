"""The browser: a Chromium of this machine, headless, that talks to nobody but the site under test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.services.machine import ServiceError, install_packages

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium() -> tuple[str, str]:
    """The program's path and where it comes from; installed when there is none."""
    configured = os.environ.get("CHROMIUM_PATH", "")
    if configured:
        if not Path(configured).is_file():
            raise ServiceError(f"CHROMIUM_PATH names no file: {configured}")
        return configured, "CHROMIUM_PATH"
    found = _find()
    if found is None:
        install_packages("chromium", "fonts-dejavu-core")
        found = _find()
    if found is None:
        raise ServiceError("No Chromium was found. Set CHROMIUM_PATH.")
    return found, "this machine"


def _find() -> str | None:
    return next((path for path in map(shutil.which, _NAMES) if path), None)
