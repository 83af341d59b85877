"""Who a memo was meant for, at each time: from the dated rows that its audience left."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from intranet.networks.audiences import Rule
from intranet.networks.models import AudienceEvent, Item


@dataclass(frozen=True)
class Audience:
    """The rule in force from a moment on."""

    since: datetime.datetime
    rule: Rule


def audiences_since(item: Item, since: datetime.datetime) -> list[Audience]:
    """The audiences of the item from ``since`` until now, the first one first.

    Three queries for each level on the way up to the home page.
    """
    told = _Told()
    level = {item.pk}
    while level:
        level = told.read(level)
    moments = sorted({since, *(event.at for events in told.events.values() for event in events if event.at > since)})
    found: list[Audience] = []
    for moment in moments:
        rule = told.rule_at(item.pk, moment)
        if not found or found[-1].rule != rule:
            found.append(Audience(moment, rule))
    return found


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
