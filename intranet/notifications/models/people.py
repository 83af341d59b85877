"""What people and networks chose."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intranet.finding.models import SavedSearch
from intranet.networks.models import Network
from intranet.networks.models.networks import validate_time_zone
from intranet.notifications.models.events import Mode


class Preference(models.Model):
    """When a person wants the e-mails of a kind from a network; without a network: from all, without a kind: of all.

    The network's own choice counts before the general one, a kind's before that of all kinds.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preferences", db_index=False
    )
    network = models.ForeignKey(Network, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=60, blank=True)
    mode = models.CharField(max_length=6, choices=Mode.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "network", "kind"), name="notifications_preference_once"),
            models.UniqueConstraint(
                fields=("person", "kind"), name="notifications_general_once", condition=Q(network=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind or '*'} {self.mode}"


class MailHabits(models.Model):
    """When a person's e-mails may go. ``time_zone`` empty: that of the person's first network."""

    class Day(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="mail_habits"
    )
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True, validators=[validate_time_zone])
    quiet_from = models.TimeField(_("no e-mail from"), null=True, blank=True, default=datetime.time(21))
    quiet_until = models.TimeField(_("until"), null=True, blank=True, default=datetime.time(7))
    digest_at = models.TimeField(_("time of the digest"), default=datetime.time(8))
    digest_day = models.PositiveSmallIntegerField(
        _("day of the weekly digest"), choices=Day.choices, default=Day.MONDAY
    )

    def __str__(self) -> str:
        return str(self.pk)


class MailTitles(models.Model):
    """A network that keeps its titles out of e-mails: they say what kind of thing is new, and lead to it."""

    network = models.OneToOneField(Network, on_delete=models.CASCADE, primary_key=True, related_name="+")
    are_hidden = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)


class FeedAddress(models.Model):
    """A secret address of a person's own feed; only the SHA-256 of the secret is kept."""

    class Feed(models.TextChoices):
        NEW = "new", _("What is new (Atom)")
        DUE = "due", _("Due dates (calendar)")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feed_addresses")
    feed = models.CharField(max_length=3, choices=Feed.choices)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "feed"), name="notifications_feed_once"),)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.feed}"


class SearchWatch(models.Model):
    """What a saved search had found when it was last asked: ``known`` are keys of items."""

    search = models.OneToOneField(SavedSearch, on_delete=models.CASCADE, primary_key=True, related_name="+")
    asked_at = models.DateTimeField(db_index=True)
    known = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.pk)
