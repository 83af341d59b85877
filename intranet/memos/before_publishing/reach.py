"""Who will get a draft: numbers for each network and for each way, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from intranet.accounts.models import User
from intranet.memos.before_publishing.drafts import Draft
from intranet.memos.before_publishing.permissions import names_told
from intranet.networks.access import NETWORK_PREFIX, access_of, networks_named
from intranet.networks.models import Network
from intranet.notifications.models.events import Mode
from intranet.notifications.preferences import count_modes, with_mode


@dataclass(frozen=True)
class NetworkReach:
    """The people of a network who will be able to see it, and those of them who must acknowledge it."""

    network: Network
    people: int
    asked: int
    is_named: bool
    """Whether the editor may see them by name."""


@dataclass(frozen=True)
class Reach:
    """Who will get a draft, as one editor is told. A person in two networks counts in each, and once in the total."""

    people: int
    asked: int
    networks: tuple[NetworkReach, ...]
    others: int
    """In the audience, and in none of ``networks``."""
    is_new: bool
    """Whether anybody is told; else readers find it changed."""
    told: int
    """In the list of notifications."""
    mails: dict[str, int]
    """Of those, by when their e-mail goes (``Mode``)."""


def reach_of(draft: Draft, user: Any) -> Reach:
    """The numbers that ``user`` sees; a network that was chosen and has nobody is there too.

    A network that she may not know is not named: its people are among ``others``, with those who have no network.
    """
    held = draft.memberships.order_by()
    asked = Q(person__in=draft.asked.order_by().values("pk"))
    counted = held.values("network").annotate(people=Count("pk"), asked=Count("pk", filter=asked))
    known = Network.objects.nameable_by(access_of(user).network_ids)
    rows = {row["network"]: row for row in counted.filter(network__in=known.order_by().values("pk"))}
    networks = known.in_bulk({*rows, *networks_named(draft.tokens, NETWORK_PREFIX)})
    placed = held.filter(network__in=list(rows)).aggregate(people=Count("person", distinct=True))["people"]
    total = draft.audience.order_by().count()
    may_name = names_told(user, draft.item.network)
    mails = _mails(draft, user, asked=draft.asked_count, people=total)
    counts = {pk: (row["people"], row["asked"]) for pk, row in rows.items()}
    reached = (NetworkReach(each, *counts.get(pk, (0, 0)), may_name(pk)) for pk, each in networks.items())
    return Reach(
        people=total,
        asked=draft.asked_count,
        networks=tuple(sorted(reached, key=lambda row: (row.network.pk != draft.item.network_id, row.network.name))),
        others=total - placed,
        is_new=draft.is_new,
        told=sum(mails.values()),
        mails=mails,
    )


def _mails(draft: Draft, user: Any, *, asked: int, people: int) -> dict[str, int]:
    """How many get the e-mail when, in the order of ``Mode``: one statement for each kind.

    Who publishes is not told, unless she must acknowledge it.
    """
    found: Counter[str] = Counter()
    asking, telling = draft.kinds
    if asking:
        found.update(count_modes(draft.asked, asking, draft.item.network_id, total=asked))
    if telling:
        others = draft.audience.exclude(pk__in=draft.asked.order_by().values("pk")) if asking else draft.audience
        own = draft.audience.filter(pk=user.pk).exists() and not (asking and draft.asked.filter(pk=user.pk).exists())
        left = people - (asked if asking else 0) - own
        found.update(count_modes(others.exclude(pk=user.pk), telling, draft.item.network_id, total=left))
    return {mode: found[mode] for mode in Mode.values if found[mode]}


@dataclass(frozen=True)
class ReachedPerson:
    """Somebody who will get it: ``mode`` is when the e-mail goes, empty for somebody who is not told."""

    person: User
    is_asked: bool
    mode: str


def people_in(draft: Draft, network: Network) -> QuerySet[Any]:
    """The people of a network who will get it, by name, with ``is_asked``."""
    held = draft.memberships.filter(network=network, person=OuterRef("pk"))
    people = draft.audience.filter(Exists(held)).annotate(
        is_asked=Exists(draft.asked.order_by().filter(pk=OuterRef("pk")))
    )
    return people.order_by("name", "email", "pk")


def with_ways(draft: Draft, people: list[Any], by: Any) -> list[ReachedPerson]:
    """These people, of ``people_in``, with the way in which each gets it: one statement for each kind."""
    asking, telling = draft.kinds
    modes: dict[int, str] = {}
    for kind, keys in (
        (asking, [person.pk for person in people if person.is_asked]),
        (telling, [person.pk for person in people if not person.is_asked and person.pk != by.pk]),
    ):
        if kind:
            told = with_mode(User.objects.filter(pk__in=keys), kind, draft.item.network_id)
            modes.update(told.values_list("pk", "mode"))
    return [ReachedPerson(person, person.is_asked, modes.get(person.pk, "")) for person in people]
