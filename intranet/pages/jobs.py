"""Periodic work about pages."""

from __future__ import annotations

from intranet.pages.scheduling import run_schedule
from intranet.plugins import Job


class ScheduleJob(Job):
    """Publishes and unpublishes what editors planned."""

    name = "pages.schedule"
    every_seconds = 60

    def run(self) -> None:
        run_schedule()
