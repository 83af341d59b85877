"""From notifications to the e-mails that they go in: at once, in a digest, or with the reminders of a day."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from intranet.notifications.clocks import Clock, clocks_of
from intranet.notifications.kinds import known_kinds
from intranet.notifications.models import Mail, Notification
from intranet.plugins import NotificationKind

LOOKED_AT = 1_000
"""Notifications of one round; whatever else waits for their people comes along."""
LATER = datetime.timedelta(days=1)
"""When a kind whose plugin is switched off is looked at again."""


@dataclass
class _Plan:
    """What one round decides: e-mails with what goes in them, and when to look again at the rest."""

    now: datetime.datetime
    kinds: Mapping[str, NotificationKind] = field(default_factory=known_kinds)
    mails: dict[str, Mail] = field(default_factory=dict)
    contents: dict[str, list[Notification]] = field(default_factory=lambda: defaultdict(list))
    at_once: dict[int, str] = field(default_factory=dict)
    again: dict[str, datetime.datetime] = field(default_factory=dict)
    """When to look again, by key, if the e-mail of that key has gone already."""


def plan_due() -> bool:
    """Put what is due now into e-mails of the outbox; says whether there is more to do."""
    now = timezone.now()
    with transaction.atomic():
        due = Notification.objects.filter(mail_at__lte=now)
        people = set(due.order_by("mail_at", "person_id").values_list("person_id", flat=True)[:LOOKED_AT])
        if not people:
            return False
        skip = connection.features.has_select_for_update_skip_locked
        rows = due.filter(person__in=people).select_related("event").order_by("pk")
        held = list(rows.select_for_update(of=("self",) if skip else (), skip_locked=skip))
        plan = _Plan(now)
        clocks = clocks_of({row.person_id for row in held})
        for row in held:
            _place(plan, row, clocks[row.person_id])
        _store(plan, held)
    return True


def _place(plan: _Plan, row: Notification, clock: Clock) -> None:
    """Decide about one notification: the e-mail that it goes in, or ``mail_at``, when to look again."""
    kind = plan.kinds.get(row.event.kind)
    if kind is None:
        row.mail_at = plan.now + LATER
        return
    row.mail_at = clock.moment_of(row.mode, row.made_at, plan.now)
    if row.mail_at > plan.now:
        return
    form = Mail.Form.REMINDER.value if kind.is_reminder else row.mode
    day = clock.today(plan.now)
    if form == Mail.Form.NOW:
        # What waited together, for the morning or for the mail server, goes together.
        key = plan.at_once.setdefault(row.person_id, f"now:{row.person_id}:{row.pk}")
    else:
        key = f"{form}:{row.person_id}:{day.isoformat()}"
        next_one = clock.next_day(plan.now) if kind.is_reminder else clock.digest_after(plan.now, row.mode)
        plan.again[key] = clock.after_quiet(next_one)
    plan.contents[key].append(row)
    if key not in plan.mails:
        plan.mails[key] = Mail(id=uuid.uuid4(), key=key, person_id=row.person_id, form=form, made_at=plan.now)


def _store(plan: _Plan, held: list[Notification]) -> None:
    """Write the e-mails. A key that is taken has gone today: what was for it waits for the next one."""
    Mail.objects.bulk_create(plan.mails.values(), ignore_conflicts=True)
    stored = dict(Mail.objects.filter(key__in=list(plan.mails)).values_list("key", "pk"))
    for key, rows in plan.contents.items():
        for row in rows:
            if stored[key] == plan.mails[key].pk:
                row.mail_id, row.mail_at = stored[key], None
            else:
                row.mail_at = plan.again[key]
    _write([*held, *_taken_over(plan, set(stored.values()))])


def _taken_over(plan: _Plan, stored: set[uuid.UUID]) -> list[Notification]:
    """What waits in older digests and reminders goes with the new ones of their form, and the older ones are dropped.

    Such as when the mail server was away for days. One that a worker has, had when it died, or was refused for itself
    keeps what is in it: it may have arrived.
    """
    new = {
        (mail.person_id, mail.form): mail.pk
        for mail in plan.mails.values()
        if mail.pk in stored and mail.form != Mail.Form.NOW
    }
    people = {person for person, _form in new}
    older = Mail.objects.waiting().filter(person__in=people, claim=None, attempts=0).exclude(pk__in=new.values())
    older = older.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    found = {mail.pk: new[mail.person_id, mail.form] for mail in older if (mail.person_id, mail.form) in new}
    rows = list(Notification.objects.filter(mail__in=found))
    for row in rows:
        row.mail_id = row.mail_id and found[row.mail_id]
    Mail.objects.filter(pk__in=found).update(outcome=Mail.Outcome.DROPPED, settled_at=plan.now)
    return rows


def _write(rows: list[Notification]) -> None:
    # As an upsert: the CASE of a bulk_update takes many times as long.
    Notification.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=["mail", "mail_at"], batch_size=500
    )
