"""Writes of questions: asked, answered, removed."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intranet.accounts.models import User
from intranet.memos.exceptions import MemoError, StaleEdition
from intranet.memos.models import MemoRecord
from intranet.memos.questions.models import Question
from intranet.memos.standing import refuse_questions
from intranet.networks.models import Item
from intranet.notifications.models import Event, Notification
from intranet.notifications.services import announce, mark_read
from intranet.pages.search_sources import index_items
from intranet.plugins import registry

ASKED, ANSWERED, REMOVED = "memos.question", "memos.answer", "memos.question_removed"
DAY = datetime.timedelta(days=1)


@transaction.atomic
def ask(
    record: MemoRecord, *, author: Any, text: str, language: str, is_private: bool = False, edition: int | None = None
) -> Question:
    """Keep a question; whoever answers is told. Sent twice while it waits, it is one question: private if either is.

    ``edition`` is the one that the author had before them, None the current one.

    Raises:
        NotInForce: nobody asks about it any more.
        StaleEdition: the memo has changed since it was read.
        MemoError: the author has asked too much today.
    """
    User.objects.select_for_update(no_key=True).get(pk=author.pk)
    refuse_questions(record)
    if edition is not None and edition != record.edition:
        raise StaleEdition(
            _("The memo has changed since you opened it. Read the current edition; your question is kept below."),
            record.edition,
        )
    held = Question.objects.standing().filter(record=record, author=author.pk, text=text, answered_at=None).first()
    if held is not None:
        return _made_private(held) if is_private and not held.is_private else held
    _refuse_too_many(author)
    question = Question.objects.create(
        record=record, edition=record.edition, author=author, is_private=is_private, text=text, language=language
    )
    _announce(ASKED, question, f"{ASKED}:{question.pk}", by=author)
    return question


def _made_private(question: Question) -> Question:
    """The author has thought better of it: out of the audience's sight, and of search if it is answered meanwhile."""
    question = _locked(question)
    question.is_private = True
    question.save(update_fields=["is_private"])
    index_items([question.record.item_id])
    return question


def _refuse_too_many(author: Any) -> None:
    most = registry.plugin("memos").setting("QUESTIONS_A_DAY")
    if Question.objects.filter(author=author.pk, asked_at__gt=timezone.now() - DAY).count() >= most:
        raise MemoError(
            _("You have asked %(count)d questions since yesterday. Ask this one tomorrow, or speak to the contact.")
            % {"count": most}
        )


@transaction.atomic
def answer(
    question: Question, *, text: str, language: str, by: Any, answers: int | None = None, make_private: bool = False
) -> Question:
    """Keep the answer, or another one in its place; the author is told, and a public one is found by search.

    ``answers`` is how many times it had been answered when the form was opened. ``make_private`` takes a public
    question out of the audience's sight; there is no way back, as the author did not ask for one.

    Raises:
        MemoError: it was removed, or somebody else has answered meanwhile.
    """
    question = _locked(question)
    if question.removed_at is not None:
        raise MemoError(_("The question has been removed meanwhile. There is nothing to answer."))
    if answers is not None and answers != question.answers:
        raise MemoError(_("Somebody else has answered meanwhile. Read that answer; yours is kept below."))
    question.answer, question.answer_language = text, language
    question.answered_by, question.answered_at = by, timezone.now()
    question.answers += 1
    question.is_private = question.is_private or make_private
    question.save()
    index_items([question.record.item_id])
    _is_over(question, ASKED)
    _announce(ANSWERED, question, f"{ANSWERED}:{question.pk}:{question.answers}", by=by)
    return question


@transaction.atomic
def remove(question: Question, *, by: Any, reason: str, erase: bool = False) -> Question:
    """Take a question and its answer out of everybody's sight and out of search, at once.

    Who did it, when and why stays for the office, with the text unless ``erase``. The author is told, unless it was the
    author.

    Raises:
        MemoError: it was removed already, or there is no reason.
    """
    question = _locked(question)
    if question.removed_at is not None:
        raise MemoError(_("The question has been removed already."))
    if not reason.strip() and by.pk != question.author_id:
        raise MemoError(_("Say why: the author and the national office read it."))
    question.removed_at, question.removed_by, question.removed_reason = timezone.now(), by, reason.strip()
    if erase:
        question.text, question.answer, question.is_erased = "", "", True
    question.save()
    index_items([question.record.item_id])
    _is_over(question, ASKED, ANSWERED)
    if by.pk != question.author_id:
        _announce(REMOVED, question, f"{REMOVED}:{question.pk}", by=by)
    return question


def _locked(question: Question) -> Question:
    """As it is now, until the transaction ends. The item first, as everybody who writes its entry does."""
    Item.objects.select_for_update(of=("self",)).get(pk=question.record.item_id)
    return Question.objects.select_for_update(of=("self",)).select_related("record").get(pk=question.pk)


def _is_over(question: Question, *kinds: str) -> None:
    """What people were told of it has nothing to say any more, and is not unread."""
    events = Event.objects.filter(item=question.record.item_id, kind__in=kinds, subject=str(question.pk))
    mark_read(Notification.objects.filter(event__in=events))


def _announce(kind: str, question: Question, dedupe: str, *, by: Any) -> None:
    announce(kind, dedupe=dedupe, item=question.record.item_id, subject=str(question.pk), actor=by)
