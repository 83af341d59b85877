"""gunicorn's settings for the demo, whose only process does the worker's part too."""

from __future__ import annotations

from threading import Thread
from typing import Any

threads = 8
loglevel = "warning"
# The site says itself what is too long to search for.
limit_request_line = 0
_working: list[Any] = []


def post_worker_init(worker: Any) -> None:
    """The site is loaded."""
    from intranet.plugins.worker import Worker, build_steps

    working = Worker(build_steps())
    _working.append(working)
    Thread(target=working.run_forever, name="worker", daemon=True).start()


def worker_exit(server: Any, worker: Any) -> None:
    """The process ends once the step that runs has."""
    for working in _working:
        working.stop()
