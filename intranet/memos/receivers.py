"""Wagtail unpublishes pages without their own ``save``; the record follows."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete
from wagtail.signals import page_unpublished

from intranet.memos import services
from intranet.memos.exceptions import MemoError
from intranet.memos.models import MemoPage


def connect() -> None:
    page_unpublished.connect(_after_unpublish, sender=MemoPage, dispatch_uid="memos.after_unpublish")
    pre_delete.connect(_refuse_deletion, sender=MemoPage, dispatch_uid="memos.refuse_deletion")


def _after_unpublish(sender: Any, instance: MemoPage, **kwargs: Any) -> None:
    services.record_publication(instance.specific)


def _refuse_deletion(sender: Any, instance: MemoPage, **kwargs: Any) -> None:
    """Also when a page above it is deleted: the whole deletion is undone."""
    if not instance.can_be_deleted:
        raise MemoError(services.deletion_refusal())
