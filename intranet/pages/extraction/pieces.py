"""What readers of formats yield, and how it is tidied up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\ufeff\ufffe\uffff]")
_BLANKS = re.compile(r"[^\S\n\u00a0\u202f]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*")


class Piece(NamedTuple):
    """A part of a document's text, with its page or slide (from 1) where the format has pages."""

    page: int | None
    text: str


class Unreadable(Exception):
    """The document has no text to give. ``state`` is the value of ``DocumentText.State`` that says why."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def tidy(text: str) -> str:
    """The text without what no database keeps, line by line, in one form of each accented letter."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    text = _NOT_TEXT.sub("", text.encode("utf-8", "ignore").decode())
    return unicodedata.normalize("NFC", _EMPTY_LINES.sub("\n", _BLANKS.sub(" ", text)).strip())


def divided(text: str, size: int) -> Iterator[str]:
    """``text`` in parts of at most ``size`` characters, which end at a line or a word where there is one."""
    while len(text) > size:
        end = max(text.rfind("\n", size // 2, size), 0) or max(text.rfind(" ", size // 2, size), 0) or size
        yield text[:end].rstrip()
        text = text[end:].lstrip()
    if text:
        yield text
