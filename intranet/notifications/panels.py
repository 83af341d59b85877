"""What notifications show on the home page and on every page."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from intranet.finding.models import SavedSearch
from intranet.networks.access import access_of
from intranet.notifications.models import Notification
from intranet.notifications.services import unread_count
from intranet.notifications.telling import Line, owed_by
from intranet.notifications.watching import SAVED_SEARCH, notes_of
from intranet.plugins import Panel

MOST = 99
OWED_SHOWN = 6
SEARCHES_SHOWN = 6


class UnreadTool(Panel):
    """The way to one's notifications, with the number of unread ones."""

    template_name = "notifications/unread_tool.html"

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        return {"unread": unread_count(request.user, MOST + 1), "most": MOST, "list_url": reverse("notifications:list")}


class OwedPanel(Panel):
    """What is asked of this person, the nearest day first, what has no day last."""

    template_name = "notifications/panels/owed.html"
    order = 10

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        owed = owed_by(request.user)
        follows = bool(access_of(request.user).publish)
        return {
            "items": [owed_card(line) for line in owed[:OWED_SHOWN]],
            "total": len(owed),
            "follows": follows,
            "more_url": reverse("notifications:to_do") if follows or len(owed) > OWED_SHOWN else "",
        }


class SavedSearchesPanel(Panel):
    """One's saved searches, with what is new in them; nothing for who has none."""

    template_name = "notifications/panels/searches.html"
    order = 40
    is_aside = True

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        searches = list(SavedSearch.objects.of(request.user)[:SEARCHES_SHOWN])
        if not searches:
            return None
        told = new_results(request.user)
        return {
            "searches": [
                {"name": search.name, "url": search.get_absolute_url(), **told.get(str(search.pk), {})}
                for search in searches
            ],
            "list_url": reverse("saved_searches"),
        }


def new_results(person: Any) -> dict[str, dict[str, str]]:
    """For each saved search that has unread results: what is said of them, and where opening them notes that they were
    read; two queries."""
    unread = Notification.objects.of(person).unread().filter(event__kind=SAVED_SEARCH.name, is_listed=True)
    rows = list(unread.select_related("event").order_by("event_id")[:MOST])
    notes = notes_of([row.event for row in rows], person)
    return {
        row.event.subject: {"note": notes[row.event_id], "url": reverse("notifications:open", args=[row.pk])}
        for row in rows
        if row.event_id in notes
    }


def owed_card(line: Line, today: datetime.date | None = None) -> dict[str, Any]:
    """What is owed, for ``components/card.html``."""
    told = line.told
    is_overdue = told.due_on is not None and told.due_on < (today or timezone.localdate())
    card = {
        "title": told.title,
        "url": told.url,
        "kind": told.label,
        "network": line.network,
        "status": told.note,
        "status_tone": "error" if is_overdue else "warning",
        "language": line.language,
        "language_code": told.language,
    }
    if told.action is None:
        return card
    action = told.action
    return {**card, "action": action.url, "action_label": action.label, "action_fields": action.fields}
