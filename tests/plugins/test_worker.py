"""The worker: what is due runs, a failure stops nothing else, and signals end it."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from django.apps.registry import Apps
from django.core.management import CommandError, call_command
from django.test import override_settings
from django_tasks import task, task_backends
from django_tasks_db.management.commands import db_worker

from intranet.plugins import registry
from intranet.plugins import worker as worker_module
from intranet.plugins.worker import FAILURE_PAUSE_SECONDS, Step, Worker, build_steps

from .example.contributions import CountingJob
from .factories import CONTRIBUTIONS, make_plugin


class Clock:
    """A clock that moves when it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Recorder:
    """Steps that write down when they ran."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def step(self, name: str, every_seconds: float = 0.0, *, has_more: int = 0, fails: bool = False) -> Step:
        """Return a step that asks to run again ``has_more`` times."""
        left = [has_more]

        def run() -> bool:
            self.ran.append(name)
            if fails:
                raise RuntimeError("the disk is full")
            left[0] -= 1
            return left[0] >= 0

        return Step(name, run, every_seconds)


@pytest.fixture(autouse=True)
def _no_connection_handling(monkeypatch: pytest.MonkeyPatch) -> None:
    # A test's transaction must keep its connection.
    monkeypatch.setattr(worker_module, "close_old_connections", lambda: None)
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)


def test_steps_run_when_they_are_due() -> None:
    recorder, clock = Recorder(), Clock()
    worker = Worker([recorder.step("minute", 60), recorder.step("hour", 3600)], clock=clock)
    for elapsed in (0, 59, 1, 3540):
        clock.now += elapsed
        worker.run_round()
    assert recorder.ran == ["minute", "hour", "minute", "minute", "hour"]


def test_step_with_more_to_do_runs_again_at_once() -> None:
    recorder, clock = Recorder(), Clock()
    worker = Worker([recorder.step("index", 60, has_more=2), recorder.step("job", 60)], clock=clock)
    assert [worker.run_round() for _round in range(4)] == [True, True, False, False]
    assert recorder.ran == ["index", "job", "index", "index"]


def test_step_that_fails_is_logged_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    recorder, clock = Recorder(), Clock()
    worker = Worker([recorder.step("broken", fails=True), recorder.step("sound")], clock=clock)
    with caplog.at_level(logging.ERROR, "intranet.plugins.worker"):
        worker.run_round()
        worker.run_round()
    assert recorder.ran == ["broken", "sound", "sound"]
    assert [record.getMessage() for record in caplog.records] == ["Worker step “broken” failed; the others go on."]
    assert "the disk is full" in caplog.text
    clock.now += FAILURE_PAUSE_SECONDS
    worker.run_round()
    assert recorder.ran[3:] == ["broken", "sound"]


def test_stop_ends_the_loop_while_it_waits() -> None:
    recorder = Recorder()
    worker = Worker([recorder.step("job", 3600)], idle_seconds=3600)
    thread = Thread(target=worker.run_forever)
    thread.start()
    worker.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_job_that_takes_long_keeps_nothing_else_waiting() -> None:
    """It ends only after the other step has run."""
    indexed, ended = Event(), Event()

    def read_for_long() -> bool:
        if indexed.wait(10):
            ended.set()
        return False

    def index() -> bool:
        indexed.set()
        return False

    worker = Worker([Step("job", read_for_long, 3600, is_job=True), Step("index", index, 3600)], idle_seconds=3600)
    thread = Thread(target=worker.run_forever)
    thread.start()
    assert ended.wait(20)
    worker.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_once_indexes_after_the_jobs() -> None:
    recorder = Recorder()
    job = recorder.step("job", has_more=1)
    job.is_job = True
    assert Worker([recorder.step("index"), job]).run_once() == []
    assert recorder.ran == ["job", "job", "index"]


def test_both_search_indexes_are_kept() -> None:
    assert [step.name for step in worker_module._index_steps()] == ["search index", "embedded search index"]


def test_job_says_that_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = make_plugin(jobs=(f"{CONTRIBUTIONS}.CountingJob",))
    monkeypatch.setattr(registry, "_apps", Apps([plugin]))
    monkeypatch.setattr(worker_module, "_index_steps", list)
    monkeypatch.setattr(CountingJob, "runs", 0)
    monkeypatch.setattr(CountingJob, "wanted_runs", 3)
    (step,) = build_steps()
    assert step.is_job
    assert Worker([step]).run_once() == []
    assert CountingJob.runs == 3


def test_stop_leaves_the_steps_that_have_not_begun() -> None:
    recorder = Recorder()
    worker = Worker([recorder.step("later")])
    worker.stop()
    assert (worker.run_round(), worker.run_once(), recorder.ran) == (False, [], [])


def test_once_runs_the_jobs_of_the_plugins_and_reports_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = make_plugin(jobs=(f"{CONTRIBUTIONS}.FailingJob", f"{CONTRIBUTIONS}.CountingJob"))
    monkeypatch.setattr(registry, "_apps", Apps([plugin]))
    monkeypatch.setattr(worker_module, "_index_steps", list)
    monkeypatch.setattr(CountingJob, "runs", 0)
    with pytest.raises(CommandError, match="These steps failed .*: example: fail."):
        call_command("worker", "--once")
    assert CountingJob.runs == 1


def test_signal_handlers_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intranet.plugins.management.commands.worker.build_steps", list)
    before = signal.getsignal(signal.SIGTERM)
    call_command("worker", "--once")
    assert signal.getsignal(signal.SIGTERM) is before


@task()
def write_down(path: str) -> None:
    """Leave a file."""
    Path(path).write_text("done")


@pytest.mark.django_db
def test_tasks_in_the_database_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_apps", Apps([]))
    monkeypatch.setattr(worker_module, "_index_steps", list)
    with override_settings(TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}):
        result = write_down.enqueue(str(tmp_path / "one"))
        (step,) = build_steps()
        assert step.name == "tasks (default)"
        assert Worker([step]).run_once() == []
        assert (tmp_path / "one").read_text() == "done"
        assert task_backends["default"].get_result(result.id).status == "SUCCESSFUL"


def test_immediate_backend_needs_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_apps", Apps([]))
    monkeypatch.setattr(worker_module, "_index_steps", list)
    with override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}):
        assert build_steps() == []


WORKER_PROCESS = """
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["intranet.plugins"], DATABASES={})
django.setup()
from django.core.management import call_command
call_command("worker", "--idle-seconds=3600")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_the_process_cleanly(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", WORKER_PROCESS],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "Worker started: nothing to do.\n"
        process.send_signal(number)
        assert process.communicate(timeout=30)[0] == "Worker stopped.\n"
    assert process.returncode == 0
