"""Reminders: who owes something by a day is reminded before it, on it and after it.

The sources say what is due; here it is decided on which days people are told. Who owes it is asked when the event is
given to people, and again when the e-mail goes. That nobody gets two such e-mails a day is the outbox's matter.
"""

from __future__ import annotations

import datetime
import logging

from django.utils import timezone

from intranet.notifications.services import announce
from intranet.plugins import Obligation, ReminderSource, registry

logger = logging.getLogger(__name__)

CAUGHT_UP = 2
"""Days for which a reminder is made up for that no worker was there to make."""


def remind(today: datetime.date | None = None) -> None:
    """Announce today's reminders; a second call changes nothing. A source that fails holds up no other."""
    today = today or timezone.localdate()
    for source in registry.items("reminder_sources"):
        try:
            _remind_of(source, today)
        except Exception:
            logger.exception("The source %s cannot say what is due.", source.name)


def _remind_of(source: ReminderSource, today: datetime.date) -> None:
    stages = sorted(source.stages or registry.plugin("notifications").setting("REMINDER_DAYS"))
    days = {today - datetime.timedelta(days=stage + late) for stage in stages for late in range(CAUGHT_UP + 1)}
    for obligation in source.due_on(days):
        stage = _stage_of(obligation, stages, today)
        if stage is not None:
            _announce(source, obligation, stage)


def _stage_of(obligation: Obligation, stages: list[int], today: datetime.date) -> int | None:
    """The last stage that has come, if it has come just now, and after the people were asked."""
    passed = (today - obligation.due_on).days
    stage = max((stage for stage in stages if stage <= passed), default=None)
    if stage is None or passed - stage > CAUGHT_UP:
        return None
    day = obligation.due_on + datetime.timedelta(days=stage)
    return stage if day > obligation.since else None


def _announce(source: ReminderSource, obligation: Obligation, stage: int) -> None:
    kinds = (source.kind, source.overdue_kind) if stage > 0 and source.overdue_kind else (source.kind,)
    for kind in kinds:
        announce(
            kind,
            dedupe=f"{kind}:{obligation.item}:{obligation.ref}:{obligation.due_on}:{stage}",
            item=obligation.item,
            network=obligation.network,
            subject=obligation.ref,
        )
