"""Who may follow a memo, and what each is told: figures of which networks, names of whose people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from intranet.memos.models import Acknowledgement, MemoRecord
from intranet.memos.models.records import MemoRecordQuerySet
from intranet.networks.access import Access, access_of
from intranet.networks.models import Network
from intranet.plugins import registry

NAMES, TOTALS = "names", "totals"


@dataclass(frozen=True)
class Scope:
    """What somebody who follows a memo is told."""

    networks: frozenset[int] | None
    """The networks whose figures; None: every one, and all people together."""
    named: frozenset[int] | None
    """The networks whose people are told by name; None: everybody."""

    @property
    def is_whole(self) -> bool:
        return self.networks is None


def scope_of(user: Any, record: MemoRecord) -> Scope | None:
    """What ``user`` is told of the memo; None for somebody who may not follow it.

    Whoever publishes for the network that issued it sees the figures of all, and its own people by name; a
    coordinator sees her own people. ``FOLLOW_UP_NAMES`` says whether the office sees everybody by name.
    """
    return scope_within(access_of(user), record.item.network)


def scope_within(access: Access, network: Network | None) -> Scope | None:
    """The same of whatever ``network`` issues."""
    own = access.coordinate
    if network is not None and network.pk in access.publish:
        is_named = network.kind == Network.Kind.OFFICE and registry.plugin("memos").setting("FOLLOW_UP_NAMES") == NAMES
        return Scope(None, None if is_named else own | {network.pk})
    return Scope(own, own) if own else None


def followed_by(user: Any) -> MemoRecordQuerySet:
    """The memos that this person may follow, withdrawn ones too: they see it, and it asks or asked somebody."""
    access = access_of(user)
    receipts = Acknowledgement.objects.filter(record=OuterRef("pk"))
    records = MemoRecord.objects.visible_to(user).filter(Q(acknowledge=True) | Q(Exists(receipts)))
    return records if access.coordinate else records.filter(item__network__in=access.publish)


def is_follower(user: Any) -> bool:
    """Whether there may be something for this person to follow."""
    access = access_of(user)
    return bool(access.publish or access.coordinate)
