"""The loop behind ``manage.py worker``: the search index, background tasks, and the plugins' periodic jobs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import close_old_connections, connections

from intranet.plugins.registry import registry

logger = logging.getLogger(__name__)

#: Several batches: while one is on its way to the index the next one is made.
SYNC_ENTRIES = 2_000
TASKS_PER_STEP = 50
#: How long a step that failed waits before it is tried again, at least.
FAILURE_PAUSE_SECONDS = 5.0


@dataclass
class Step:
    """One thing that the worker does. ``run`` returns whether there is more to do at once.

    A job may take its time: jobs have a thread of their own, so that what is published is found meanwhile.
    """

    name: str
    run: Callable[[], bool]
    every_seconds: float = 0.0
    is_job: bool = False
    next_run: float = field(default=0.0, compare=False)


class Worker:
    """Runs each step when it is due, until it is stopped. A step that fails is logged and does not stop the others."""

    def __init__(
        self, steps: Iterable[Step], *, idle_seconds: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.steps = list(steps)
        self.idle_seconds = idle_seconds
        self._clock = clock
        self._stopping = Event()

    def stop(self) -> None:
        """Ask the loop to end after the step that runs now. Safe in a signal handler and from another thread."""
        self._stopping.set()

    def run_forever(self) -> None:
        """Run steps as they become due; between rounds without work, wait ``idle_seconds`` or for ``stop``."""
        jobs = Thread(target=self._run_jobs, name="jobs")
        jobs.start()
        try:
            self._run_rounds([step for step in self.steps if not step.is_job])
        finally:
            self.stop()
            jobs.join()

    def _run_jobs(self) -> None:
        try:
            self._run_rounds([step for step in self.steps if step.is_job])
        finally:
            connections.close_all()

    def _run_rounds(self, steps: list[Step]) -> None:
        while not self._stopping.is_set():
            if not self.run_round(steps):
                self._stopping.wait(self.idle_seconds)

    def run_round(self, steps: Iterable[Step] | None = None) -> bool:
        """Run every one of ``steps`` (of all) that is due now; return whether some step has more to do at once."""
        has_more = False
        for step in self.steps if steps is None else steps:
            if self._stopping.is_set():
                return False
            if step.next_run <= self._clock():
                succeeded, step_has_more = _run(step)
                pause = step.every_seconds if succeeded else max(step.every_seconds, FAILURE_PAUSE_SECONDS)
                step.next_run = self._clock() + (0.0 if step_has_more else pause)
                has_more = has_more or step_has_more
        return has_more

    def run_once(self) -> list[str]:
        """Run every step until it has nothing more to do; return the names of those that failed.

        Jobs come first, so that what they change is in the index at the end.
        """
        failed = []
        for step in sorted(self.steps, key=lambda step: not step.is_job):
            has_more = True
            while has_more and not self._stopping.is_set():
                succeeded, has_more = _run(step)
                if not succeeded:
                    failed.append(step.name)
        return failed


def build_steps() -> list[Step]:
    """Return the steps of this site: index, task backends in the database, then the jobs of the plugins."""
    return [*_index_steps(), *_task_steps(), *_job_steps()]


def _run(step: Step) -> tuple[bool, bool]:
    """Run ``step``; return whether it succeeded and whether it has more to do."""
    # As around a request: a connection that the server closed meanwhile is replaced.
    close_old_connections()
    try:
        return True, step.run()
    except Exception:
        logger.exception("Worker step “%s” failed; the others go on.", step.name)
        return False, False
    finally:
        close_old_connections()


def _index_steps() -> list[Step]:
    if not apps.is_installed("search"):
        return []
    from search.embedded_rebuild import renew_embedded
    from search.worker import sync_due

    return [
        Step("search index", lambda: sync_due(SYNC_ENTRIES) > 0),
        # After an upgrade it takes long, and what is published is found meanwhile.
        Step("embedded search index", lambda: renew_embedded() > 0, is_job=True),
    ]


def _task_steps() -> list[Step]:
    if not apps.is_installed("django_tasks_db"):
        return []
    from django_tasks_db.backend import DatabaseBackend
    from django_tasks_db.compat import task_backends

    return [
        Step(f"tasks ({alias})", _task_runner(alias))
        for alias in task_backends.settings
        if isinstance(task_backends[alias], DatabaseBackend)
    ]


def _task_runner(alias: str) -> Callable[[], bool]:
    from django_tasks_db.management.commands.db_worker import Worker as TaskWorker

    worker_id = uuid4().hex

    def run() -> bool:
        # In batch mode it ends when the queue is empty; the bound lets the other steps have their turn.
        tasks: Any = TaskWorker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0.2,
            batch=True,
            backend_name=alias,
            startup_delay=False,
            max_tasks=TASKS_PER_STEP,
            worker_id=worker_id,
        )
        tasks.run()
        return bool(tasks._run_tasks >= TASKS_PER_STEP)

    return run


def _job_steps() -> list[Step]:
    return [
        Step(
            f"{found.plugin.label}: {found.item.name}",
            _job_runner(found.item.run),
            found.item.every_seconds,
            is_job=True,
        )
        for found in registry.contributions("jobs")
    ]


def _job_runner(run_job: Callable[[], bool | None]) -> Callable[[], bool]:
    return lambda: bool(run_job())
