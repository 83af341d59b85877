"""The demo's questions on memos, and their answers."""

from __future__ import annotations

from typing import Any

from intranet.accounts.models import User
from intranet.memos.models import MemoRecord, Question
from intranet.pages.search_sources import index_items

from .content import read_yaml
from .typography import polish


def leave_questions() -> None:
    """Write down what ``questions.yaml`` says, once; who was told of it then is not told again."""
    people = User.objects.in_bulk(field_name="email")
    records = MemoRecord.objects.in_bulk(field_name="number")
    for said in read_yaml("questions.yaml"):
        _leave(said, records[said["memo"]], people)


def _leave(said: dict[str, Any], record: MemoRecord, people: dict[str, User]) -> None:
    author = people[said["author"]]
    answer: dict[str, Any] = {}
    if "answer" in said:
        by = people[said["by"]]
        answer = {
            "answer": polish(said["answer"], by.language),
            "answer_language": by.language,
            "answered_by": by,
            "answered_at": said["answered"],
            "answers": 1,
        }
    _question, is_new = Question.objects.get_or_create(
        record=record,
        author=author,
        asked_at=said["asked"],
        defaults={
            "edition": record.edition,
            "is_private": said.get("private", False),
            "text": polish(said["text"], author.language),
            "language": author.language,
            **answer,
        },
    )
    if is_new and answer:
        index_items([record.item_id])
