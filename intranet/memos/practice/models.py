"""What societies say of the steps of a training, who took part, and what they thought of it: rows written once.

All of it hangs on the item, so that both languages share it.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intranet.memos.models.append_only import AppendOnly, AppendOnlyQuerySet
from intranet.networks.models import Item, Network

SENTENCE_LENGTH = 300
COMMENT_LENGTH = 1_000


class PracticeStep(models.Model):
    """A step of a note; ``key`` is the id of its block in every language. Written by ``record_steps`` alone."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="practice_steps")
    key = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True)
    """When the last published version that had the step lost it; its marks stay."""

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("item", "key"), name="memos_practice_step_once"),)

    def __str__(self) -> str:
        return f"{self.item} · {self.position + 1}"


class LatestQuerySet(AppendOnlyQuerySet):
    """Rows of which the last one of each group counts: ``model.GROUP`` names the group's fields."""

    def latest_until(self, moment: datetime.datetime | None = None) -> LatestQuerySet:
        """Of each group the last row, or the last one before ``moment``."""
        same = {name: OuterRef(name) for name in self.model.GROUP}
        later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
        rows, newer = self, self.model.objects.filter(later, **same)
        if moment is not None:
            rows, newer = rows.filter(at__lt=moment), newer.filter(at__lt=moment)
        return rows.filter(~Exists(newer))


class PracticeMark(AppendOnly):
    """What a society says of a step on a day. The last one counts, the others are its history."""

    GROUP = ("step", "network")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        IN_PRACTICE = "in_practice", _("In practice")
        NOT_FOR_US = "not_for_us", _("Not for us")

    step = models.ForeignKey(PracticeStep, on_delete=models.CASCADE, related_name="marks")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices)
    sentence = models.CharField(max_length=SENTENCE_LENGTH, blank=True)
    language = models.CharField(max_length=5)
    """Of the sentence."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = LatestQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        indexes = (models.Index(fields=("step", "network", "at"), name="memos_practice_mark"),)

    def __str__(self) -> str:
        return f"{self.step} · {self.network}: {self.get_state_display()}"


class AttendanceCount(AppendOnly):
    """How many people of a network took part in a session. The last one entered counts."""

    GROUP = ("item", "network")

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="attendance_counts")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = LatestQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        indexes = (models.Index(fields=("item", "network", "at"), name="memos_attendance_count"),)

    def __str__(self) -> str:
        return f"{self.item} · {self.network}: {self.people}"


class Participation(AppendOnly):
    """A person says, once, to have taken part in a session."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="participations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    pseudonym = models.CharField(max_length=32, blank=True)
    """In the place of the person, once somebody has been gone for long: see ``intranet.memos.retention``."""
    network = models.ForeignKey(Network, on_delete=models.PROTECT, null=True, related_name="+")
    """For which the person took part; null for somebody without one."""
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("item", "person"), name="memos_participation_once"),)

    def __str__(self) -> str:
        return f"{self.item} · {self.person or self.pseudonym}"


class SessionRating(AppendOnly):
    """What a participant thought of a session, once."""

    participation = models.OneToOneField(Participation, on_delete=models.CASCADE, related_name="rating")
    stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    comment = models.TextField(max_length=COMMENT_LENGTH, blank=True)
    language = models.CharField(max_length=5)
    """Of the comment."""
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="memos_rating_stars"),)

    def __str__(self) -> str:
        return f"{self.participation}: {self.stars}"


def current_marks(**of: Any) -> LatestQuerySet:
    """The marks that count now, of steps that are still in a published note."""
    marks: LatestQuerySet = PracticeMark.objects.filter(step__retired_at=None, **of).latest_until()
    return marks
