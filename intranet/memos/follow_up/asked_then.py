"""How many people a memo asked at moments that are past: from the dated rows that memberships, accounts and networks
leave.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from intranet.accounts.models import AccountEvent, User
from intranet.memos.follow_up.history import Audience, came_in
from intranet.memos.models import Edition, MemoRecord
from intranet.memos.models.withdrawals import StandingEvent
from intranet.memos.owing import is_asked_by
from intranet.networks.audiences import Rule, tokens_of
from intranet.networks.models import Membership, Network, NetworkEvent, Role

RETURNED = "returned"
"""The kind of both standing events that puts a memo back in force."""


def asked_then(
    record: MemoRecord,
    editions: Sequence[Edition],
    audiences: Sequence[Audience],
    standing: Sequence[StandingEvent],
    networks: Collection[int] | None,
) -> dict[datetime.datetime, int | None]:
    """How many people of ``networks`` (None: all) were asked when each edition came out and each audience began.

    0 while it asked nobody, and None where what is kept does not say how many: before the memo came in here, of an
    edition that does not say whom it asked, after another memo replaced it, and before a network became one of another
    kind. ``editions``, ``audiences`` and ``standing`` are all there are, the first ones first. Six queries.
    """
    first, last = _known_between(record)
    closed_at = _closed_networks()
    moments = sorted({*(each.published_at for each in editions), *(each.since for each in audiences)})
    found: dict[datetime.datetime, int | None] = {}
    counts = []
    for number, at in enumerate(moments):
        edition = next((each for each in reversed(editions) if each.published_at <= at), None)
        audience = next((each for each in reversed(audiences) if each.since <= at), audiences[0])
        closed = closed_at(at)
        is_out = _is_out(standing, at) or record.item.network_id in closed
        if edition is not None and (is_out or not edition.content["facts"]["acknowledge"]):
            found[at] = 0
        elif edition is None or "asked" not in edition.content or not first <= at < last:
            found[at] = None
        else:
            found[at] = 0
            held = _memberships_at(at).exclude(network__in=closed)
            people = _accounts_at(at).filter(_was_asked(record, edition.content["asked"], audience.rule, held, at))
            if networks is not None:
                own = held.exclude(role=Role.GUEST).filter(network__in=networks, person=OuterRef("pk"))
                people = people.filter(Exists(own))
            counted = people.order_by().annotate(moment=Value(number))
            counts.append(counted.values("moment").annotate(count=Count("pk")))
    for row in counts[0].union(*counts[1:], all=True) if counts else ():
        found[moments[row["moment"]]] = row["count"]
    return found


def _known_between(record: MemoRecord) -> tuple[datetime.datetime, datetime.datetime]:
    """From when until when the dated rows say whom the memo asked: three queries."""
    first = min(came_in(record.item) or record.published_at, timezone.now())
    newer = MemoRecord.objects.filter(replaces=record.item_id).order_by("published_at")
    last = newer.values_list("published_at", flat=True).first() or datetime.datetime.max.replace(tzinfo=datetime.UTC)
    changes = NetworkEvent.objects.filter(kind=NetworkEvent.Kind.CHANGED, at__gt=first)
    # Of what kind it was before is not noted.
    other_kind = [at for at, details in changes.values_list("at", "details") if "kind" in details.get("fields", ())]
    return max([first, *other_kind]), last


def _closed_networks() -> Callable[[datetime.datetime], set[int]]:
    """Which networks were closed at a moment: two queries."""
    kinds = (NetworkEvent.Kind.CLOSED, NetworkEvent.Kind.REOPENED)
    rows = list(NetworkEvent.objects.filter(kind__in=kinds).order_by("at", "pk").values_list("at", "network", "kind"))
    noted = {network for _at, network, _kind in rows}
    always = set(Network.objects.filter(state=Network.State.CLOSED).exclude(pk__in=noted).values_list("pk", flat=True))

    def closed_at(moment: datetime.datetime) -> set[int]:
        kinds = {network: kind for at, network, kind in rows if at <= moment}
        return always | {network for network, kind in kinds.items() if kind == NetworkEvent.Kind.CLOSED}

    return closed_at


def _is_out(standing: Sequence[StandingEvent], moment: datetime.datetime) -> bool:
    """Whether the memo was withdrawn or archived then."""
    last = {type(event): event.kind for event in standing if event.at <= moment}  # type: ignore[attr-defined]
    return any(kind != RETURNED for kind in last.values())


def _memberships_at(moment: datetime.datetime) -> QuerySet[Membership]:
    """The memberships that were in force, as far as they were here."""
    day = timezone.localdate(moment)
    return Membership.objects.filter(
        Q(until=None) | Q(until__gte=day), Q(ended_at=None) | Q(ended_at__gt=moment), starts_on__lte=day
    ).filter(created_at__lte=moment)


def _was_asked(
    record: MemoRecord,
    asked: Mapping[str, Any],
    rule: Rule,
    held: QuerySet[Membership],
    moment: datetime.datetime,
) -> Q:
    """Whether an acknowledgement was asked of the outer query's person, as the edition says in ``asked``."""
    roles, networks = asked["roles"], asked["networks"]
    chosen = (Q(role__in=roles) if roles else Q()) & (Q(network__slug__in=networks) if networks else Q())
    return is_asked_by(
        tokens_of(rule, record.item.network_id),
        held,
        Membership.objects.filter(created_at__lte=moment),
        own=None if asked["beyond"] else record.item.network_id,
        chosen=chosen or None,
    )


def _accounts_at(moment: datetime.datetime) -> QuerySet[User]:
    """People whose account was open: it is what the last change before made it, or what the next one changed."""
    kinds = (AccountEvent.Kind.DEACTIVATED, AccountEvent.Kind.REACTIVATED)
    changes = AccountEvent.objects.filter(person=OuterRef("pk"), kind__in=kinds)
    before = changes.filter(at__lte=moment).order_by("-at", "-pk")
    after = changes.filter(at__gt=moment).order_by("at", "pk")
    people = User.objects.filter(date_joined__lte=moment)
    people = people.annotate(before=Subquery(before.values("kind")[:1]), after=Subquery(after.values("kind")[:1]))
    return people.filter(
        Q(before=AccountEvent.Kind.REACTIVATED)
        | Q(before=None, after=AccountEvent.Kind.DEACTIVATED)
        | Q(before=None, after=None, is_active=True)
    )
