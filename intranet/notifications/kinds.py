"""The kinds of notifications: what is said of an event, to whom, in the language in force."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from intranet.notifications.models import Event
from intranet.pages import kinds as page_kinds
from intranet.pages.listing import one_for_each_item
from intranet.pages.models.querysets import all_pages
from intranet.plugins import NotificationKind, Told, registry

logger = logging.getLogger(__name__)


def known_kinds() -> dict[str, NotificationKind]:
    """The kinds of the plugins that are switched on, by name."""
    return {kind.name: kind for kind in registry.items("notification_kinds")}


def chosen_kinds() -> list[NotificationKind]:
    """Those whose e-mails people choose a time for; reminders come when something is due."""
    return [kind for kind in registry.items("notification_kinds") if not kind.is_reminder]


def late_kinds() -> list[NotificationKind]:
    """Those that have events which whoever they come to concern later is told too."""
    return [kind for kind in known_kinds().values() if kind.reaches_late]


def standing_events(kind: NotificationKind) -> QuerySet[Event]:
    """The events of a kind that whoever they come to concern later is told too."""
    return Event.objects.filter(pk__in=kind.standing(Event.objects.filter(kind=kind.name)).values("pk"))


def events_over() -> list[QuerySet[Event]]:
    """The events that nobody is told any more, by kind, of the kinds that have such.

    Every page asks: a kind that fails to say has none.
    """
    found = []
    for kind in known_kinds().values():
        try:
            over = kind.over(Event.objects.filter(kind=kind.name))
        except Exception:
            logger.exception("The kind %s cannot say what is over.", kind.name)
        else:
            found += [over] if over is not None else []
    return found


def visible_pages(person: Any, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Page]:
    """The live page of each item that ``person`` may see, in the language in force or the one there is: one query."""
    wanted = set(keys)
    if not wanted:
        return {}
    visible = all_pages().visible_to(person).filter(translation_key__in=wanted)
    pages = one_for_each_item(visible, get_language() or "fr").select_related("locale")
    return {page.translation_key: page for page in pages}


def told_of(page: Page, **more: Any) -> Told:
    """What is said of a page: its title, and its language where it is not the reader's."""
    code = page.locale.language_code
    foreign = "" if code == (get_language() or "fr") else code
    return Told(**{"title": page.title, "url": page.get_url() or "/", "language": foreign, **more})


class ItemKind(NotificationKind):
    """Something new about an item: told with the title of the page that the person may read."""

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        pages = visible_pages(person, (event.item_id for event in events if event.item_id))
        return {event.pk: self.told(event, pages[event.item_id]) for event in events if event.item_id in pages}

    def told(self, event: Event, page: Page) -> Told:
        """What is said of one page."""
        return told_of(page, label=page_kinds.label_of_type(page) or gettext("New page"))


NEW_PAGE = ItemKind(name="pages.published", label=_("New pages"), default_mode="weekly")
