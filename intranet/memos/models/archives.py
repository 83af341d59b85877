"""What is kept for the record alone: it holds its place and its readers, and asks nothing of anyone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intranet.memos.models.records import is_archived
from intranet.memos.models.withdrawals import StandingEvent
from intranet.networks.models import Item, Network


class ArchivedItem(models.Model):
    """A memo or a note that was archived by itself; what a closed network issued is archived without a row.

    Written by ``intranet.memos.archiving`` alone.
    """

    item = models.OneToOneField(Item, on_delete=models.CASCADE, primary_key=True, related_name="archived_item")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.TextField()
    language = models.CharField(max_length=5)

    def __str__(self) -> str:
        return str(self.item)


class ArchiveEvent(StandingEvent):
    """A memo or a note was archived, or brought back. Written by ``intranet.memos.archiving`` alone."""

    class Kind(models.TextChoices):
        ARCHIVED = "archived", _("Archived")
        RETURNED = "returned", _("Brought back from the archive")

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="archive_events")
    kind = models.CharField(max_length=10, choices=Kind.choices)

    def __str__(self) -> str:
        return f"{self.item} · {self.get_kind_display()}"


def archived_items() -> models.QuerySet[Item]:
    """The items that are archived, whatever they are."""
    return Item.objects.filter(is_archived())


def archived_among(keys: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Of the items with these keys, those that were archived by themselves."""
    return set(ArchivedItem.objects.filter(item__in=list(keys)).values_list("item_id", flat=True))


def issued_by_closed_networks() -> models.QuerySet[Item]:
    """The memos and notes of closed networks."""
    notes = apps.get_model("memos.TrainingNotePage").objects.filter(translation_key=models.OuterRef("pk"))
    closed = Item.objects.filter(network__state=Network.State.CLOSED)
    return closed.filter(Q(memo_record__isnull=False) | Q(models.Exists(notes)))
