"""What is long past is deleted: who was told what is nobody's business for ever."""

from __future__ import annotations

import datetime
import logging

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from intranet.notifications.kinds import late_kinds, standing_events
from intranet.notifications.models import Event, Mail, Notification
from intranet.plugins import registry

logger = logging.getLogger(__name__)

PART = 5_000


def forget_old() -> bool:
    """Delete a part of what is older than the setting ``KEPT_DAYS``; says whether there is more.

    Whom a standing event told stays known, so that nobody is told twice, until the person's name is forgotten
    (``services.forget_told``). A kind that cannot name these keeps all its events, and holds up no other.
    """
    days = registry.plugin("notifications").setting("KEPT_DAYS")
    before = timezone.now() - datetime.timedelta(days=days)
    past, late = Event.objects.filter(at__lt=before), late_kinds()
    has_more = _forget_events(past.exclude(kind__in=[kind.name for kind in late]))
    for kind in late:
        try:
            with transaction.atomic():
                over = past.filter(kind=kind.name).exclude(pk__in=standing_events(kind).values("pk"))
                has_more = _forget_events(over) or has_more
        except Exception:
            logger.exception("The kind %s cannot name the events that still hold.", kind.name)
    mails = list(Mail.objects.filter(settled_at__lt=before).values_list("pk", flat=True)[:PART])
    Mail.objects.filter(pk__in=mails).delete()
    return has_more or len(mails) == PART


def _forget_events(past: QuerySet[Event]) -> bool:
    """Delete a part of what they told, and those that have told all; says whether there is more."""
    old = list(Notification.objects.filter(event__in=past).order_by("pk").values_list("pk", flat=True)[:PART])
    Notification.objects.filter(pk__in=old).delete()
    told = Notification.objects.filter(event=OuterRef("pk"))
    past.filter(~Exists(told)).exclude(expanded_at=None).delete()
    return len(old) == PART
