"""What other apps call: an event is announced in their transaction; everything else is the worker's."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from intranet.networks.models import Item
from intranet.notifications.kinds import events_over, known_kinds
from intranet.notifications.models import Event, MailTitles, Notification
from intranet.notifications.models.events import KNOWN_SINCE
from intranet.pages.listing import is_listed
from intranet.plugins import registry


def announce(
    kind: str,
    *,
    dedupe: str,
    item: Item | uuid.UUID | None = None,
    network: int | None = None,
    subject: str = "",
    details: dict[str, Any] | None = None,
    actor: Any = None,
    at: datetime.datetime | None = None,
) -> None:
    """Note that something happened; the worker tells the people whom the item's audience and the kind concern.

    ``dedupe`` names what happened: announced again, nothing happens. ``network`` is the key of the network whose
    preferences count (that of the item where it is not given). ``at``, when it happened: what is older than the
    setting ``NEWS_DAYS`` is no news; of a kind that reaches people late, it is for those alone who come after today.
    """
    at = at or timezone.now()
    days = registry.plugin("notifications").setting("NEWS_DAYS")
    details = details or {}
    if at < timezone.now() - datetime.timedelta(days=days):
        told_by = known_kinds().get(kind)
        if told_by is None or not told_by.reaches_late:
            return
        details = {**details, KNOWN_SINCE: timezone.localdate().isoformat()}
    key = item.pk if isinstance(item, Item) else item
    if key is not None and network is None:
        network = Item.objects.values_list("network_id", flat=True).get(pk=key)
    event = Event(
        kind=kind,
        item_id=key,
        network_id=network,
        subject=subject,
        details=details,
        actor=actor if actor is not None and actor.is_authenticated else None,
        dedupe=dedupe,
        at=at,
    )
    Event.objects.bulk_create([event], ignore_conflicts=True)


def unread_count(person: Any, most: int = 100) -> int:
    """How many unread notifications the person may see, counted up to ``most``: one query for who has none, else two.

    What lists leave out, as a memo that was withdrawn, is no news; nor is what is over.
    """
    # Every page asks. What may be seen is a long question, and most people have read everything.
    if not Notification.objects.of(person).unread().filter(is_listed=True).exists():
        return 0
    unread = Notification.objects.visible_to(person).unread().filter(is_listed("event__item"), is_listed=True)
    for over in events_over():
        unread = unread.filter(~Exists(over.filter(pk=OuterRef("event"))))
    return unread[:most].count()


def mark_read(notifications: Any) -> int:
    """Note that these notifications were read; gives back how many were not before."""
    return int(notifications.filter(read_at=None).update(read_at=timezone.now()))


def mark_read_about(item: uuid.UUID, person: Any, *, kinds: Collection[str]) -> int:
    """Note that the person knows what ``kinds`` told of an item, however the person came to it; one statement.

    Called where the item is read. Gives back how many notifications were unread.
    """
    return mark_read(Notification.objects.of(person).filter(event__item=item, event__kind__in=kinds, is_listed=True))


def forget_told(person: int, items: Iterable[uuid.UUID]) -> None:
    """Forget what the person, by key, was told of ``items``, and when it was read.

    Called where the person's name leaves what is kept of these items: the time of a row here would give it back.
    """
    Notification.objects.filter(person=person, event__item__in=list(items)).delete()


@transaction.atomic
def hide_titles(network_id: int, are_hidden: bool, *, by: Any) -> None:
    """Keep a network's titles out of e-mails, or not; true for the next e-mail."""
    MailTitles.objects.update_or_create(
        network_id=network_id, defaults={"are_hidden": are_hidden, "changed_at": timezone.now(), "changed_by": by}
    )
