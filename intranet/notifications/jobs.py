"""What the worker does: tell what happened, also to who comes later, remind of what is due, send, forget."""

from __future__ import annotations

from intranet.notifications.expanding import expand_due, tell_late
from intranet.notifications.forgetting import forget_old
from intranet.notifications.planning import plan_due
from intranet.notifications.reminding import remind
from intranet.notifications.sending import send_due
from intranet.notifications.watching import watch_due
from intranet.plugins import Job

LATE_AT_ONCE = 50
"""Events looked at before the other jobs have their turn."""


class DeliverJob(Job):
    """Gives events to people, puts them into e-mails, sends a batch."""

    name = "notifications.deliver"
    every_seconds = 5.0

    def run(self) -> bool:
        # What happened together goes in one e-mail: all of it is given to people first.
        if expand_due():
            return True
        has_more = plan_due()
        return send_due() or has_more


class RemindJob(Job):
    """Notes whom to remind today."""

    name = "notifications.remind"
    every_seconds = 900.0

    def run(self) -> None:
        remind()


class TellLateJob(Job):
    """Tells people of what has come to concern them since it was announced, as by joining a network."""

    name = "notifications.tell_late"
    every_seconds = 900.0

    def run(self) -> bool:
        return all(tell_late() for _event in range(LATE_AT_ONCE))


class WatchSearchesJob(Job):
    """Asks saved searches once a day."""

    name = "notifications.watch_searches"
    every_seconds = 300.0

    def run(self) -> bool:
        return watch_due()


class ForgetJob(Job):
    """Deletes what is long past."""

    name = "notifications.forget"
    every_seconds = 86_400.0

    def run(self) -> bool:
        return forget_old()
