"""What the process that reads a document may still do: compute, for a while."""

from __future__ import annotations

import os
import resource
import sys
from typing import Any

from intranet.pages.extraction.limits import OUTPUT_BYTES

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "pty.spawn")


def confine(seconds: int, memory_bytes: int) -> None:
    """Limit this process for good: its time, memory and output by the kernel, network, programs and files by Python."""
    # Whoever waits for the answer ends it at ``seconds``; this counts when nobody waits any more.
    _limit(resource.RLIMIT_CPU, seconds + 1)
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_FSIZE, OUTPUT_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    sys.addaudithook(_refuse)


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


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    is_writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES
    if is_writing or event.startswith(_REFUSED):
        raise PermissionError(f"The reader of documents does no {event}.")
