"""A question on a memo, and its answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from intranet.memos.models.records import MemoRecord
from intranet.memos.questions.answering import records_answered_by

TEXT_LENGTH = 1_000
ANSWER_LENGTH = 3_000
REASON_LENGTH = 500


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions, as a person may see them."""

    def standing(self) -> QuestionQuerySet:
        """Those that nobody removed."""
        return self.filter(removed_at=None)

    def public_answers(self) -> QuestionQuerySet:
        """Those that everybody for whom the memo is meant may find: public, answered, not removed."""
        return self.standing().filter(is_private=False, answered_at__isnull=False)

    def of_visible_memos(self, person: Any) -> QuestionQuerySet:
        """Those on memos that are meant for this person: the audience predicate, asked of the memo itself."""
        return self.filter(record__in=MemoRecord.objects.visible_to(person).values("pk"))

    def visible_to(self, person: Any) -> QuestionQuerySet:
        """Of memos in sight, what is public; a private question for its author and for those who answer."""
        answered = records_answered_by(person).values("pk")
        open_to = Q(is_private=False) | Q(author__isnull=False, author=person.pk) | Q(record__in=answered)
        return self.standing().of_visible_memos(person).filter(open_to)

    def waiting(self) -> QuestionQuerySet:
        """Those to answer; a memo that is withdrawn or archived waits for nothing."""
        in_force = MemoRecord.objects.in_force().filter(pk=OuterRef("record"))
        return self.standing().filter(Exists(in_force), answered_at=None)

    def waiting_for(self, person: Any) -> QuestionQuerySet:
        """Those that this person is expected to answer."""
        return self.waiting().filter(record__in=records_answered_by(person).values("pk"))


class Question(models.Model):
    """What a reader asked about a memo, in one language, and what was answered.

    It has no audience of its own: whoever sees the memo sees it, unless it is private. A removed one stays as a trace,
    with its text unless that was erased. Written by ``intranet.memos.questions.services`` alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(MemoRecord, on_delete=models.PROTECT, related_name="questions")
    edition = models.PositiveIntegerField()
    """The edition of the memo that the author had read."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    is_private = models.BooleanField(default=False)
    text = models.TextField()
    language = models.CharField(max_length=5)
    asked_at = models.DateTimeField(default=timezone.now)

    answer = models.TextField(blank=True)
    answer_language = models.CharField(max_length=5, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answers = models.PositiveIntegerField(default=0)
    """How often it was answered: a form that knows another number is stale."""

    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    removed_reason = models.TextField(blank=True)
    is_erased = models.BooleanField(default=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "pk")
        indexes = (
            models.Index(fields=("record", "-asked_at"), name="memos_question_of_record"),
            models.Index(fields=("asked_at",), name="memos_question_waiting", condition=Q(answered_at=None)),
            models.Index(fields=("-removed_at",), name="memos_question_removed", condition=Q(removed_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.record} · {self.pk}"
