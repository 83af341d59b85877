"""Contributions for the tests: some right, some wrong."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from intranet.plugins import ExchangeKind, Job, MenuEntry, Panel


class NewsPanel(Panel):
    """Shown to everybody, early."""

    template_name = "example/news.html"
    order = 10

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        """Give a text that must be escaped."""
        return {"text": "<b>Assemblée</b>"}


class SectionPanel(Panel):
    """Shown in the section called ``halifax`` alone."""

    template_name = "example/section.html"

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        """Give nothing for other sections."""
        return {"count": 3} if scope["section"] == "halifax" else None


class LastPanel(NewsPanel):
    """Same template, after the others."""

    order = 900


class UntemplatedPanel(Panel):
    """Lacks its template's name."""


class LostPanel(Panel):
    """Names a template that does not exist."""

    template_name = "example/lost.html"


class CountingJob(Job):
    """Counts its runs, and has more to do until there were as many as wanted."""

    name = "count"
    every_seconds = 60
    runs = 0
    wanted_runs = 1

    def run(self) -> bool:
        """Count."""
        type(self).runs += 1
        return self.runs < self.wanted_runs


class FailingJob(Job):
    """Fails each time."""

    name = "fail"
    every_seconds = 60

    def run(self) -> None:
        """Fail."""
        raise RuntimeError("the disk is full")


class NamelessJob(CountingJob):
    """Has no name."""

    name = ""


class UnfinishedJob(Job):
    """Does not implement ``run``."""

    name = "unfinished"
    every_seconds = 1


class PosterKind(ExchangeKind):
    """An exchange kind."""

    kind = "poster"
    page_type = "example.PosterPage"


MENU_ENTRY = MenuEntry(label="Contributed by path", url_name="/by-path/", order=5)
ROUTER = object()
