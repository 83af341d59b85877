"""Questions on a memo in the API: read only, as a person reads the warning before writing one."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, Router, Schema

from intranet.memos.models import MemoRecord, Question
from intranet.memos.questions.presenting import questions_of

router = Router(tags=["memos"])


class AnswerOut(Schema):
    text: str
    language: str
    answered_at: datetime.datetime


class QuestionOut(Schema):
    """A question in its own language, plain text."""

    id: uuid.UUID
    url: str
    text: str
    language: str
    asked_at: datetime.datetime
    edition: int = Field(description="The edition of the memo that it is about.")
    private: bool = Field(description="Seen by its author and those who answer alone.")
    mine: bool
    answer: AnswerOut | None


class QuestionList(Schema):
    """Questions, the newest first."""

    results: list[QuestionOut]


@router.get("/{uuid:memo_id}/questions", response=QuestionList, summary="The questions on a memo")
def list_questions(request: HttpRequest, memo_id: uuid.UUID) -> dict[str, Any]:
    """Complete: those that you may see; 404 for a memo that you may not see."""
    record = get_object_or_404(MemoRecord.objects.visible_to(request.user), item=memo_id)
    return {"results": [_as_json(question, request.user) for question in questions_of(record, request.user)]}


def _as_json(question: Question, person: Any) -> dict[str, Any]:
    answer = {
        "text": question.answer,
        "language": question.answer_language,
        "answered_at": question.answered_at,
    }
    return {
        "id": question.pk,
        "url": reverse("memos:question", args=[question.pk]),
        "text": question.text,
        "language": question.language,
        "asked_at": question.asked_at,
        "edition": question.edition,
        "private": question.is_private,
        "mine": question.author_id == person.pk,
        "answer": answer if question.answered_at else None,
    }
