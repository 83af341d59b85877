"""How much of a document is read, and what that may cost."""

from __future__ import annotations

from dataclasses import dataclass

PAGES = 500
CHARACTERS = 500_000
PASSAGE_CHARACTERS = 4_000
"""A longer page, or a text without pages, is divided into passages of this size."""
PARTS = 10_000
UNPACKED_BYTES = 400 * 1024**2
"""What the parts of a packed document (Word, OpenDocument, …) may come to together."""
OUTPUT_BYTES = 8 * 1024**2
"""More than half a million characters take as JSON, whichever they are."""


@dataclass(frozen=True)
class Limits:
    """What one document may cost. The site sets them; see ``PagesConfig.default_settings``."""

    seconds: int = 30
    memory_bytes: int = 1024**3
    file_bytes: int = 100 * 1024**2
