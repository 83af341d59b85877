"""Makes the PDF of a sheet in a process of its own, within limits."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from functools import cache
from tempfile import TemporaryFile
from threading import BoundedSemaphore

from django.apps import apps
from django.utils.translation import gettext as _

from intranet.memos.exceptions import MemoError
from intranet.memos.printing.libraries import missing_libraries
from intranet.memos.printing.limits import CHARACTERS, IMAGE_BYTES, OUTPUT_BYTES
from intranet.pages.extraction.running import run_confined

logger = logging.getLogger(__name__)

WAIT_SECONDS = 5
"""For another PDF of this process to be done."""


class NoPdf(MemoError):
    """Why there is no PDF, in words for the reader. ``status`` is the answer's."""

    status = 503


class PdfMissing(NoPdf):
    """This server cannot make one."""

    status = 501


class PdfTooLarge(NoPdf):
    """The sheet is beyond the limits."""

    status = 422


class PdfBusy(NoPdf):
    """Others are being made; in a moment it goes."""


class PdfFailed(NoPdf):
    """The process that makes it ended without one."""

    status = 500


def is_pdf_possible() -> bool:
    """Whether this server can make PDF."""
    return not missing_libraries()


def refuse_images(size: int) -> None:
    """Refuse images that come to more than the limit, in bytes.

    Raises:
        PdfTooLarge: they do.
    """
    if size > IMAGE_BYTES:
        raise PdfTooLarge(_("The images of this text are too large for a PDF."))


def make_pdf(html: str, *, base_url: str, images: Mapping[str, bytes]) -> bytes:
    """The PDF of a sheet: tagged (PDF/UA-1), with nothing in it but ``html`` and ``images`` by their names.

    At most ``PDF_AT_ONCE`` are made at once by a process of the site, each within ``PDF_SECONDS`` and
    ``PDF_MEMORY_MEGABYTES``.

    Raises:
        PdfMissing: the server lacks Pango.
        PdfTooLarge: the sheet is beyond the limits.
        PdfBusy: too many are being made.
        PdfFailed: none came out.
    """
    if not is_pdf_possible():
        raise PdfMissing(_("This server makes no PDF."))
    refuse_images(sum(map(len, images.values())))
    if len(html) > CHARACTERS:
        raise PdfTooLarge(_("This text is too long for a PDF."))
    if not _presses().acquire(timeout=WAIT_SECONDS):
        raise PdfBusy(_("Many PDFs are being made at this moment. Try again in a minute."))
    try:
        return _pressed(html, base_url, images)
    finally:
        _presses().release()


@cache
def _presses() -> BoundedSemaphore:
    return BoundedSemaphore(_setting("PDF_AT_ONCE"))


def _setting(name: str) -> int:
    return int(apps.get_app_config("memos").setting(name))  # type: ignore[attr-defined]


def _pressed(html: str, base_url: str, images: Mapping[str, bytes]) -> bytes:
    sheet = {
        "html": html,
        "base_url": base_url,
        "images": {name: base64.b64encode(data).decode() for name, data in images.items()},
    }
    seconds, memory = _setting("PDF_SECONDS"), _setting("PDF_MEMORY_MEGABYTES") * 1024**2
    with TemporaryFile() as source, TemporaryFile() as output:
        source.write(json.dumps(sheet).encode())
        source.flush()
        problem = run_confined(
            "intranet.memos.printing", [str(seconds), str(memory)], source=source, output=output, seconds=seconds
        )
        output.seek(0)
        made = b"" if problem else output.read(OUTPUT_BYTES)
    if problem == "timed_out":
        raise PdfTooLarge(_("This text is too long or too complex for a PDF."))
    if not made.startswith(b"%PDF-"):
        logger.error("A PDF was not made: the process that makes it failed, or came to its limit of memory.")
        raise PdfFailed(_("The PDF could not be made."))
    return made
