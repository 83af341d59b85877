"""What people are told of questions: that one waits, that one is answered, that one was removed. Never what it says."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet.accounts.models import User
from intranet.memos.listing import ListedMemo, with_pages
from intranet.memos.models import Question
from intranet.memos.presenting import reader_language
from intranet.memos.questions.answering import people_who_answer, records_answered_by
from intranet.memos.questions.services import ANSWERED, ASKED, REMOVED
from intranet.networks.access import access_of
from intranet.notifications.kinds import told_of
from intranet.notifications.models import Event
from intranet.plugins import NotificationKind, Obligation, ReminderSource, Told, registry

REMINDED = "memos.question_reminder"


def _told(question: Question, memo: ListedMemo, label: str, **more: Any) -> Told:
    """The memo is named, with the address of the question."""
    title = _("%(title)s (%(number)s)") % {"title": memo.page.title, "number": memo.record.number}
    url = reverse("memos:question", args=[question.pk])
    return Told(**{**vars(told_of(memo.page, label=label)), "title": title, "url": url, **more})


def _with_memos(questions: Iterable[Question]) -> list[tuple[Question, ListedMemo]]:
    """Questions, read with their records, with the memos as the reader finds them; one query more for all."""
    questions = list(questions)
    records = {each.record_id: each.record for each in questions}
    memos = {memo.record.pk: memo for memo in with_pages(records.values(), reader_language(), only_titles=True)}
    return [(each, memos[each.record_id]) for each in questions if each.record_id in memos]


class QuestionKind(NotificationKind):
    """Something about one question, whose key is the event's subject."""

    def questions(self, person: Any) -> QuerySet[Question]:
        """Those that are told to this person, in sight and not over."""
        raise NotImplementedError

    def words(self, question: Question) -> dict[str, Any]:
        """What is said of it: ``label``, and more fields of ``Told``."""
        raise NotImplementedError

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        keys = {event.pk: uuid.UUID(event.subject) for event in events}
        found = self.questions(person).filter(pk__in=set(keys.values())).select_related("record__item__network")
        told = {question.pk: _told(question, memo, **self.words(question)) for question, memo in _with_memos(found)}
        return {pk: told[key] for pk, key in keys.items() if key in told}


class AskedKind(QuestionKind):
    """Told to those who answer, as long as it waits."""

    def people(self, event: Event) -> QuerySet[User]:
        question = Question.objects.waiting().select_related("record__item").filter(pk=event.subject).first()
        return people_who_answer(question.record) if question else User.objects.none()

    def networks_telling(self, person: Any) -> Collection[int]:
        """Those for which the person publishes, and those of memos whose contact, owner or deputy the person is."""
        answered = records_answered_by(person).order_by().values_list("item__network", flat=True)
        return access_of(person).publish | set(answered.distinct())

    def questions(self, person: Any) -> QuerySet[Question]:
        return Question.objects.waiting_for(person)

    def words(self, question: Question) -> dict[str, Any]:
        return {"label": _("Question about a service memo")}


class ReminderKind(AskedKind):
    """The same, when it has waited for long."""

    def words(self, question: Question) -> dict[str, Any]:
        return _waiting_words(question)


class AuthorKind(QuestionKind):
    """Told to whoever asked."""

    def people(self, event: Event) -> QuerySet[User]:
        return User.objects.filter(pk__in=Question.objects.filter(pk=event.subject).values("author"))


class AnsweredKind(AuthorKind):
    def questions(self, person: Any) -> QuerySet[Question]:
        own = Question.objects.standing().of_visible_memos(person)
        return own.filter(author=person.pk, answered_at__isnull=False)

    def words(self, question: Question) -> dict[str, Any]:
        return {"label": _("Answer to your question")}


class RemovedKind(AuthorKind):
    def questions(self, person: Any) -> QuerySet[Question]:
        return Question.objects.of_visible_memos(person).filter(author=person.pk, removed_at__isnull=False)

    def words(self, question: Question) -> dict[str, Any]:
        """The reason is for the page that the link leads to: it may quote what e-mails do not carry."""
        return {"label": _("Your question was removed")}


def due_day(question: Question) -> datetime.date:
    """The day by which an answer is expected."""
    days = registry.plugin("memos").setting("ANSWER_DAYS")
    return timezone.localdate(question.asked_at) + datetime.timedelta(days=days)


def _waiting_words(question: Question) -> dict[str, Any]:
    day = date_format(timezone.localdate(question.asked_at), "DATE_FORMAT")
    return {
        "label": _("Question to answer"),
        "note": _("Asked on %(day)s") % {"day": day},
        "is_to_do": True,
        "due_on": due_day(question),
        "network_id": question.record.item.network_id,
        "network": question.record.item.network,
    }


ASKED_KIND = AskedKind(name=ASKED, label=gettext_lazy("Questions that I am to answer"), default_mode="now")
ANSWERED_KIND = AnsweredKind(name=ANSWERED, label=gettext_lazy("Answers to my questions"), default_mode="now")
REMOVED_KIND = RemovedKind(name=REMOVED, label=gettext_lazy("Questions of mine that were removed"), default_mode="now")
REMINDER_KIND = ReminderKind(
    name=REMINDED, label=gettext_lazy("Questions that wait for my answer"), required=True, is_reminder=True
)


class QuestionReminders(ReminderSource):
    """Questions that nobody has answered: gently, after the day by which an answer was expected, and not before."""

    name = "memos.questions"
    kind = REMINDED

    def due_on(self, days: Collection[datetime.date]) -> Iterable[Obligation]:
        ago = datetime.timedelta(days=registry.plugin("memos").setting("ANSWER_DAYS"))
        waiting = Question.objects.waiting().filter(asked_at__date__in=[day - ago for day in days])
        for question in waiting.select_related("record__item"):
            day = due_day(question)
            # “Since” the day itself: only the reminders after it are sent.
            yield Obligation(
                item=question.record.item_id,
                network=question.record.item.network_id,
                due_on=day,
                since=day,
                ref=str(question.pk),
            )

    def owed_by(self, person: Any) -> Sequence[Told]:
        waiting = (
            Question.objects.waiting_for(person).select_related("record__item__network").order_by("asked_at", "pk")
        )
        return [_told(question, memo, **_waiting_words(question)) for question, memo in _with_memos(waiting)]
