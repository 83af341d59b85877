"""Periodic work about networks."""

from __future__ import annotations

from intranet.networks import services
from intranet.plugins import Job


class SyncMembershipsJob(Job):
    """Lets the groups follow memberships that began or ended by their date."""

    name = "networks.sync_memberships"
    every_seconds = 900

    def run(self) -> None:
        services.sync_due_memberships()
