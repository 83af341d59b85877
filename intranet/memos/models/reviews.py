"""That a memo or a note was read again and still holds: rows that are written once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from intranet.memos.models.append_only import AppendOnly
from intranet.networks.models import Item


class Review(AppendOnly):
    """Somebody reviewed an item and said until when it is valid. Written by ``intranet.memos.keeping`` alone."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="memo_reviews")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.item} · {self.valid_until}"
