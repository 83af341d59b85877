"""What the worker does: tell what happened, remind of what is due, send, forget."""

from __future__ import annotations

from intranet.notifications.expanding import expand_due
from intranet.notifications.planning import plan_due
from intranet.notifications.sending import send_due
from intranet.plugins import Job


class DeliverJob(Job):
    """Gives events to people, puts them into e-mails, sends a batch."""

    name = "notifications.deliver"
    every_seconds = 5.0

    def run(self) -> bool:
        has_more = expand_due()
        has_more = plan_due() or has_more
        return send_due() or has_more
