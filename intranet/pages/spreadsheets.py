"""Tables that people take away, for their spreadsheet: CSV and XLSX, in which no cell is ever a formula."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

FORMATS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text begins that a spreadsheet would compute: https://owasp.org/www-community/attacks/CSV_Injection."""


Sheet = tuple[str, Sequence[Any], Iterable[Sequence[Any]]]
"""A table of a workbook: its name (empty: the program's own), its head and its rows."""


def as_spreadsheet(name: str, kind: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A table as the file ``name.kind`` to save; ``kind`` is one of ``FORMATS``.

    Numbers stay numbers; moments are those of the site's time zone; what is None is an empty cell.
    """
    response = _as_csv(head, rows) if kind == "csv" else _as_xlsx([("", head, rows)])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}")
    return response


def _as_csv(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    # Spreadsheets take the file for another encoding without it.
    response.write("\ufeff")
    writer = csv.writer(response)
    for row in (head, *rows):
        writer.writerow([_harmless(_plain(value)) for value in row])
    return response


def as_workbook(name: str, sheets: Iterable[Sheet]) -> HttpResponse:
    """Several tables as the file ``name.xlsx``."""
    response = _as_xlsx(sheets)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    return response


def _as_xlsx(sheets: Iterable[Sheet]) -> HttpResponse:
    # Read here: every process that starts would wait for it.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    def cell(sheet: Any, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        # What begins with “=” would be a formula.
        text.data_type = "s"
        return text

    book = Workbook(write_only=True)
    for title, head, rows in sheets:
        sheet = book.create_sheet(title or None)
        for row in (head, *rows):
            sheet.append([cell(sheet, _plain(value)) for value in row])
    content = io.BytesIO()
    book.save(content)
    return HttpResponse(content.getvalue(), content_type=XLSX)


def _plain(value: Any) -> Any:
    """A number, a date, a moment without a zone, or a text."""
    if isinstance(value, datetime.datetime):
        return timezone.make_naive(value).replace(microsecond=0) if timezone.is_aware(value) else value
    return value if value is None or isinstance(value, int | float | datetime.date) else str(value)


def _harmless(value: Any) -> Any:
    """An apostrophe before a text that would be computed, as spreadsheets themselves write it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
