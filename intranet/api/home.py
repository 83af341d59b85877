"""The home page as data."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from intranet.api.endpoints import result_as_json
from intranet.api.schemas import ResultOut
from intranet.finding.models import SavedSearch
from intranet.networks.models import Network
from intranet.notifications.panels import new_results
from intranet.notifications.telling import Line, owed_by
from intranet.pages.landing import is_new, latest_for, my_networks

router = Router(tags=["home"])


class OwedOut(Schema):
    """Something that is asked of you."""

    label: str = Field(description="What it is, in words: “Service memo”, “Question to answer”.")
    title: str
    url: str
    language: str
    network: str | None = Field(description="The slug of its network, or null where you may not know the network.")
    note: str = Field(description="What is asked and by when, in words.")
    due_on: datetime.date | None
    overdue: bool


class HomeNetworkOut(Schema):
    name: str
    url: str | None = Field(description="Its section, or null where that is not open to you.")


class HomeSearchOut(Schema):
    id: UUID
    name: str
    url: str
    query: str
    note: str = Field(description="How many results are new, in words; empty where none is.")


class HomeOut(Schema):
    since: datetime.datetime | None = Field(
        description="When your last visit of the site ended; null before the second."
    )
    to_read: list[OwedOut] = Field(description="The nearest day first, what has no day last.")
    new: list[ResultOut] = Field(
        description="Of the latest items those published or changed materially since then; all where it is null."
    )
    recent: list[ResultOut] = Field(description="The other ones of the latest.")
    networks: list[HomeNetworkOut]
    saved_searches: list[HomeSearchOut]


@router.get("/home", response=HomeOut, summary="What waits for you, and what is new")
def home(request: HttpRequest) -> dict[str, Any]:
    """What the home page says, complete. Asking with a token is no visit."""
    person: Any = request.user
    owed = owed_by(person)
    slugs = dict(Network.objects.filter(pk__in={line.network_id for line in owed}).values_list("pk", "slug"))
    latest = latest_for(person, person.language)
    notes = new_results(person)
    return {
        "since": person.last_visit_ended_at,
        "to_read": [_owed_as_json(line, person.language, slugs) for line in owed],
        "new": [result_as_json(found) for found in latest if is_new(found, person.last_visit_ended_at)],
        "recent": [result_as_json(found) for found in latest if not is_new(found, person.last_visit_ended_at)],
        "networks": [{"name": card["title"], "url": card["url"] or None} for card in my_networks(person)],
        "saved_searches": [
            {
                "id": search.pk,
                "name": search.name,
                "url": search.get_absolute_url(),
                "query": search.query_string,
                "note": notes.get(str(search.pk), {}).get("note", ""),
            }
            for search in SavedSearch.objects.of(person)
        ],
    }


def _owed_as_json(line: Line, language: str, slugs: dict[int, str]) -> dict[str, Any]:
    told = line.told
    return {
        "label": told.label,
        "title": told.title,
        "url": told.url,
        "language": told.language or language,
        "network": slugs.get(line.network_id) if line.network and line.network_id else None,
        "note": told.note,
        "due_on": told.due_on,
        "overdue": told.due_on is not None and told.due_on < timezone.localdate(),
    }
