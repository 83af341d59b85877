"""OpenDocument text, slides and spreadsheets. Comments, tracked changes and hidden sheets are left out.

Its text is one part of XML (OASIS OpenDocument 1.3, part 3), which is read as it is: the libraries for it lay the text
out and bring comments and repeated cells along.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from zipfile import ZipFile

from lxml import etree

from intranet.pages.extraction.formats import packages
from intranet.pages.extraction.pieces import Piece, Unreadable

_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TEXT, _TABLE, _DRAW, _MANIFEST = (
    f"{{{_NAMESPACE}{name}:1.0}}" for name in ("office", "text", "table", "drawing", "manifest")
)
_STYLE = f"{{{_NAMESPACE}style:1.0}}"
_BLOCKS = {f"{_TEXT}p", f"{_TEXT}h"}
_GAPS = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_NOT_SHOWN = (f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_OFFICE}forms", f"{_OFFICE}scripts")


def read(file: BinaryIO) -> Iterator[Piece]:
    """A piece for each slide or sheet, or the whole text as one."""
    packages.check(file)
    with ZipFile(file) as package:
        if b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise Unreadable("encrypted")
        root = packages.parse(package.read("content.xml"))
    body = root.find(f"{_OFFICE}body")
    if body is None or not len(body):
        raise Unreadable("broken")
    etree.strip_elements(body, *_NOT_SHOWN, with_tail=False)
    hidden = _hidden_styles(root)
    if body.find(f"{_OFFICE}presentation") is not None:
        for number, slide in enumerate(body.iter(f"{_DRAW}page"), start=1):
            if slide.get(f"{_DRAW}style-name") not in hidden:
                yield Piece(number, _text(slide))
    elif body.find(f"{_OFFICE}spreadsheet") is not None:
        for sheet in body.iterfind(f"{_OFFICE}spreadsheet/{_TABLE}table"):
            if sheet.get(f"{_TABLE}style-name") not in hidden:
                yield Piece(None, f"{sheet.get(f'{_TABLE}name', '')}\n{_text(sheet)}")
    else:
        yield Piece(None, _text(body))


def _text(root: etree._Element) -> str:
    return packages.text_of(root, blocks=_BLOCKS, gaps=_GAPS)


def _hidden_styles(root: etree._Element) -> set[str | None]:
    """The names of the styles of slides and sheets that are not shown."""
    properties = root.iterfind(f"{_OFFICE}automatic-styles/{_STYLE}style/*")
    return {
        element.getparent().get(f"{_STYLE}name")
        for element in properties
        if element.get(f"{_TABLE}display") == "false"
        or element.get(f"{{{_NAMESPACE}presentation:1.0}}visibility") == "hidden"
    }
