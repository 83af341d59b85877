"""Questions in the memo's search entry: an attachment each, so that the entry's audience is theirs (decision 11)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from intranet.memos.questions.models import Question
from search import Attachment, Passage

TITLE_LENGTH = 80


def attachments_of_questions(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[Attachment, ...]]:
    """The public, answered questions of memos, in one query; an answer in the other language stands for itself."""
    found: dict[uuid.UUID, list[Attachment]] = defaultdict(list)
    asked = Question.objects.public_answers().filter(record__item__in=list(keys)).order_by("asked_at", "pk")
    for item, question in ((each.record.item_id, each) for each in asked.select_related("record")):
        found[item] += _attachments(question)
    return {item: tuple(attachments) for item, attachments in found.items()}


def _attachments(question: Question) -> list[Attachment]:
    texts = {question.language: [question.text]}
    texts.setdefault(question.answer_language, []).append(question.answer)
    return [
        Attachment(
            document=f"question:{question.pk}:{language}",
            title=_title(question, language),
            url=_url(question, language),
            language=language,
            passages=tuple(Passage(text) for text in parts),
        )
        for language, parts in texts.items()
    ]


def _title(question: Question, language: str) -> str:
    with translation.override(language):
        words = Truncator(" ".join(question.text.split())).chars(TITLE_LENGTH)
        return _("Question: %(words)s") % {"words": words}


def _url(question: Question, language: str) -> str:
    with translation.override(language):
        return reverse("memos:question", args=[question.pk])
