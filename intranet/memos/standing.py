"""What withdrawing and archiving have in common: a reason, a locked item, a line in the history of each version."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from intranet.memos.exceptions import MemoArchived, MemoError, MemoWithdrawn
from intranet.memos.models import MemoPage, MemoRecord, TrainingNotePage
from intranet.networks.models import Item


def lock_item(key: uuid.UUID) -> Item:
    """The item, locked, with its network."""
    return Item.objects.select_for_update(of=("self",)).select_related("network").get(pk=key)


def with_words(reason: str, missing: str) -> str:
    """The reason that readers see.

    Raises:
        MemoError: it says nothing; ``missing`` is the message.
    """
    if not reason.strip():
        raise MemoError(missing)
    return reason.strip()


def moment_of_leaving(events: Any, at: datetime.datetime) -> datetime.datetime:
    """When what comes in as out of force since ``at`` is so in its row of ``events``, which are read in their order.

    Now, where it came back here after that.
    """
    last = events.last()
    return timezone.now() if last is not None and last.kind == "returned" and last.at >= at else at


def log_versions(key: uuid.UUID, action: str, *, by: Any, reason: str = "") -> None:
    """A line in the editors' history of each language version."""
    for model in (MemoPage, TrainingNotePage):
        for page in model.objects.filter(translation_key=key, alias_of=None):
            log(page, action, user=by, data={"reason": reason})


def refuse_withdrawn_or_archived(record: MemoRecord, *, withdrawn: str, archived: str) -> None:
    """Say that the memo is out of force; each sentence has a place for its ``number``.

    Raises:
        MemoWithdrawn: it is withdrawn.
        MemoArchived: it is archived.
    """
    if record.withdrawn_at is not None:
        raise MemoWithdrawn(withdrawn % {"number": record.number})
    if record.is_archived:
        raise MemoArchived(archived % {"number": record.number})


def refuse_questions(record: MemoRecord) -> None:
    """A memo that is out of force takes no questions.

    Raises:
        NotInForce: it is.
    """
    refuse_withdrawn_or_archived(
        record,
        withdrawn=_("Memo %(number)s has been withdrawn. It takes no questions any more."),
        archived=_("Memo %(number)s is archived. It takes no questions any more."),
    )
