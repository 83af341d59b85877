"""Periodic work about networks."""

from __future__ import annotations

from intranet.networks import joining, services
from intranet.plugins import Job


class SyncMembershipsJob(Job):
    """Lets the groups follow memberships that began or ended by their date."""

    name = "networks.sync_memberships"
    every_seconds = 900

    def run(self) -> None:
        services.sync_due_memberships()


class EndWaysInJob(Job):
    """Answers the requests that wait in closed networks: those that were closed before closing did."""

    name = "networks.end_ways_in"
    every_seconds = 86_400

    def run(self) -> None:
        joining.end_ways_into_closed()
