"""Who a memo was meant for, at each time: from the dated rows that its audience left."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from wagtail.models import Page, Revision

from intranet.networks.audiences import Rule
from intranet.networks.models import AudienceEvent, Item
from intranet.pages.models.querysets import keys_as_text

_ONE_TRANSACTION = datetime.timedelta(seconds=1)


@dataclass(frozen=True)
class Audience:
    """The rule in force from a moment on."""

    since: datetime.datetime
    rule: Rule


def audiences_since(item: Item, since: datetime.datetime) -> list[Audience]:
    """The audiences of the item from ``since`` until now, the first one first.

    What came in from elsewhere was published before it was here: then it was for whom it came in. Moments within a
    second of the next are those of one transaction, in which nobody saw it. Three queries for each level on the way up
    to the home page, and one.
    """
    told = _Told()
    level = {item.pk}
    while level:
        level = told.read(level)
    start = max(since, came_in(item) or since)
    later = {event.at for events in told.events.values() for event in events if event.at > start}
    moments = [start, *sorted(later)]
    found: list[Audience] = []
    for moment, following in zip_longest(moments, moments[1:]):
        if following and following - moment < _ONE_TRANSACTION:
            continue
        rule = told.rule_at(item.pk, moment)
        if not found or found[-1].rule != rule:
            found.append(Audience(moment if found else since, rule))
    return found


def came_in(item: Item) -> datetime.datetime | None:
    """When the first of its versions was written here."""
    pages = keys_as_text(Page.objects.filter(translation_key=item.pk))
    revisions = Revision.page_revisions.filter(object_id__in=pages).order_by("created_at")
    return revisions.values_list("created_at", flat=True).first()


class _Told:
    """What is known of an item and of all that it was ever below."""

    def __init__(self) -> None:
        self.now: dict[uuid.UUID, dict[str, Any]] = {}
        self.events: dict[uuid.UUID, list[AudienceEvent]] = defaultdict(list)

    def read(self, keys: set[uuid.UUID]) -> set[uuid.UUID]:
        """Read these items; returns those above them that are not read yet."""
        above: set[str] = set()
        for item in Item.objects.filter(pk__in=keys).prefetch_related("rule_networks"):
            networks = frozenset(network.pk for network in item.rule_networks.all())
            rule = Rule(item.rule, networks, item.rule_guests)
            self.now[item.pk] = {**rule.as_json(), "parent": str(item.parent_id) if item.parent_id else None}
            above.add(self.now[item.pk]["parent"])
        for event in AudienceEvent.objects.filter(key__in=keys).order_by("at", "pk"):
            self.events[event.key].append(event)
            above |= {event.before.get("parent"), event.after.get("parent")}
        return {uuid.UUID(key) for key in above if key} - self.now.keys() - self.events.keys() - keys

    def rule_at(self, key: uuid.UUID, moment: datetime.datetime) -> Rule:
        """The nearest rule on the way up."""
        seen: set[uuid.UUID] = set()
        place: uuid.UUID | None = key
        while place is not None and place not in seen:
            seen.add(place)
            state = self._state_at(place, moment)
            if state.get("choice"):
                return Rule(state["choice"], frozenset(state["networks"]), state["guests"])
            place = uuid.UUID(state["parent"]) if state.get("parent") else None
        return Rule(Item.Rule.SECTION)

    def _state_at(self, key: uuid.UUID, moment: datetime.datetime) -> dict[str, Any]:
        events = self.events.get(key, [])
        before = [event for event in events if event.at <= moment]
        if before:
            state: dict[str, Any] = before[-1].after
            return state
        return events[0].before if events else self.now.get(key, {})
