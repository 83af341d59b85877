"""What the process that reads a document may still do: compute, for a while.

The kernel holds the limits of time, memory and output. The rest is held by Python's audit hook, which sees what Python
code does: a reader that a document deceives opens no file, no connection and no program. It is no sandbox:
native code (PDFium, libxml2) does not pass the hook, so a document that exploits a fault there may do what the worker's
account may.
"""

from __future__ import annotations

import mimetypes
import os
import resource
import sys
import sysconfig
from pathlib import Path
from typing import Any

from intranet.pages.extraction.limits import OUTPUT_BYTES

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "pty.spawn")
_READS = ("open", "os.listdir", "os.scandir")
_HERE = Path(__file__).resolve().parent


def confine(seconds: int, memory_bytes: int, output_bytes: int = OUTPUT_BYTES) -> None:
    """Limit this process for good: its time, memory and output by the kernel, network, programs and files by Python."""
    # Whoever waits for the answer ends it at ``seconds``; this counts when nobody waits any more.
    _limit(resource.RLIMIT_CPU, seconds + 1)
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_FSIZE, output_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    readable = _readable()

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        is_refused = event.startswith(_REFUSED)
        if event in _READS:
            is_writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES
            is_refused = bool(is_writing) or not _is_within(arguments[0], readable)
        if is_refused:
            raise PermissionError(f"The reader of documents does no {event}.")

    sys.addaudithook(refuse)


def _readable() -> tuple[str, ...]:
    """The folders of the interpreter and its libraries, and what they read on their own; of the site only this one.

    The libraries are imported while the process is confined already, so they must be there to be read.
    """
    # The folder of the site is on the path too, unless the site is installed among the libraries.
    libraries = {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    folders = {os.path.realpath(entry) for entry in sys.path} - ({str(_HERE.parents[2])} - libraries)
    return (*(f"{folder}/" for folder in sorted({*folders, str(_HERE)})), *mimetypes.knownfiles)


def _is_within(path: Any, readable: tuple[str, ...]) -> bool:
    """Whether it is a descriptor that is open already, or a path below one of the folders, links followed."""
    if isinstance(path, int):
        return True
    real = os.path.realpath(os.fsdecode("." if path is None else path))
    return real in readable or f"{real}/".startswith(tuple(entry for entry in readable if entry.endswith("/")))


def _limit(kind: int, value: int) -> None:
    """Lower a limit; where the system has none of this kind (memory on macOS), time alone bounds."""
    _, highest = resource.getrlimit(kind)
    if highest != resource.RLIM_INFINITY:
        value = min(value, highest)
    try:
        resource.setrlimit(kind, (value, value))
    except (ValueError, OSError):
        if kind != resource.RLIMIT_AS or sys.platform != "darwin":
            raise
