"""When a memo went out of force, and when it came back: rows that are written once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intranet.memos.models.append_only import AppendOnly
from intranet.memos.models.records import MemoRecord


class StandingEvent(AppendOnly):
    """Something went out of force, or came back. Abstract.

    ``by`` is null where nobody did it here, as for what came in; ``reason`` is empty for a return.
    """

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(blank=True)
    language = models.CharField(max_length=5, blank=True)

    class Meta:
        abstract = True
        ordering = ("at", "pk")


class WithdrawalEvent(StandingEvent):
    """A memo was withdrawn, or is in force again. Written by ``intranet.memos.services`` alone.

    ``reason`` is empty, too, where the memo was taken away by unpublishing it.
    """

    class Kind(models.TextChoices):
        WITHDRAWN = "withdrawn", _("Withdrawn")
        RETURNED = "returned", _("Back in force")

    record = models.ForeignKey(MemoRecord, on_delete=models.PROTECT, related_name="withdrawal_events")
    kind = models.CharField(max_length=10, choices=Kind.choices)

    def __str__(self) -> str:
        return f"{self.record} · {self.get_kind_display()}"
