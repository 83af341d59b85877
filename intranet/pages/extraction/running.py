"""Starts a confined process, which has no part of the site's environment, and ends it in time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import intranet

_ROOT = Path(intranet.__file__).parents[1]


def run_confined(module: str, arguments: Sequence[str], *, source: IO[bytes], output: IO[bytes], seconds: float) -> str:
    """Let ``python -m module`` read ``source`` and write ``output``, both with descriptors.

    Gives back nothing when it ended well, ``timed_out`` or ``failed``. The module confines itself
    (``intranet.pages.extraction.confinement``).
    """
    process = subprocess.Popen(
        [sys.executable, "-s", "-B", "-m", module, *arguments],
        stdin=source,
        stdout=output,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        # Nothing of this process's environment, which holds passwords.
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        # Ctrl-C in the worker's terminal is for the worker, which waits.
        start_new_session=True,
    )
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        return "timed_out"
    finally:
        process.kill()
        process.wait()
    return "failed" if code else ""
