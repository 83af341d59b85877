"""The people whom a memo asks, by name, and the receipts that its record shows."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet.accounts.models import User
from intranet.memos.follow_up.figures import own_people, people_within, readings_of, receipts_of
from intranet.memos.models import Acknowledgement, MemoRecord, ReceiptNote
from intranet.memos.services import is_overdue
from intranet.networks.models import Membership, Network
from intranet.networks.models.memberships import current_condition

STATES = {
    "owing": gettext_lazy("Not yet acknowledged"),
    "unopened": gettext_lazy("Not yet opened"),
    "acknowledged": gettext_lazy("Acknowledged"),
}


@dataclass(frozen=True)
class AskedPerson:
    """Somebody whom a memo asks, as a follower reads it."""

    name: str
    networks: str
    state: str
    tone: str
    read_at: datetime.datetime | None
    acknowledged_at: datetime.datetime | None
    notes: list[str]
    """What the person said of the receipt since."""


def people_in(record: MemoRecord, networks: Collection[int] | None, state: str = "") -> QuerySet[User]:
    """Those asked, of these networks (None: all), in ``state`` (empty: any), by name.

    Each has ``read_at`` and ``acknowledged_at``, None where that did not happen.
    """
    people = people_within(record, networks).annotate(
        read_at=Subquery(readings_of(record, "pk").values("read_at")[:1]),
        acknowledged_at=Subquery(receipts_of(record, "pk").values("acknowledged_at")[:1]),
    )
    if state == "acknowledged":
        people = people.exclude(acknowledged_at=None)
    elif state in STATES:
        people = people.filter(acknowledged_at=None)
    if state == "unopened":
        people = people.filter(read_at=None)
    return people.order_by("name", "email")


def as_asked(
    record: MemoRecord, people: Iterable[Any], names: Mapping[int, str], of: QuerySet[User] | None = None
) -> list[AskedPerson]:
    """What is said of each of ``people_in``; ``names`` has the networks that may be named. Two queries.

    ``of`` is the condition that they all meet, where they are too many to name.
    """
    people = list(people)
    networks: dict[int, list[str]] = defaultdict(list)
    which: Any = [person.pk for person in people] if of is None else of.order_by().values("pk")
    held = own_people(names).filter(person__in=which).order_by()
    for person, network in held.values_list("person", "network"):
        networks[person].append(names[network])
    notes: dict[int, list[str]] = defaultdict(list)
    said = ReceiptNote.objects.filter(
        receipt__record=record, receipt__edition=record.edition, receipt__person__in=which
    )
    for person, text in said.order_by("at", "pk").values_list("receipt__person", "text"):
        notes[person].append(text)
    is_late = is_overdue(record)
    return [
        AskedPerson(
            person.name,
            ", ".join(sorted(networks[person.pk])),
            *_state(person, is_late),
            person.read_at,
            person.acknowledged_at,
            notes[person.pk],
        )
        for person in people
    ]


def _state(person: Any, is_late: bool) -> tuple[str, str]:
    if person.acknowledged_at:
        return _("Acknowledged"), "success"
    if is_late:
        return (_("Overdue") if person.read_at else _("Overdue, not opened")), "error"
    return (_("Opened") if person.read_at else _("Not yet opened")), "warning"


def receipts_within(record: MemoRecord, networks: Collection[int] | None) -> QuerySet[Any]:
    """All receipts of the memo's editions, by people of these networks today or when they acknowledged (None: all).

    Each has ``is_gone``: the person is in none of them any more, or has no account that is open. Of all networks only
    those have left whose memberships, guests' too, have all ended: who never had one has left none. Pseudonyms belong
    to no network.
    """
    receipts = Acknowledgement.objects.filter(record=record).annotate(day=TruncDate("acknowledged_at"))
    receipts = receipts.annotate(is_gone=_is_gone(networks))
    if networks is not None:
        held = Membership.objects.own_people().filter(person=OuterRef("person"), network__in=networks)
        then = held.filter(
            Q(ended_at=None) | Q(ended_at__gte=OuterRef("acknowledged_at")),
            Q(until=None) | Q(until__gte=OuterRef("day")),
            starts_on__lte=OuterRef("day"),
        )
        receipts = receipts.filter(Q(Exists(then)) | Q(Exists(held.filter(current_condition()))))
    return receipts.select_related("person").prefetch_related("notes").order_by("edition", "acknowledged_at", "pk")


def _is_gone(networks: Collection[int] | None) -> Q:
    """Whether the person of a receipt has left these networks (None: all), or the account is closed."""
    if networks is not None:
        return Q(~Exists(own_people(networks).filter(person=OuterRef("person"), person__is_active=True)))
    held = Membership.objects.filter(person=OuterRef("person"))
    return Q(person__is_active=False) | Q(Exists(held), ~Exists(held.between(timezone.localdate(), None)))


def signer_of(receipt: Any) -> str:
    """The name on a receipt, or the word that stands for somebody who left long ago."""
    if receipt.person is None:
        return _("Former member %(pseudonym)s (name removed)") % {"pseudonym": receipt.pseudonym[:8]}
    name = str(receipt.person.name)
    return _("%(name)s (has left)") % {"name": name} if receipt.is_gone else name


def counts_by_edition(receipts: QuerySet[Any]) -> dict[int, int]:
    """How many receipts there are for each edition."""
    rows = receipts.order_by().values("edition").annotate(count=Count("pk"))
    return {row["edition"]: row["count"] for row in rows}


def nameable(access_networks: frozenset[int], networks: Collection[int] | None = None) -> dict[int, str]:
    """The names of networks (None: of all) that somebody who belongs to ``access_networks`` may know, by their keys."""
    found = Network.objects.nameable_by(access_networks)
    if networks is not None:
        found = found.filter(pk__in=networks)
    return {network.pk: network.name for network in found}
