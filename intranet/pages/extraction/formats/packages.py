"""What the packed formats (Word, PowerPoint, Excel, OpenDocument) have in common: a zip file of XML."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import BinaryIO
from zipfile import ZipFile

from lxml import etree

from intranet.pages.extraction.limits import PARTS, UNPACKED_BYTES
from intranet.pages.extraction.pieces import Unreadable

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_IS_ENCRYPTED = 0x1


def check(file: BinaryIO) -> None:
    """Refuse what is protected by a password and what unpacks to too much.

    The sizes that a package declares can be believed: ``zipfile`` gives no more than that of any part, and fails at a
    part that has more.

    Raises:
        Unreadable: with the reason.
        zipfile.BadZipFile: it is no package.
    """
    if file.read(len(_OLE)) == _OLE:
        # Microsoft Office wraps what has a password in its older format.
        raise Unreadable("encrypted" if "EncryptedPackage".encode("utf-16-le") in file.read() else "broken")
    with ZipFile(file) as package:
        parts = package.infolist()
    if any(part.flag_bits & _IS_ENCRYPTED for part in parts):
        raise Unreadable("encrypted")
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise Unreadable("unpacks")
    file.seek(0)


def parse(content: bytes) -> etree._Element:
    """The root of a part. Entities stay as they are: none is expanded, none is fetched."""
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def text_of(
    root: etree._Element, *, blocks: Collection[str], gaps: Mapping[str, str], words: Collection[str] | None = None
) -> str:
    """The text below ``root``: a line for each of the elements ``blocks``, for ``gaps`` what they stand for.

    ``words`` are the elements that hold text; None means all.
    """
    found: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if tag in blocks:
            found.append("\n")
        if event == "start":
            found.append(gaps.get(tag, ""))
            if words is None or tag in words:
                found.append(element.text or "")
        elif words is None and element is not root:
            found.append(element.tail or "")
    return "".join(found)
