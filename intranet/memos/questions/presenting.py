"""Questions as the templates read them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from intranet.memos.listing import with_pages
from intranet.memos.models import MemoRecord
from intranet.memos.presenting import reader_language
from intranet.memos.questions.models import Question
from intranet.memos.questions.permissions import may_answer, may_moderate, removals_told_to
from intranet.networks.access import access_of
from intranet.pages.audience_words import network_label
from intranet.pages.languages import name_here

SHOWN = 5


@dataclass(frozen=True)
class ShownQuestion:
    """A question as this reader sees it; names are empty where they are not the reader's business."""

    question: Question
    url: str
    is_mine: bool
    may_answer: bool
    remove_url: str
    author: str
    answered_by: str
    is_of_earlier_edition: bool
    language: str = ""
    """The name of the question's language, where it is not the reader's."""
    answer_language: str = ""


def questions_of(record: MemoRecord, person: Any) -> QuerySet[Question]:
    """What this person sees of the memo's questions, the newest first."""
    questions = Question.objects.visible_to(person).filter(record=record)
    return questions.select_related("author", "answered_by", "record__item")


def ask_url(record: MemoRecord) -> str:
    """Where one asks about the memo; empty for one that takes no questions any more."""
    is_in_force = record.withdrawn_at is None and not record.is_archived
    return reverse("memos:ask", args=[record.item_id]) if is_in_force else ""


def questions_context(record: MemoRecord, person: Any) -> dict[str, Any]:
    """The newest questions below a memo: three queries."""
    found = questions_of(record, person)
    shown = shown_questions(found[:SHOWN], record, person)
    return {
        "questions": shown,
        "question_count": found.count(),
        "questions_url": reverse("memos:questions", args=[record.item_id]),
        "ask_url": ask_url(record),
    }


def shown_questions(questions: Iterable[Question], record: MemoRecord, person: Any) -> list[ShownQuestion]:
    """Questions on one memo, which the person sees; one query beside theirs."""
    answers, moderates = may_answer(record, person), may_moderate(record, person)
    knows_names = record.item.network_id in access_of(person).view
    return [
        ShownQuestion(
            question=question,
            url=reverse("memos:question", args=[question.pk]),
            is_mine=question.author_id == person.pk,
            may_answer=answers,
            remove_url=reverse("memos:remove_question", args=[question.pk])
            if moderates or answers or question.author_id == person.pk
            else "",
            author=_name(question.author) if answers else "",
            answered_by=_name(question.answered_by) if knows_names else "",
            is_of_earlier_edition=question.edition < record.edition,
            language=_foreign(question.language),
            answer_language=_foreign(question.answer_language),
        )
        for question in questions
    ]


def _name(person: Any) -> str:
    return str(person.get_full_name()) if person else ""


def _foreign(code: str) -> str:
    return name_here(code) if code and code != reader_language() else ""


@dataclass(frozen=True)
class ShownRemoval:
    """A trace: who removed what, when and why. Number, title and text only for those who may see the memo."""

    at: datetime.datetime
    by: str
    reason: str
    network: str
    number: str
    title: str
    url: str
    text: str
    answer: str
    is_erased: bool
    is_by_author: bool


def shown_removals(removed: Iterable[Question], person: Any) -> list[ShownRemoval]:
    """Traces of ``removals_told_to``, in a fixed number of queries. A private question's text stays between the two."""
    removed = list(removed)
    records = MemoRecord.objects.visible_to(person).filter(pk__in={each.record_id for each in removed})
    memos = {memo.record.pk: memo for memo in with_pages(records, reader_language())}
    access = access_of(person)
    found = []
    for each in removed:
        memo = memos.get(each.record_id)
        shows_text = memo is not None and not each.is_private
        found.append(
            ShownRemoval(
                at=each.removed_at or each.asked_at,
                by=_name(each.removed_by),
                reason=each.removed_reason,
                network=network_label(each.record.item.network, access),
                number=memo.record.number if memo else "",
                title=memo.page.title if memo else "",
                url=(memo.page.url or "") if memo else "",
                text=each.text if shows_text else "",
                answer=each.answer if shows_text else "",
                is_erased=each.is_erased,
                is_by_author=each.removed_by_id is not None and each.removed_by_id == each.author_id,
            )
        )
    return found


def removals_of(person: Any) -> QuerySet[Question]:
    """Traces that this person is told, the newest first, with what ``shown_removals`` reads."""
    removed = removals_told_to(person).select_related("removed_by", "record__item__network")
    return removed.order_by("-removed_at", "pk")
