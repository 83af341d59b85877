"""A server as a child process: it has its own session, drops root, and dies with us, however we die."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.services.machine import ServiceError, as_user

_PR_SET_PDEATHSIG = 1
_GONE_SECONDS = 10
PATIENCE_SECONDS = 120
"""After which what should have happened long ago is taken for lost."""


def die_with_parent(signal_number: int) -> Callable[[], None] | None:
    """For ``preexec_fn``: the kernel signals the child when we end, even by SIGKILL. None where it cannot."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Returns when it is so, which another program decides; what never comes is an error."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.05)


class ServerProcess:
    """Starts ``command``, waits until ``is_ready``, and stops it."""

    def __init__(
        self,
        *,
        name: str,
        command: list[str],
        log: Path,
        is_ready: Callable[[], bool],
        user: pwd.struct_passwd | None = None,
        environment: Mapping[str, str] | None = None,
        stop_signal: int = signal.SIGTERM,
        start_seconds: float = 120,
    ) -> None:
        self.name = name
        self.command = command
        self.log = log
        self.is_ready = is_ready
        self.user = user
        self.environment = environment
        self.stop_signal = stop_signal
        self.start_seconds = start_seconds
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Returns when the server answers. Raises ServiceError with the end of its log when it does not."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.log.parent,
                # Elasticsearch ends when its input ends, so the pipe has to stay open.
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **(self.environment or {})},
                preexec_fn=die_with_parent(self.stop_signal),
                **as_user(self.user),
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.start_seconds
        while time.monotonic() < deadline:
            if not self.is_running:
                raise ServiceError(f"{self.name} ended while starting:\n{self._log_end()}")
            if self.is_ready():
                return
            time.sleep(0.1)
        raise ServiceError(f"{self.name} did not answer within {self.start_seconds:.0f} s:\n{self._log_end()}")

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])

    def stop(self, patience_seconds: float = 30) -> None:
        """Ends the server in good order, and by force when it takes too long."""
        if self._process is not None and self.is_running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_seconds)
        self.kill()

    def pause(self) -> None:
        """Stops the server and all its children where they are; they keep their ports open."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets them go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """Ends the server and all its children at once, as a power cut would."""
        if self._process is None:
            return
        self._signal(signal.SIGKILL)
        self._process.wait()
        # A launcher's children are not ours to wait for; they are gone when nothing answers any more.
        deadline = time.monotonic() + _GONE_SECONDS
        while self.is_ready() and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None
