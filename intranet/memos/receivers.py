"""Wagtail unpublishes pages without their own ``save``; the record follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models.signals import pre_delete
from wagtail.signals import page_unpublished

from intranet.memos import services
from intranet.memos.exceptions import MemoError
from intranet.memos.models import MemoPage
from intranet.memos.verifying import with_metadata
from intranet.pages.signals import copies_asked


def connect() -> None:
    page_unpublished.connect(_after_unpublish, sender=MemoPage, dispatch_uid="memos.after_unpublish")
    copies_asked.connect(_copies_in_editions, dispatch_uid="memos.copies_in_editions")
    pre_delete.connect(_refuse_deletion, sender=MemoPage, dispatch_uid="memos.refuse_deletion")


def _after_unpublish(sender: Any, instance: MemoPage, **kwargs: Any) -> None:
    services.record_publication(instance.specific)


def _refuse_deletion(sender: Any, instance: MemoPage, **kwargs: Any) -> None:
    """Also when a page above it is deleted: the whole deletion is undone."""
    if not instance.can_be_deleted:
        raise MemoError(services.deletion_refusal())


def _copies_in_editions(sender: Any, has_metadata: Callable[[bytes], bool], **kwargs: Any) -> list[str]:
    editions = with_metadata(has_metadata)
    if not editions:
        return []
    named = ", ".join(editions)
    return [f"Left as they are, because their digests are evidence: images in {len(editions)} editions ({named})."]
