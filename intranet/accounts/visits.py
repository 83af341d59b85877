"""Visits: when a person was here last, so that a page can say what is new since then.

A visit ends after 30 minutes without a request. The account's own row holds it, which every request reads anyway; it
is written once a minute at most. Programs that use a token visit nothing.
"""

from __future__ import annotations

import datetime

from django.utils import timezone

from intranet.accounts.models import User

ENDS_AFTER = datetime.timedelta(minutes=30)
NOTED_EVERY = datetime.timedelta(minutes=1)


def note_visit(person: User) -> None:
    """Note that the person is here. With the first request of a visit, the end of the one before is kept."""
    now, seen = timezone.now(), person.last_seen_at
    if seen is not None and abs(now - seen) < NOTED_EVERY:
        return
    changes = {"last_seen_at": now}
    if seen is not None and now - seen >= ENDS_AFTER:
        changes["last_visit_ended_at"] = seen
    # Of two requests at once, one writes; both say the same.
    User.objects.filter(pk=person.pk, last_seen_at=seen).update(**changes)
    for name, value in changes.items():
        setattr(person, name, value)
