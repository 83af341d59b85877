"""Who read a memo, and who acknowledged it: rows that are written once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intranet.memos.models.append_only import AppendOnly
from intranet.memos.models.records import MemoRecord


class Reading(AppendOnly):
    """Somebody who was asked to acknowledge an edition opened it for the first time. Of nobody else it is noted."""

    record = models.ForeignKey(MemoRecord, on_delete=models.PROTECT, related_name="readings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    pseudonym = models.CharField(max_length=32, blank=True)
    edition = models.PositiveIntegerField()
    language = models.CharField(max_length=5)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("record", "person", "edition"), name="memos_reading_once"),)

    def __str__(self) -> str:
        return f"{self.record} · {self.person or self.pseudonym}"


class Acknowledgement(AppendOnly):
    """A person's receipt for an edition of a memo; one covers both languages, ``language`` is the one that was read."""

    record = models.ForeignKey(MemoRecord, on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="acknowledgements"
    )
    pseudonym = models.CharField(max_length=32, blank=True)
    """In the place of the person, once somebody has been gone for long: see ``intranet.memos.retention``."""
    edition = models.PositiveIntegerField()
    language = models.CharField(max_length=5)
    read_at = models.DateTimeField(null=True)
    """When the person first opened the edition; null where the receipt came without that, as by the API."""
    acknowledged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("acknowledged_at",)
        constraints = (
            models.UniqueConstraint(fields=("record", "person", "edition"), name="memos_acknowledgement_once"),
        )

    def __str__(self) -> str:
        return f"{self.record} · {self.person or self.pseudonym}"


class ReceiptNote(AppendOnly):
    """What a person says of a receipt that is not right: it stays, and this stands beside it."""

    receipt = models.ForeignKey(Acknowledgement, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(_("what is not right"), max_length=500)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text
