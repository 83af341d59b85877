"""What the system has to have for PDF: the libraries by which WeasyPrint sets text."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

from django.core.checks import CheckMessage, Warning, register

NEEDED = ("gobject-2.0", "pango-1.0", "pangoft2-1.0", "harfbuzz", "harfbuzz-subset", "fontconfig")
"""As the linker names them."""
VERSIONS = {"fontconfig": "1"}
"""Of their interfaces; 0 for the others."""


@cache
def missing_libraries() -> tuple[str, ...]:
    """Those that this system does not have, in the order of ``NEEDED``; looked for once in a process."""
    return tuple(name for name in NEEDED if not _is_there(name))


def _is_there(name: str) -> bool:
    version = VERSIONS.get(name, "0")
    file = f"lib{name}.{version}.dylib" if sys.platform == "darwin" else f"lib{name}.so.{version}"
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


@register("memos")
def check_libraries(**kwargs: Any) -> list[CheckMessage]:
    """W001: the site runs, but makes no PDF."""
    missing = missing_libraries()
    if not missing:
        return []
    return [
        Warning(
            f"This server makes no PDF of memos and notes: it has no {', '.join(missing)}. "
            "Readers are offered the print view instead.",
            hint="On Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core.",
            id="intranet.memos.W001",
        )
    ]
