"""Saved searches tell of new results: each is asked once a day, with its person's access of that moment."""

from __future__ import annotations

import datetime
import logging
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.models import Page

from intranet.accounts.models import User
from intranet.finding.models import SavedSearch
from intranet.finding.saving import params_of
from intranet.networks.models import AudienceEvent, Item, Membership
from intranet.notifications.models import Event, SearchWatch
from intranet.notifications.services import announce
from intranet.pages.listing import is_listed
from intranet.pages.models.querysets import all_pages
from intranet.pages.searching import search_for
from intranet.plugins import NotificationKind, Told
from search import BadQuery, SearchTimeout

logger = logging.getLogger(__name__)

EVERY = datetime.timedelta(days=1)
BATCH = 20
ASKED = 50
"""How many of the newest results are looked at."""
KNOWN = 500
"""How many keys are kept of a search."""


class SavedSearchKind(NotificationKind):
    """New results of a person's own search; counted again, without what the person may not see, when it is told."""

    def people(self, event: Event) -> QuerySet[User]:
        return User.objects.filter(saved_searches=uuid.UUID(event.subject))

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        searches = {
            str(search.pk): search
            for search in SavedSearch.objects.of(person).filter(pk__in=[event.subject for event in events])
        }
        notes = notes_of(events, person)
        return {
            event.pk: _told(searches[event.subject], notes[event.pk])
            for event in events
            if event.subject in searches and event.pk in notes
        }


def _told(search: SavedSearch, note: str) -> Told:
    return Told(title=search.name, url=search.get_absolute_url(), label=_("Saved search"), note=note)


def notes_of(events: Sequence[Event], person: Any) -> dict[int, str]:
    """How many of each event's results the person may see and the search still finds, in words, by its key; nothing
    where none is. One query."""
    keys = {event.pk: {uuid.UUID(key) for key in event.details.get("keys", ())} for event in events}
    listed, with_archived = _listed(person, set().union(*keys.values()))
    counts = {
        event.pk: len(keys[event.pk] & (with_archived if event.details.get("archived") else listed)) for event in events
    }
    return {
        pk: ngettext("%(count)d new result", "%(count)d new results", count) % {"count": count}
        for pk, count in counts.items()
        if count
    }


def _listed(person: Any, keys: Collection[uuid.UUID]) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Of these items, those that lists have and the person may see; the same with archived ones."""
    seen = all_pages().visible_to(person).filter(is_listed("translation_key", archived=True), translation_key__in=keys)
    found = dict(seen.annotate(is_current=is_listed("translation_key")).values_list("translation_key", "is_current"))
    return {key for key, is_current in found.items() if is_current}, set(found)


SAVED_SEARCH = SavedSearchKind(
    name="finding.saved_search",
    label=gettext_lazy("New results of my saved searches"),
    default_mode="weekly",
    by_network=False,
)


def watch_due() -> bool:
    """Ask a batch of the searches whose day has come; says whether there are more."""
    now = timezone.now()
    watched = SearchWatch.objects.filter(search=OuterRef("pk"), asked_at__gt=now - EVERY, asked_at__lte=now)
    with transaction.atomic():
        due = SavedSearch.objects.filter(~Q(Exists(watched)), person__is_active=True).order_by("pk")
        skip = connection.features.has_select_for_update_skip_locked
        searches = list(
            due.select_related("person").select_for_update(skip_locked=skip, of=("self",) if skip else ())[:BATCH]
        )
        for search in searches:
            _ask(search, now)
    return len(searches) == BATCH


def _ask(search: SavedSearch, now: datetime.datetime) -> None:
    """Announce what has come since it was asked last; the first answer is only kept."""
    watch = SearchWatch.objects.filter(pk=search.pk).first()
    try:
        found = _found(search)
    except SearchTimeout:
        # What is known is kept; what has come meanwhile is told when its day comes again.
        logger.warning("The saved search %s took too long and is asked another time.", search.pk)
        SearchWatch.objects.filter(pk=search.pk).update(asked_at=now)
        return
    if watch is None:
        SearchWatch.objects.create(search=search, asked_at=now, known=found)
        return
    unknown = [key for key in found if key not in set(watch.known)]
    # Where no more was found than is looked at, nothing stayed behind the last that was known.
    come = set(unknown) if len(watch.known) < ASKED else _come_since(unknown, search.person, watch.asked_at)
    new = [key for key in unknown if key in come]
    if new:
        announce(
            SAVED_SEARCH.name,
            dedupe=f"{SAVED_SEARCH.name}:{search.pk}:{now.isoformat()}",
            subject=str(search.pk),
            details={"keys": new, "archived": search.archived},
        )
    watch.asked_at, watch.known = now, [*unknown, *watch.known][:KNOWN]
    watch.save()


def _come_since(keys: list[str], person: User, moment: datetime.datetime) -> set[str]:
    """Of these items, those that were published, or came into the person's sight, since ``moment``."""
    if not keys:
        return set()
    day = timezone.localdate(moment)
    if Membership.objects.current().filter(Q(created_at__gte=moment) | Q(starts_on__gt=day), person=person).exists():
        return set(keys)
    came_out = Page.objects.filter(translation_key=OuterRef("pk"), first_published_at__gte=moment, alias_of=None)
    widened = AudienceEvent.objects.filter(Q(key=OuterRef("pk")) | Q(key=OuterRef("rule_from")), at__gte=moment)
    items = Item.objects.filter(Q(Exists(came_out)) | Q(Exists(widened)), pk__in=keys)
    return {str(key) for key in items.values_list("pk", flat=True)}


def _found(search: SavedSearch) -> list[str]:
    """The keys of the newest items with every word of the search; what is no item (a term) has no audience of its
    own."""
    try:
        params = params_of(search.query_string, search.person.language)
        answer = search_for(search.person, replace(params, sort="date", size=ASKED, facets=()))
    except BadQuery:
        return []
    return [found.key for found in answer.found[: answer.with_every_word] if _is_item(found.key)]


def _is_item(key: str) -> bool:
    try:
        uuid.UUID(key)
    except ValueError:
        return False
    return True
