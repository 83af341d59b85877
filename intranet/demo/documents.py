"""Makes the demo's attachments, real PDF and Word files, from Markdown."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from django.utils.text import slugify
from docx import Document
from docx.document import Document as WordDocument
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import inch
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from .content import ContentError, Source, Text
from .typography import polish


class Block(NamedTuple):
    """A piece of a document: ``heading``, ``paragraph``, ``bullet``, ``number`` or ``table`` (rows of cells)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


_LIST_KINDS = {"bullet_list": "bullet", "ordered_list": "number"}


def iter_blocks(markdown: str) -> Iterator[Block]:
    """Yield the blocks of *markdown*; emphasis and links are reduced to their text."""
    for node in SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(markdown)).children:
        if node.type == "table":
            yield Block("table", rows=tuple(_iter_rows(node)))
        elif node.type in _LIST_KINDS:
            for entry in node.children:
                yield Block(_LIST_KINDS[node.type], _plain(entry))
        else:
            yield Block(node.type, _plain(node))


def _iter_rows(table: SyntaxTreeNode) -> Iterator[tuple[str, ...]]:
    for part in table.children:
        for row in part.children:
            yield tuple(_plain(cell) for cell in row.children)


def _plain(node: SyntaxTreeNode) -> str:
    if node.type in {"softbreak", "hardbreak"}:
        return " "
    return node.content if node.type == "text" else "".join(_plain(child) for child in node.children)


def file_name(source: Source, text: Text) -> str:
    """Return the file name of one language version, made from its title in that language."""
    stem = slugify(re.sub(r"\W+", "-", text.title))
    return f"{stem}.{source.meta['format']}"


def write_document(source: Source, text: Text, folder: Path) -> Path:
    """Write one language version of *source* into *folder* and return the file's path."""
    path = folder / file_name(source, text)
    blocks = list(iter_blocks(polish(text.body, text.language)))
    title = polish(text.title, text.language)
    writers = {"pdf": _write_pdf, "docx": _write_docx}
    if source.meta["format"] not in writers:
        raise ContentError(f"documents/{source.key}: format is one of {', '.join(sorted(writers))}.")
    writers[source.meta["format"]](path, title, text.language, blocks)
    return path


def _write_pdf(path: Path, title: str, language: str, blocks: list[Block]) -> None:
    styles = getSampleStyleSheet()
    story: list[Flowable] = [Paragraph(escape(title), styles["Title"])]
    number = 0
    for block in blocks:
        number = number + 1 if block.kind == "number" else 0
        story.append(_flowable(block, number, styles))
        story.append(Spacer(1, 0.08 * inch))
    SimpleDocTemplate(str(path), pagesize=letter, title=title, lang=f"{language}-CA", invariant=1).build(story)


def _flowable(block: Block, number: int, styles: dict[str, object]) -> Flowable:
    match block.kind:
        case "heading":
            return Paragraph(escape(block.text), styles["Heading2"])
        case "bullet":
            return Paragraph(escape(block.text), styles["BodyText"], bulletText="•")
        case "number":
            return Paragraph(escape(block.text), styles["BodyText"], bulletText=f"{number}.")
        case "table":
            cells = [[Paragraph(escape(cell), styles["BodyText"]) for cell in row] for row in block.rows]
            lines = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "grey"), ("VALIGN", (0, 0), (-1, -1), "TOP")])
            return Table(cells, style=lines, repeatRows=1)
    return Paragraph(escape(block.text), styles["BodyText"])


def _write_docx(path: Path, title: str, language: str, blocks: list[Block]) -> None:
    document = Document()
    document.core_properties.title = title
    document.core_properties.language = f"{language}-CA"
    document.add_heading(title, level=0)
    styles = {"paragraph": None, "bullet": "List Bullet", "number": "List Number"}
    for block in blocks:
        if block.kind == "heading":
            document.add_heading(block.text, level=1)
        elif block.kind == "table":
            _add_table(document, block.rows)
        else:
            document.add_paragraph(block.text, style=styles[block.kind])
    document.save(str(path))


def _add_table(document: WordDocument, rows: tuple[tuple[str, ...], ...]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for line, row in zip(table.rows, rows, strict=True):
        for cell, content in zip(line.cells, row, strict=True):
            cell.text = content
