"""Real documents, good and bad, made here."""

from __future__ import annotations

import datetime
import io
import zlib
from collections.abc import Iterable
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import openpyxl
import pptx
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PREFIXES = {"draw": "drawing", "pres": "presentation"}
OPENDOCUMENT = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{PREFIXES.get(prefix, prefix)}:1.0"'
    for prefix in ("office", "text", "table", "style", "draw", "pres")
)


def pdf(*pages: str, user_password: str | None = None, owner_password: str = "") -> bytes:
    """A page for each text, line by line."""
    file = io.BytesIO()
    is_protected = user_password is not None
    canvas = Canvas(file, encrypt=StandardEncryption(user_password, owner_password) if is_protected else None)
    for page in pages:
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(72, 720 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def scanned_pdf() -> bytes:
    """A page that is a picture."""
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawImage(ImageReader(Image.new("RGB", (200, 300), "#cccccc")), 50, 50)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def pdf_of_commands(commands: bytes) -> bytes:
    """A page drawn by these commands, packed small."""
    packed = zlib.compress(commands)
    font = b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources" + font + b">>",
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        content
        + b"xref\n0 5\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(content)
    )


def slow_pdf() -> bytes:
    """A small file whose only page takes minutes."""
    return pdf_of_commands(b"BT /F1 1 Tf 1 0 0 1 10 10 Tm (a b) Tj ET\n" * 3_000_000)


def word(*paragraphs: str, table: Iterable[Iterable[str]] = ()) -> bytes:
    """A Word document, with a table at its end."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    for row in table:
        cells = list(row)
        for cell, text in zip(document.add_table(1, len(cells)).rows[0].cells, cells, strict=True):
            cell.text = text
    return _saved(document)


def word_of(xml: str) -> bytes:
    """A Word document whose main part is this XML."""
    return with_part(word("x"), "word/document.xml", xml.encode())


def body(xml: str) -> str:
    """The main part of a Word document with this body."""
    return f"<w:document {WORD}><w:body>{xml}</w:body></w:document>"


def slides(*texts: tuple[str, str, str], hidden: Iterable[int] = ()) -> bytes:
    """A presentation: title, text and notes of each slide; those with a number in ``hidden`` are not shown."""
    presentation = pptx.Presentation()
    for number, (title, text, notes) in enumerate(texts, start=1):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
        if number in hidden:
            slide.element.set("show", "0")
    return _saved(presentation)


def workbook(**sheets: list[list[Any]]) -> bytes:
    """A workbook; a sheet whose name begins with ``hidden`` is not shown."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
        for row in rows:
            sheet.append(row)
    return _saved(book)


def opendocument(kind: str, content: str, *, styles: str = "", manifest: str = "") -> bytes:
    """An OpenDocument file of the kind ``text``, ``presentation`` or ``spreadsheet``, written by hand."""
    xml = (
        f"<office:document-content {OPENDOCUMENT}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{content}</office:{kind}></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        package.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        package.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        package.writestr("content.xml", xml)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The packed document with this part in place of, or beside, its own."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for other in old.namelist():
            if other != name:
                new.writestr(other, old.read(other))
        new.writestr(name, part)
    return file.getvalue()


def zip_bomb(megabytes: int) -> bytes:
    """A Word document with a part that unpacks to so much."""
    file = io.BytesIO(word("harmless"))
    with ZipFile(file, "a", ZIP_DEFLATED) as package, package.open("word/media/bomb.bin", "w") as part:
        for _each in range(megabytes):
            part.write(bytes(1024**2))
    return file.getvalue()


def lying_zip_bomb() -> bytes:
    """A Word document whose main part is many times larger than the package says."""
    xml = body("<w:p><w:r><w:t>beginning</w:t></w:r></w:p>" + "<w:p/>" * 2_000_000)
    size = len(xml).to_bytes(4, "little")
    content = word_of(xml)
    assert content.count(size) == 2
    return content.replace(size, (400).to_bytes(4, "little"))


def billion_laughs() -> str:
    """The main part of a Word document that would grow to a billion words."""
    entities = '<!ENTITY a0 "laugh ">'
    for number in range(1, 10):
        entities += f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">'
    return f"<!DOCTYPE w:document [{entities}]>{body('<w:p><w:r><w:t>before &a9;</w:t></w:r></w:p>')}"


def office_with_password() -> bytes:
    """What Microsoft Office makes of a document with a password begins and is named like this."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


def _saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


DAY = datetime.datetime(2026, 1, 2)  # noqa: DTZ001 - spreadsheets know no time zones
