"""Lets a process of its own read one document, and checks what it wrote."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Annotated, Literal

from django.core.files import File
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from intranet.pages.extraction.formats import MODULES
from intranet.pages.extraction.limits import CHARACTERS, OUTPUT_BYTES, PAGES, PASSAGE_CHARACTERS, Limits
from intranet.pages.extraction.pieces import Piece, tidy
from intranet.pages.extraction.running import run_confined

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """What came of reading one document. ``state`` is a value of ``DocumentText.State``."""

    state: str
    passages: tuple[Piece, ...] = ()
    is_cut: bool = False

    @property
    def may_succeed_later(self) -> bool:
        """Whether the machine may be to blame, and not the file."""
        return self.state in ("timed_out", "failed", "missing")


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Passage(_Line):
    page: Annotated[int, Field(ge=1, le=PAGES)] | None
    text: Annotated[str, Field(min_length=1, max_length=PASSAGE_CHARACTERS)]


class _End(_Line):
    state: Literal["extracted", "empty", "encrypted", "broken", "too_complex", "unpacks"]
    is_cut: bool
    error: Annotated[str, Field(max_length=200)]


def read_document(file: File, name: str, limits: Limits) -> Reading:
    """Read the text of ``file``, whose format the ending of ``name`` tells. Never raises because of the file.

    ``file`` is closed, or open at any position; nothing of it is loaded into this process.
    """
    ending = name.rpartition(".")[2].lower()
    if ending not in MODULES:
        return Reading("unsupported")
    try:
        opened = file.open("rb")
    except (OSError, ValueError):
        # Django says that a file has no name, or is gone, by a ValueError.
        return Reading("missing")
    with opened:
        if opened.size > limits.file_bytes:
            return Reading("too_large")
        with _on_disk(opened) as source, TemporaryFile() as output:
            state = _run(ending, source, output, limits)
            return Reading(state) if state else _checked(output, ending)


@contextmanager
def _on_disk(opened: File) -> Iterator[IO[bytes]]:
    """The file with a descriptor that another process can read; a copy when its storage is elsewhere."""
    source = opened.file
    try:
        source.fileno()
    except (AttributeError, OSError):
        with TemporaryFile() as copy:
            shutil.copyfileobj(opened, copy)
            copy.flush()
            yield copy
    else:
        yield source


def _run(ending: str, source: IO[bytes], output: IO[bytes], limits: Limits) -> str:
    """Let the process write into ``output``; give back what is wrong, or nothing when it ended by itself."""
    arguments = [ending, str(limits.seconds), str(limits.memory_bytes)]
    return run_confined("intranet.pages.extraction", arguments, source=source, output=output, seconds=limits.seconds)


def _checked(output: IO[bytes], ending: str) -> Reading:
    """What the process wrote, believed only as far as it is what a reader may write."""
    output.seek(0)
    lines = output.read(OUTPUT_BYTES).splitlines()
    try:
        passages = [_Passage.model_validate_json(line) for line in lines[:-1]]
        end = _End.model_validate_json(lines[-1] if lines else b"")
    except ValidationError:
        logger.warning("The reader of .%s documents wrote what it must not.", ending)
        return Reading("failed")
    if end.error:
        logger.info("A .%s document cannot be read: %s.", ending, end.error)
    if end.state != "extracted" or sum(len(passage.text) for passage in passages) > CHARACTERS:
        return Reading("failed" if end.state == "extracted" else end.state)
    return Reading(end.state, tuple(Piece(passage.page, tidy(passage.text)) for passage in passages), end.is_cut)
