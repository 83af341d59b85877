"""What happened, and whom it is told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from wagtail.models import Page

from intranet.networks.access import tokens_for
from intranet.networks.models import Item, Network
from intranet.networks.models.items import seen_by

KNOWN_SINCE = "known_since"
"""In the details of an event that was no news: the day on which it came here, such as by an import."""


class Event(models.Model):
    """Something that people are told of. It holds no text: the kind says what there is to say when it is asked.

    ``subject`` is the kind's own reference (an edition's number, a key of a table of its own), ``dedupe`` what makes
    a second announcement of the same thing none. ``reached`` is the last person, by key, to whom it was given;
    ``expanded_at`` is set when everybody has it, ``retry_at`` when its kind failed to name them.
    """

    kind = models.CharField(max_length=60)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="+")
    network = models.ForeignKey(Network, on_delete=models.CASCADE, null=True, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict, help_text="Keys and numbers of the kind's own, never a text.")
    dedupe = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField(default=timezone.now)
    reached = models.BigIntegerField(default=0)
    expanded_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("id",), name="notifications_to_expand", condition=Q(expanded_at=None)),
            models.Index(fields=("at",), name="notifications_event_at"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Mode(models.TextChoices):
    """When the e-mail goes."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    NONE = "none"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications, as a person may see them."""

    def of(self, person: Any) -> NotificationQuerySet:
        """The person's own."""
        return self.filter(person=person.pk)

    def visible_to(self, person: Any) -> NotificationQuerySet:
        """The person's own, of items that are live and meant for the person: the audience predicate."""
        live = Page.objects.filter(translation_key=OuterRef("event__item_id"), live=True, alias_of=None)
        seen = seen_by(tokens_for(person), "event__item_id")
        return self.of(person).filter(Q(event__item=None) | (Q(seen) & Q(Exists(live))))

    def unread(self) -> NotificationQuerySet:
        """Those not opened yet."""
        return self.filter(read_at=None)


class Notification(models.Model):
    """An event for a person.

    ``mode`` is when its e-mail goes, ``mail_at`` when that is to be looked at (again): None when there is nothing to
    send, or it stands in ``mail``. ``is_listed`` is false for reminders, which are e-mails alone.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="notifications", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    mode = models.CharField(max_length=6, choices=Mode.choices)
    is_listed = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    mail = models.ForeignKey("notifications.Mail", on_delete=models.SET_NULL, null=True, related_name="notifications")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ("-event_id",)
        constraints = (models.UniqueConstraint(fields=("event", "person"), name="notifications_once"),)
        indexes = (
            models.Index(fields=("person", "-event"), name="notifications_of_person", condition=Q(is_listed=True)),
            models.Index(
                fields=("person",), name="notifications_unread", condition=Q(is_listed=True, read_at__isnull=True)
            ),
            models.Index(
                fields=("mail_at", "person"), name="notifications_to_mail", condition=Q(mail_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.event_id} for {self.person_id}"
