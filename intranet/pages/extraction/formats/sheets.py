"""Excel: the sheets that are shown, a line for each row, with the values that formulas had when it was saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any, BinaryIO

import openpyxl

from intranet.pages.extraction.formats import packages
from intranet.pages.extraction.limits import PASSAGE_CHARACTERS
from intranet.pages.extraction.pieces import Piece


def read(file: BinaryIO) -> Iterator[Piece]:
    """The rows of each sheet after its title, in pieces of about the size of a passage."""
    packages.check(file)
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        # Of an empty sheet some programs say that it has a million rows.
        sheet.reset_dimensions()
        lines, size = [sheet.title], 0
        for row in sheet.iter_rows(values_only=True):
            line = "\t".join(_words(value) for value in row if value is not None)
            lines.append(line)
            size += len(line)
            if size > PASSAGE_CHARACTERS:
                yield Piece(None, "\n".join(lines))
                lines, size = [], 0
        yield Piece(None, "\n".join(lines))


def _words(value: Any) -> str:
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return str(value)
