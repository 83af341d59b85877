"""Reads the document on standard input; its text goes to standard output, as JSON Lines.

``python -m intranet.pages.extraction ENDING SECONDS MEMORY_BYTES`` writes ``{"page": …, "text": …}`` for each passage
and at last ``{"state": …, "is_cut": …, "error": …}``. Nothing of the site is loaded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from intranet.pages.extraction.confinement import confine
from intranet.pages.extraction.limits import CHARACTERS, PAGES, PASSAGE_CHARACTERS
from intranet.pages.extraction.pieces import Piece, Unreadable, divided, tidy

XML_NO_MEMORY = 2
"""``lxml.etree.ErrorTypes.ERR_NO_MEMORY``, the code of a syntax error that is none."""


def main(ending: str, seconds: str, memory_bytes: str) -> None:
    """Confine this process, read, and say how it went."""
    confine(int(seconds), int(memory_bytes))
    error, is_cut = "", False
    try:
        # Its libraries are read here as well, within the same limits.
        from intranet.pages.extraction.formats import reader_of

        # The file's position is shared with whoever opened it.
        with open(0, "rb", closefd=False) as file:
            file.seek(0)
            state, is_cut = write_passages(reader_of(ending)(file))
    except Unreadable as found:
        state = found.state
    except Exception as found:
        is_out_of_memory = isinstance(found, MemoryError) or getattr(found, "code", None) == XML_NO_MEMORY
        state = "too_complex" if is_out_of_memory else "broken"
        # Its message could quote the document.
        error = type(found).__name__
    _write({"state": state, "is_cut": is_cut, "error": error})


def write_passages(pieces: Iterator[Piece]) -> tuple[str, bool]:
    """Write what counts of the pieces; give back the state, and whether something was left out."""
    left, has_words = CHARACTERS, False
    for piece in pieces:
        if piece.page is not None and piece.page > PAGES:
            return _state(has_words), True
        text = tidy(piece.text)
        has_words = has_words or any(character.isalnum() for character in text)
        for part in divided(text[:left], PASSAGE_CHARACTERS):
            _write({"page": piece.page, "text": part})
        if len(text) > left:
            return _state(has_words), True
        left -= len(text)
    return _state(has_words), False


def _state(has_words: bool) -> str:
    return "extracted" if has_words else "empty"


def _write(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
