"""Worker processes beside the tests, on the test's own database and index."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.services.process import PATIENCE_SECONDS, die_with_parent, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Workers:
    """Starts ``manage.py worker`` with ``options``; logs are kept in ``folder``."""

    def __init__(self, folder: Path, *options: str, claim_seconds: float = 120) -> None:
        self._folder = folder
        self._command = [sys.executable, "-u", str(ROOT / "manage.py"), "worker", *options]
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.services.worker_settings",
            "WORKER_DATABASE": str(connection.settings_dict["NAME"]),
            "WORKER_CLAIM_SECONDS": str(claim_seconds),
            "ELASTICSEARCH_URL": settings.ELASTICSEARCH_URL,
            "SEARCH_INDEX_PREFIX": settings.SEARCH_INDEX_PREFIX,
            "MEDIA_ROOT": str(folder),
        }
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        with self._log(len(self.started)).open("wb") as log:
            worker = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        self.started.append(worker)
        return worker

    def wait_until_ready(self) -> None:
        """Returns when all that were started work: before, a signal would end them as it ends any program."""
        for number, worker in enumerate(self.started):
            wait_until(partial(self._is_ready, number))
            assert worker.poll() is None, f"Worker {number} did not start: {self._log(number).read_text()}"

    def kill(self) -> None:
        """As the kernel does when memory is short."""
        for worker in self.started:
            worker.kill()
            worker.wait()

    def stop(self) -> None:
        """Ends them in good order; none may have met an error that it did not expect."""
        self.wait_until_ready()
        for worker in self.started:
            worker.terminate()
        for number, worker in enumerate(self.started):
            code, log = worker.wait(PATIENCE_SECONDS), self._log(number).read_text()
            assert (code, "Traceback" in log) == (0, False), f"Worker {number}: {log[-3000:]}"

    def _is_ready(self, number: int) -> bool:
        """Whether it works, or never will."""
        return "Worker started" in self._log(number).read_text() or self.started[number].poll() is not None

    def _log(self, number: int) -> Path:
        return self._folder / f"worker-{number}.log"
