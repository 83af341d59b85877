"""How memos and notes become search entries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from intranet.memos.models import Edition, MemoRecord
from intranet.memos.models.archives import archived_among
from intranet.memos.questions.finding import attachments_of_questions
from intranet.pages.models import BasePage
from intranet.pages.search_sources import PageSource
from search import Attachment


class ArchivableSource(PageSource):
    """What is archived by itself."""

    def archived_among(self, keys: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        return archived_among(keys)


class MemoSource(ArchivableSource):
    """Service memos, found by their number too; one that another memo replaces ranks behind that.

    What is withdrawn is not found.
    """

    kind = "memo"
    label = _("Service memo")
    models = ("memos.MemoPage",)
    is_found_by_label = True
    is_dated = True

    def pages(self, model: type[BasePage]) -> QuerySet[BasePage]:
        withdrawn = MemoRecord.objects.filter(item=OuterRef("translation_key"), withdrawn_at__isnull=False)
        return super().pages(model).filter(~Exists(withdrawn))

    def identifiers_of(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
        numbers = MemoRecord.objects.filter(item__in=list(keys)).values_list("item_id", "number")
        return {key: (number,) for key, number in numbers}

    def replacements_of(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
        newer = MemoRecord.objects.standing().filter(replaces__in=list(keys)).order_by("published_at", "pk")
        return dict(newer.values_list("replaces_id", "item_id"))

    def renewals_of(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, datetime]:
        """When a material change was published: the first state of the current edition, unless it is the first one."""
        current = Edition.objects.filter(record__item__in=list(keys), number=F("record__edition"), revision=1)
        return dict(current.filter(number__gt=1).values_list("record__item", "published_at"))

    def attachments_of(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[Attachment, ...]]:
        """The memo's documents, and its public questions with their answers."""
        found, asked = super().attachments_of(keys), attachments_of_questions(keys)
        return {key: (*found.get(key, ()), *asked.get(key, ())) for key in found.keys() | asked.keys()}


class TrainingNoteSource(ArchivableSource):
    """Post-training notes."""

    kind = "training_note"
    label = _("Post-training note")
    models = ("memos.TrainingNotePage",)
    is_found_by_label = True
