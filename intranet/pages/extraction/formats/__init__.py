"""One module for each format, with ``read(file)``, which yields the pieces of the document in ``file``.

``file`` is open for reading and can be sought in. A reader raises ``Unreadable`` where it knows why; whatever else it
raises means that the document is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import BinaryIO

from intranet.pages.extraction.pieces import Piece

Reader = Callable[[BinaryIO], Iterator[Piece]]

MODULES = {
    "pdf": "pdf",
    "docx": "word",
    "pptx": "slides",
    "xlsx": "sheets",
    "odt": "opendocument",
    "odp": "opendocument",
    "ods": "opendocument",
    "html": "html",
    "htm": "html",
    "txt": "plain",
    "csv": "plain",
}
"""The module of each ending of a file's name."""


def reader_of(ending: str) -> Reader:
    """The reader of files whose names end in ``ending``; its libraries are loaded now.

    Raises:
        KeyError: no module reads such files.
    """
    reader: Reader = import_module(f"{__name__}.{MODULES[ending]}").read
    return reader
