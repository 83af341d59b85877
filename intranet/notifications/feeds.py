"""A person's own feeds, behind secret addresses: what is new as Atom, due dates as a calendar."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as CalendarEvent

from intranet.accounts.models import User
from intranet.networks.notices import absolute
from intranet.notifications.models import FeedAddress, Notification
from intranet.notifications.telling import lines_of, owed_by
from search.text import clean

ENTRIES = 50


def digest_of(secret: str) -> str:
    """SHA-256, hexadecimal: the secret has 256 random bits and needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_address(person: Any, feed: str) -> str:
    """A new secret address, which is never shown again; an earlier one of the same feed stops."""
    stop_address(person, feed)
    secret = secrets.token_urlsafe(32)
    FeedAddress.objects.create(person_id=person.pk, feed=feed, digest=digest_of(secret))
    return absolute(reverse(f"feed_{feed}", args=[secret]))


def stop_address(person: Any, feed: str) -> bool:
    """End the address; False where there was none."""
    return bool(FeedAddress.objects.filter(person=person.pk, feed=feed).delete()[0])


def reader_of(secret: str, feed: str) -> User | None:
    """Whose feed it is; None for a secret that is unknown or stopped, and for a closed account."""
    return User.objects.filter(
        feed_addresses__digest=digest_of(secret), feed_addresses__feed=feed, is_active=True
    ).first()


def atom_of(person: User) -> str:
    """What the person was told last, as far as it may still be seen, in the language in force."""
    seen = Notification.objects.visible_to(person).filter(is_listed=True).select_related("event")
    feed = Atom1Feed(
        title=_("Intranet: what is new for me"),
        link=absolute(reverse("notifications:list")),
        description=None,
        language=get_language(),
    )
    for line in lines_of(seen[:ENTRIES], person):
        notification, told = line.notification, line.told
        assert notification is not None
        feed.add_item(
            # What is pasted from an office program brings characters that XML has no place for.
            title=clean(told.title),
            link=absolute(told.url),
            description=clean(" · ".join(filter(None, (told.label, line.network, told.note, line.language)))),
            unique_id=f"urn:intranet:notification:{notification.pk}",
            pubdate=notification.event.at,
            updateddate=notification.event.at,
        )
    return str(feed.writeString("utf-8"))


def calendar_of(person: User, now: datetime.datetime) -> bytes:
    """A day for each thing that the person owes by a day."""
    calendar = Calendar.new(prodid="-//Intranet//Due dates//EN", name=_("Intranet: what I owe"))
    for line in owed_by(person):
        told = line.told
        if told.due_on is None:
            continue
        url, title = absolute(told.url), clean(told.title)
        day = CalendarEvent.new(
            summary=_("%(label)s: %(title)s") % {"label": told.label, "title": title} if told.label else title,
            start=told.due_on,
            end=told.due_on + datetime.timedelta(days=1) if told.due_on < datetime.date.max else None,
            uid=f"{hashlib.sha256(url.encode()).hexdigest()[:32]}@intranet",
            stamp=now,
            description=" · ".join(filter(None, (told.note, line.language))),
            url=url,
        )
        calendar.add_component(day)
    return bytes(calendar.to_ical())
