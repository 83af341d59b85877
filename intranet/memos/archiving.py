"""Archiving one memo or note, and bringing it back."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intranet.memos.exceptions import MemoError
from intranet.memos.models import ArchivedItem, ArchiveEvent, MemoRecord
from intranet.memos.standing import lock_item, log_versions, moment_of_leaving, with_words
from intranet.networks.models import Item
from intranet.pages.search_sources import index_items

ARCHIVED, RETURNED = "memos.archive", "memos.bring_back"


@transaction.atomic
def archive(key: uuid.UUID, *, reason: str, language: str, by: Any) -> None:
    """Keep the memo or the note for the record: its audience reads it where it is, marked with ``reason``; no list has
    it, the search finds it on request, and it asks nothing of anyone. What it replaces stays replaced.

    Raises:
        MemoError: there is no reason, it is archived already, or it is a memo that is withdrawn.
    """
    item = lock_item(key)
    reason = with_words(reason, _("Say why it is archived: its readers see it."))
    if ArchivedItem.objects.filter(item=item).exists():
        raise MemoError(_("It is archived already."))
    if MemoRecord.objects.filter(item=item, withdrawn_at__isnull=False).exists():
        raise MemoError(_("The memo is withdrawn, and asks nothing any more."))
    _archive(item, at=timezone.now(), reason=reason, language=language, by=by)
    log_versions(key, ARCHIVED, by=by, reason=reason)
    index_items([key])


@transaction.atomic
def bring_back(key: uuid.UUID, *, by: Any) -> None:
    """Take the item out of the archive: it is in lists and search again, and asks what it asked.

    Raises:
        MemoError: it is not archived, or its network is closed.
    """
    item = lock_item(key)
    if item.network is not None and not item.network.is_active:
        raise MemoError(_("Its network is closed: everything that it issued is archived."))
    deleted, _rows = ArchivedItem.objects.filter(item=item).delete()
    if not deleted:
        raise MemoError(_("It is not archived."))
    item.archive_events.create(kind=ArchiveEvent.Kind.RETURNED, by=by)
    log_versions(key, RETURNED, by=by)
    index_items([key])


def take_over_archiving(page: Any) -> bool:
    """A live item that comes in and was archived elsewhere is so here; whether it was not yet. The caller indexes."""
    given = page.given_archiving
    if not page.live or not given or ArchivedItem.objects.filter(item=page.translation_key).exists():
        return False
    _archive(lock_item(page.translation_key), **given, by=None)
    return True


def _archive(item: Item, **said: Any) -> None:
    ArchivedItem.objects.create(item=item, **said)
    at = moment_of_leaving(item.archive_events, said["at"])
    item.archive_events.create(kind=ArchiveEvent.Kind.ARCHIVED, **{**said, "at": at})


def archive_facts(item: Item) -> dict[str, Any]:
    """What ``memos/partials/archived.html`` shows; nothing for what is not archived. One query at most."""
    held: ArchivedItem | None = getattr(item, "archived_item", None)
    is_closed = item.network is not None and not item.network.is_active
    if held is None and not is_closed:
        return {}
    return {
        "at": held.at if held else None,
        "reason": held.reason if held else "",
        "language": held.language if held else "",
        "is_closed": is_closed,
    }
