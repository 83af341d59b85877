"""What is long past is deleted: who was told what is nobody's business for ever."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from intranet.notifications.kinds import standing_events
from intranet.notifications.models import Event, Mail, Notification
from intranet.plugins import registry

PART = 5_000


def forget_old() -> bool:
    """Delete a part of what is older than the setting ``KEPT_DAYS``; says whether there is more.

    Whom a standing event told stays known, so that nobody is told twice, until the person's name is forgotten
    (``services.forget_told``).
    """
    days = registry.plugin("notifications").setting("KEPT_DAYS")
    before = timezone.now() - datetime.timedelta(days=days)
    past = Event.objects.filter(at__lt=before).exclude(pk__in=standing_events().values("pk"))
    old = list(Notification.objects.filter(event__in=past).order_by("pk").values_list("pk", flat=True)[:PART])
    Notification.objects.filter(pk__in=old).delete()
    mails = list(Mail.objects.filter(settled_at__lt=before).values_list("pk", flat=True)[:PART])
    Mail.objects.filter(pk__in=mails).delete()
    told = Notification.objects.filter(event=OuterRef("pk"))
    past.filter(~Exists(told)).exclude(expanded_at=None).delete()
    return len(old) == PART or len(mails) == PART
