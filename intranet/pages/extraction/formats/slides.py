"""PowerPoint: the slides that are shown, each with its notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pptx
from pptx.oxml.ns import qn

from intranet.pages.extraction.formats import packages
from intranet.pages.extraction.pieces import Piece

_BLOCKS = {qn("a:p")}
_WORDS = {qn("a:t")}
_GAPS = {qn("a:br"): "\n", qn("a:tab"): "\t"}


def read(file: BinaryIO) -> Iterator[Piece]:
    """A piece for each slide, numbered as PowerPoint numbers them."""
    packages.check(file)
    for number, slide in enumerate(pptx.Presentation(file).slides, start=1):
        if slide.element.get("show") in ("0", "false"):
            continue
        text = packages.text_of(slide.element, blocks=_BLOCKS, gaps=_GAPS, words=_WORDS)
        notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        yield Piece(number, f"{text}\n{notes.text}" if notes is not None else text)
