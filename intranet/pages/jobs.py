"""Periodic work about pages."""

from __future__ import annotations

from intranet.pages.extraction.services import extract_due, note_unnoticed, site_limits
from intranet.pages.scheduling import run_schedule
from intranet.plugins import Job


class ScheduleJob(Job):
    """Publishes and unpublishes what editors planned."""

    name = "pages.schedule"
    every_seconds = 60

    def run(self) -> None:
        run_schedule()


class DocumentsJob(Job):
    """Notices documents whose file was never noted, so that none stays without its text."""

    name = "pages.documents"
    every_seconds = 600

    def run(self) -> None:
        note_unnoticed()


class ExtractionJob(Job):
    """Reads the text of documents that wait for it, and writes it into the search entries."""

    name = "pages.extraction"
    every_seconds = 3

    def run(self) -> bool:
        return extract_due(site_limits())
