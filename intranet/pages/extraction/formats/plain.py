"""Plain text in whatever encoding."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from charset_normalizer import from_bytes

from intranet.pages.extraction.limits import CHARACTERS
from intranet.pages.extraction.pieces import Piece, Unreadable

_LONGEST_CHARACTER_BYTES = 4


def read(file: BinaryIO) -> Iterator[Piece]:
    """As much of the text as counts, as one piece."""
    # One more, which tells that there is more.
    content = file.read(CHARACTERS * _LONGEST_CHARACTER_BYTES + 1)
    try:
        # The last character may be cut.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(content, final=False)
        if "\0" not in text:
            yield Piece(None, text)
            return
    except UnicodeDecodeError:
        pass
    guesses = from_bytes(content)
    if not guesses:
        raise Unreadable("broken")
    # Of equally likely ones, the one in which French and English were written.
    yield Piece(None, str(min(guesses, key=lambda guess: (guess.chaos, -guess.coherence, guess.encoding != "cp1252"))))
