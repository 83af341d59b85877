"""PDF, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2
import pypdfium2.raw

from intranet.pages.extraction.pieces import Piece, Unreadable

_DIVIDED_WORD = re.compile("[\x02\ufffe]\\s*")
"""Where a word was divided at the end of a line."""


def read(file: BinaryIO) -> Iterator[Piece]:
    """Each page's text. A page that cannot be read is left out as long as another one can."""
    try:
        document = pypdfium2.PdfDocument(file.read())
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY):
            raise Unreadable("encrypted") from None
        raise
    failed = 0
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
            content = text.get_text_range()
            text.close()
            page.close()
        except pypdfium2.PdfiumError:
            failed += 1
            continue
        yield Piece(number + 1, _DIVIDED_WORD.sub("", content))
    if failed == len(document):
        raise Unreadable("broken")
