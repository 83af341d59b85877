"""Memos tell of themselves."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from intranet.memos.models import Edition, MemoRecord
from intranet.notifications.models.events import KNOWN_SINCE
from intranet.notifications.services import announce, mark_read_about

PUBLISHED = "memos.published"
TO_ACKNOWLEDGE = "memos.to_acknowledge"
NOTE = "memos.note"


def announce_edition(record: MemoRecord, edition: Edition) -> None:
    """Announce a new edition, once: to those who are asked to acknowledge it, and to the others who see it.

    A revision that begins to ask is announced to whom it asks; one of an edition that asks already says nothing new.
    What is archived tells nobody: once it is back, it reaches those whom it asks and who came since.
    """
    is_archived = record.is_archived
    kinds = [PUBLISHED] if edition.revision == 1 and not is_archived else []
    if record.acknowledge and (edition.revision == 1 or not _asked_before(record, edition)):
        kinds.insert(0, TO_ACKNOWLEDGE)
    for kind in kinds:
        announce(
            kind,
            dedupe=f"{kind}:{record.item_id}:{edition.number}",
            item=record.item_id,
            subject=str(edition.number),
            details={KNOWN_SINCE: timezone.localdate().isoformat()} if is_archived else {},
            actor=edition.published_by,
            at=edition.published_at,
        )


def _asked_before(record: MemoRecord, edition: Edition) -> bool:
    last = record.editions.filter(number=edition.number, revision=edition.revision - 1)
    return bool(last.values_list("content__facts__acknowledge", flat=True).first())


def end_news(record: MemoRecord, person: Any) -> None:
    """The memo is no news to somebody who reads or acknowledges it."""
    mark_read_about(record.item_id, person, kinds=(TO_ACKNOWLEDGE, PUBLISHED))
