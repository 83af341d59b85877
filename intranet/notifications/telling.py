"""What there is to say to a person: events asked of their kinds, what is owed of its sources, by network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from intranet.networks.access import access_of
from intranet.networks.models import Network
from intranet.notifications.kinds import known_kinds
from intranet.notifications.models import Event, Notification
from intranet.pages.audience_words import network_label
from intranet.pages.languages import name_here
from intranet.plugins import Told, registry


@dataclass(frozen=True)
class Line:
    """One thing that is said, with the name of its network where the reader may know it."""

    told: Told
    network: str = ""
    network_id: int | None = None
    notification: Notification | None = None

    @property
    def language(self) -> str:
        """The name of the text's language where it is not the reader's."""
        return name_here(self.told.language) if self.told.language else ""


def lines_of(notifications: Iterable[Notification], person: Any) -> list[Line]:
    """What each notification says to its person now, in their order; nothing of what may not be seen or is over.

    The predicate is asked again, by the database and by the kinds; the number of queries follows the kinds alone.
    What has moved belongs to the network that it is in now.
    """
    rows = list(notifications)
    seen = Notification.objects.visible_to(person).filter(pk__in=[row.pk for row in rows])
    present = dict(seen.values_list("pk", "event__item__network_id"))
    events: dict[str, list[Event]] = defaultdict(list)
    for row in rows:
        if row.pk in present:
            events[row.event.kind].append(row.event)
    told: dict[int, Told] = {}
    for name, kind in known_kinds().items():
        if name in events:
            told.update(kind.tell(events[name], person))
    said = [(row, present.get(row.pk) or row.event.network_id) for row in rows if row.event_id in told]
    names = network_names((network for _row, network in said), person)
    return [Line(told[row.event_id], names.get(network, ""), network, row) for row, network in said]


def owed_by(person: Any) -> list[Line]:
    """Everything that the person owes now, the nearest day first, what has no day last."""
    owed = [told for source in registry.items("reminder_sources") for told in source.owed_by(person)]
    owed.sort(key=lambda told: (told.due_on is None, told.due_on))
    read = {told.network_id: told.network for told in owed if told.network is not None}
    names = network_names((told.network_id for told in owed if told.network_id not in read), person)
    names |= {key: network_label(network, access_of(person)) for key, network in read.items()}
    return [Line(told, names.get(told.network_id, ""), told.network_id) for told in owed]


def network_names(keys: Iterable[int | None], person: Any) -> dict[int | None, str]:
    """The names of networks that the person may know."""
    networks = Network.objects.filter(pk__in={key for key in keys if key is not None})
    access = access_of(person)
    return {network.pk: network_label(network, access) for network in networks}


def by_network(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Lines under the names of their networks, in the order of a dictionary; those without a name last."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.network].append(line)
    named = sorted((name for name in groups if name), key=str.casefold)
    return [(name or _("Also new"), groups[name]) for name in [*named, *([""] if "" in groups else [])]]
