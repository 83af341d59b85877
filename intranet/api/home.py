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
from intranet.pages.landing import TOO_SLOW, is_new, latest_for, my_networks, news_for
from search import SearchTimeout

router = Router(tags=["home"])

NEW_GIVEN = 100
"""How many of the items that are new are given, the latest first."""


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
        description="Items published or changed materially since then, all items where it is null: "
        f"the latest {NEW_GIVEN}."
    )
    new_count: int | None = Field(description="How many are new in all; null where `news_problem` says why.")
    recent: list[ResultOut] = Field(description="Of the latest items those that are not new.")
    news_problem: str | None = Field(
        description="Why `new` and `recent` are empty, in words, where the search took too long; null otherwise."
    )
    networks: list[HomeNetworkOut]
    saved_searches: list[HomeSearchOut]


@router.get("/home", response=HomeOut, summary="What waits for you, and what is new")
def home(request: HttpRequest) -> dict[str, Any]:
    """What the home page says, complete. Asking with a token is no visit."""
    person: Any = request.user
    owed = owed_by(person)
    slugs = dict(Network.objects.filter(pk__in={line.network_id for line in owed}).values_list("pk", "slug"))
    notes = new_results(person)
    return {
        "since": person.last_visit_ended_at,
        "to_read": [_owed_as_json(line, person.language, slugs) for line in owed],
        **_news_as_json(person),
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


def _news_as_json(person: Any) -> dict[str, Any]:
    """What the search says; where it takes too long, what else the answer says matters more."""
    since = person.last_visit_ended_at
    try:
        new = news_for(person, person.language, since, size=NEW_GIVEN)
        latest = latest_for(person, person.language)
    except SearchTimeout:
        return {"new": [], "new_count": None, "recent": [], "news_problem": str(TOO_SLOW)}
    return {
        "new": [result_as_json(found) for found in new.found],
        "new_count": new.total,
        "recent": [result_as_json(found) for found in latest if not is_new(found, since)],
        "news_problem": None,
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
