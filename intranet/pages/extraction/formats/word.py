"""Word: paragraphs, tables, text boxes, footnotes and endnotes. Comments and deleted text are left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

from intranet.pages.extraction.formats import packages
from intranet.pages.extraction.pieces import Piece

_BLOCKS = {qn("w:p")}
_WORDS = {qn("w:t")}
_GAPS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_SAID_TWICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOTES = {RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES}


def read(file: BinaryIO) -> Iterator[Piece]:
    """The text as one piece, then that of the notes: Word knows its pages only on the screen."""
    packages.check(file)
    document = docx.Document(file)
    yield _piece(document.element.body)
    for relation in document.part.rels.values():
        if relation.reltype in _NOTES and not relation.is_external:
            yield _piece(packages.parse(relation.target_part.blob))


def _piece(root: etree._Element) -> Piece:
    etree.strip_elements(root, _SAID_TWICE, with_tail=False)
    return Piece(None, packages.text_of(root, blocks=_BLOCKS, gaps=_GAPS, words=_WORDS))
