"""Memos as people list them: one entry for each item, in the reader's language first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import DateTimeField, Exists, F, OuterRef, QuerySet, Subquery, Value

from intranet.memos.models import Acknowledgement, MemoPage, MemoRecord, TrainingNotePage
from intranet.memos.models.archives import archived_items

STATES = ("all", "to_acknowledge", "acknowledged", "archived")
NOTE_STATES = ("all", "archived")


@dataclass(frozen=True)
class ListedMemo:
    """A memo with the version that this reader is shown."""

    record: MemoRecord
    page: MemoPage
    acknowledged_at: Any
    is_asked: bool
    replaced_by: str = ""
    """The number of the newer memo, where the reader may see that."""
    is_archived: bool = False
    """As the list asked for it."""

    @property
    def id(self) -> uuid.UUID:
        return self.record.item_id

    @property
    def language(self) -> str:
        return str(self.page.locale.language_code)


def memos_for(user: Any, state: str = "all") -> QuerySet[MemoRecord]:
    """The visible memos in ``state``, newest first; those to acknowledge by their day, dated ones first.

    All are in force, but those that are ``archived``.
    """
    visible = MemoRecord.objects.visible_to(user).select_related("item__network")
    receipt = Acknowledgement.objects.filter(record=OuterRef("pk"), person=user.pk, edition=OuterRef("edition"))
    if state == "to_acknowledge":
        never = Value(None, output_field=DateTimeField(null=True))
        # What is asked is in force.
        owed = visible.asked_of(user).filter(~Exists(receipt)).annotate(acknowledged_at=never, is_asked=Value(True))
        return owed.order_by(F("acknowledge_by").asc(nulls_last=True), "-published_at", "-pk")
    asked = MemoRecord.objects.filter(pk=OuterRef("pk")).asked_of(user)
    records = (visible.archived() if state == "archived" else visible.in_force()).with_newer(user)
    records = records.annotate(acknowledged_at=Subquery(receipt.values("acknowledged_at")[:1]), is_asked=Exists(asked))
    if state == "archived":
        records = records.annotate(is_listed_archived=Value(True))
    if state == "acknowledged":
        records = records.exclude(acknowledged_at=None)
    return records


def notes_for(user: Any, state: str = "all") -> Any:
    """The visible post-training notes' versions: ``archived`` ones, or those that are not."""
    archived = Exists(archived_items().filter(pk=OuterRef("translation_key")))
    return TrainingNotePage.objects.visible_to(user).filter(archived if state == "archived" else ~archived)


_TITLE = ("title", "draft_title", "slug", "url_path", "path", "depth", "translation_key", "locale__language_code")


def with_pages(records: Iterable[MemoRecord], language: str, *, only_titles: bool = False) -> list[ListedMemo]:
    """Each record with its page in ``language``, or in the language that exists: one query for all, and one more for
    the pages' external references. ``only_titles``: what says and links a title is read, in one."""
    records = list(records)
    if not records:
        return []
    pages: dict[uuid.UUID, MemoPage] = {}
    live = MemoPage.objects.filter(translation_key__in=[record.item_id for record in records], live=True, alias_of=None)
    live = live.select_related("locale")
    # A list needs no texts.
    live = live.only(*_TITLE) if only_titles else live.defer("body").prefetch_related("external_reference")
    for page in live:
        if page.translation_key not in pages or page.locale.language_code == language:
            pages[page.translation_key] = page
    return [
        ListedMemo(
            record,
            pages[record.item_id],
            getattr(record, "acknowledged_at", None),
            getattr(record, "is_asked", False),
            getattr(record, "newer_number", None) or "",
            getattr(record, "is_listed_archived", False),
        )
        for record in records
        if record.item_id in pages
    ]
