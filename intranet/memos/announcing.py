"""Memos tell of themselves."""

from __future__ import annotations

from intranet.memos.models import Edition, MemoRecord
from intranet.notifications.services import announce

PUBLISHED = "memos.published"
TO_ACKNOWLEDGE = "memos.to_acknowledge"
NOTE = "memos.note"


def announce_edition(record: MemoRecord, edition: Edition) -> None:
    """Announce a new edition, once: to those who are asked to acknowledge it, and to the others who see it."""
    for kind in (TO_ACKNOWLEDGE, PUBLISHED) if record.acknowledge else (PUBLISHED,):
        announce(
            kind,
            dedupe=f"{kind}:{record.item_id}:{edition.number}",
            item=record.item_id,
            subject=str(edition.number),
            actor=edition.published_by,
            at=edition.published_at,
        )
