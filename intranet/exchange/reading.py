"""Reading JSON Lines in bounded memory: one line at a time, none longer than the limit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

from django.utils.translation import gettext as _

from intranet.exchange.exceptions import LineRefused

MAX_LINE_BYTES = 10 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_SKIP_BYTES = 1024 * 1024
_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line that is not blank: its number from 1, its place in the file, its bytes; None when it is too long."""

    number: int
    offset: int
    data: bytes | None


def read_lines(stream: BinaryIO) -> Iterator[RawLine]:
    """The lines that are not blank. What is beyond the limit is skipped piece by piece, never held."""
    offset = number = 0
    while data := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        start, offset = offset, offset + len(data)
        if len(data) > MAX_LINE_BYTES and not data.endswith(b"\n"):
            while piece := stream.readline(_SKIP_BYTES):
                offset += len(piece)
                if piece.endswith(b"\n"):
                    break
            yield RawLine(number, start, None)
        elif data.removeprefix(_BOM).strip():
            yield RawLine(number, start, data)


def read_at(stream: BinaryIO, offset: int) -> dict[str, Any]:
    """The object of the line that begins at ``offset``, which was accepted before."""
    stream.seek(offset)
    return parse_line(stream.readline(MAX_LINE_BYTES + 1))


def parse_line(data: bytes | None) -> dict[str, Any]:
    """The object that a line holds.

    Raises:
        LineRefused: too long, not UTF-8, not JSON, not an object, or with characters that no text has.
    """
    if data is None:
        raise LineRefused(_("The line is longer than %(maximum)d MB.") % {"maximum": MAX_LINE_BYTES // (1024 * 1024)})
    try:
        text = data.removeprefix(_BOM).decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise LineRefused(_("Byte %(place)d of the line is not UTF-8.") % {"place": error.start + 1}) from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise LineRefused(_("The JSON is nested too deeply.")) from None
    except ValueError as error:
        place = getattr(error, "pos", 0) + 1
        raise LineRefused(_("This is not JSON, from character %(place)d on.") % {"place": place}) from None
    if not isinstance(value, dict):
        raise LineRefused(_("The line must hold one JSON object."))
    if _SUSPECT_ESCAPE.search(text):
        _refuse_unreadable(value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_unreadable(value: Any) -> None:
    """No NUL, which PostgreSQL refuses, and no half of a surrogate pair, which UTF-8 has no bytes for."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise LineRefused(_("A text holds a NUL character or half of a character."))
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_unreadable(key)
            _refuse_unreadable(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unreadable(inner)
