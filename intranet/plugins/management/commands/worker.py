"""``manage.py worker``: does what is due, until it is told to stop."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intranet.plugins.worker import Worker, build_steps


class Command(BaseCommand):
    """Runs the loop in the foreground; SIGTERM and SIGINT end it after the step that runs."""

    help = "Keep the search index current and run background tasks and the plugins' periodic jobs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--once`` and ``--idle-seconds``."""
        parser.add_argument("--once", action="store_true", help="Do everything that is due, then exit.")
        parser.add_argument(
            "--idle-seconds", type=float, default=1.0, help="How long to wait when nothing is due (default: 1)."
        )

    def handle(self, *args: Any, once: bool, idle_seconds: float, **options: Any) -> None:
        """Run; with ``--once``, exit code 1 when a step failed."""
        worker = Worker(build_steps(), idle_seconds=idle_seconds)
        previous = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

        def stop(number: int, frame: FrameType | None) -> None:
            # A second signal acts at once.
            for each in previous:
                signal.signal(each, signal.SIG_DFL)
            worker.stop()

        for number in previous:
            signal.signal(number, stop)
        try:
            self._run(worker, once)
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _run(self, worker: Worker, once: bool) -> None:
        if not once:
            self.stdout.write(f"Worker started: {', '.join(step.name for step in worker.steps) or 'nothing to do'}.")
            worker.run_forever()
            self.stdout.write("Worker stopped.")
            return
        failed = worker.run_once()
        if failed:
            raise CommandError(f"These steps failed (see the log): {', '.join(failed)}.")
