"""The outbox: what is to be sent to whom. What it says is decided when it goes."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

LAST_RETRY = timedelta(hours=1)
"""The longest pause before an e-mail is tried again that the server refused."""
_LAST_WAIT = timedelta(days=2)
"""The longest that an e-mail waits for its person's next day, and the end of the quiet hours in it."""
_CLOCKS_DIFFER = timedelta(hours=1)
"""No two workers' clocks do by more, nor does a worker take as long from reading its clock to asking with it."""


class MailQuerySet(models.QuerySet["Mail"]):
    """What is still to be sent."""

    def waiting(self) -> MailQuerySet:
        """Those that are neither sent nor dropped nor given up."""
        return self.filter(settled_at=None)

    def sent_within(self, begin: datetime, end: datetime) -> MailQuerySet:
        """Those that the mail server took from ``begin`` on, before ``end``."""
        return self.filter(outcome=Mail.Outcome.SENT, settled_at__gte=begin, settled_at__lt=end)

    def due(self, now: datetime, claim_seconds: float) -> MailQuerySet:
        """Those waiting that no worker is busy with and whose time for another attempt has come.

        A time that is further away than any can be was noted by a clock that has been put back since. It is by far:
        another worker's claim may well be made after ``now`` was read, and must not be taken from it.
        """
        latest = now + _CLOCKS_DIFFER
        last_wait = latest + _LAST_WAIT
        last_claim, last_retry = latest + timedelta(seconds=claim_seconds), latest + LAST_RETRY
        return self.waiting().filter(
            Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_until__gt=last_claim),
            Q(retry_at=None) | Q(retry_at__lte=now) | Q(retry_at__gt=last_retry),
            Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=last_wait),
        )


class Mail(models.Model):
    """One e-mail to one person: its primary key is its ``Message-ID``, whatever happens to it.

    ``key`` is what may go once: a person's digest or reminders of a day, or a notification at once. ``retry_at`` is the
    next attempt after a refusal; ``not_before`` is when the person may get it, such as the end of the quiet hours.
    """

    class Form(models.TextChoices):
        NOW = "now"
        DAILY = "daily"
        WEEKLY = "weekly"
        REMINDER = "reminder"

    class Outcome(models.TextChoices):
        WAITING = ""
        SENT = "sent"
        DROPPED = "dropped"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=100, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=8, choices=Form.choices)
    made_at = models.DateTimeField()
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True, default=Outcome.WAITING)
    settled_at = models.DateTimeField(null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("made_at",), name="notifications_mail_waiting", condition=Q(settled_at__isnull=True)),
            models.Index(fields=("settled_at",), name="notifications_mail_settled"),
        )

    def __str__(self) -> str:
        return self.key
