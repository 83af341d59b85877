"""HTML: its title and its text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from bs4 import BeautifulSoup

from intranet.pages.extraction.pieces import Piece

_NOT_SHOWN = ("script", "style", "template", "noscript")
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
}  # fmt: skip
"""Elements inside of a line; every other one begins a line."""


def read(file: BinaryIO) -> Iterator[Piece]:
    """The text as one piece, a line for each block."""
    page = BeautifulSoup(file.read(), "lxml")
    for element in page(_NOT_SHOWN):
        element.decompose()
    for element in page(lambda tag: tag.name not in _INLINE):
        element.insert_before("\n")
        element.append("\n")
    yield Piece(None, page.get_text())
