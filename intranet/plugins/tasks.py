"""Tasks that run where they are asked for, when no worker runs them: each once, after several saves of one object."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django_tasks.backends.immediate import ImmediateBackend

_waiting: ContextVar[dict[str, tuple[TogetherBackend, Any]] | None] = ContextVar("tasks_waiting", default=None)


@contextmanager
def tasks_together() -> Iterator[None]:
    """Within it, tasks of ``TogetherBackend`` wait; at its end each distinct one runs once. An exception drops them.

    The caller holds one transaction around it. Tasks that a worker runs are stored at once, as ever.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: dict[str, tuple[TogetherBackend, Any]] = {}
    reset = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(reset)
    for backend, result in waiting.values():
        backend.run(result)


class TogetherBackend(ImmediateBackend):
    """Runs a task within the call that asks for it, or at the end of ``tasks_together``."""

    def run(self, result: Any) -> None:
        super()._execute_task(result)

    def _execute_task(self, task_result: Any) -> None:
        waiting = _waiting.get()
        if waiting is None:
            self.run(task_result)
            return
        task = task_result.task
        waiting[repr((task.module_path, task_result.args, task_result.kwargs))] = (self, task_result)
