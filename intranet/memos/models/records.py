"""What is true of a memo whatever its language: its number, its dates, who acknowledged it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from intranet.networks.access import access_of, tokens_for
from intranet.networks.models import Item, Network
from intranet.networks.models.items import seen_by


class MemoNumberCounter(models.Model):
    """The last number given for a network's code in a year; locked while the next one is given."""

    code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("code", "year"), name="memos_counter_once"),)

    def __str__(self) -> str:
        return f"{self.code}-{self.year}: {self.last}"


class MemoRecordQuerySet(models.QuerySet["MemoRecord"]):
    """Memos in force, as a person may see them, and as they are asked of a person."""

    def in_force(self) -> MemoRecordQuerySet:
        """Memos that are not withdrawn."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, user: Any) -> MemoRecordQuerySet:
        """Memos with a live version, meant for this person: the audience predicate."""
        tokens = tokens_for(user)
        if not tokens:
            return self.none()
        live = Page.objects.filter(translation_key=OuterRef("item_id"), live=True, alias_of=None)
        return self.filter(seen_by(tokens, "item_id"), Exists(live))

    def asked_of(self, user: Any) -> MemoRecordQuerySet:
        """Memos whose acknowledgement is asked of this person, acknowledged or not.

        A network asks its own people; it asks others when the national office granted that, and the office may.
        A memo that another one replaced, for this person, is no longer asked. Call it on ``visible_to``.
        """
        newer = MemoRecord.objects.visible_to(user).filter(replaces=OuterRef("item_id"))
        own = Q(item__network__in=access_of(user).view)
        beyond = Q(item__network__may_ask_others=True) | Q(item__network__kind=Network.Kind.OFFICE)
        return self.filter(own | beyond, ~Exists(newer), acknowledge=True)


class MemoRecord(models.Model):
    """A memo that was published at least once. It is withdrawn, never deleted; its number stays taken.

    Written by ``intranet.memos.services`` alone.
    """

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="memo_record")
    number = models.CharField(_("number"), max_length=30, unique=True)
    code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    edition = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    effective_on = models.DateField(null=True)
    contact = models.CharField(max_length=200, blank=True)
    acknowledge = models.BooleanField(default=False)
    acknowledge_by = models.DateField(null=True)
    replaces = models.ForeignKey(Item, on_delete=models.SET_NULL, null=True, related_name="memo_replacements")

    objects = MemoRecordQuerySet.as_manager()

    class Meta:
        ordering = ("-published_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("code", "year", "sequence"), name="memos_record_sequence_once"),)

    def __str__(self) -> str:
        return self.number

    @property
    def replaced_key(self) -> uuid.UUID | None:
        """The item that this memo replaces now; None where there is none, or the memo is withdrawn."""
        return self.replaces_id if self.withdrawn_at is None else None


class Acknowledgement(models.Model):
    """A person's receipt for an edition of a memo; one covers both languages."""

    record = models.ForeignKey(MemoRecord, on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acknowledgements")
    edition = models.PositiveIntegerField()
    language = models.CharField(max_length=5)
    acknowledged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("acknowledged_at",)
        constraints = (
            models.UniqueConstraint(fields=("record", "person", "edition"), name="memos_acknowledgement_once"),
        )

    def __str__(self) -> str:
        return f"{self.record} · {self.person}"
