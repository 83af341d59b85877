"""Who may do what with a question that they see."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from intranet.memos.models import MemoRecord
from intranet.memos.questions.answering import records_answered_by
from intranet.memos.questions.models import Question
from intranet.networks.access import access_of
from intranet.networks.models import Network


def may_answer(record: MemoRecord, person: Any) -> bool:
    """One query."""
    return records_answered_by(person).filter(pk=record.pk).exists()


def may_moderate(record: MemoRecord, person: Any) -> bool:
    """Coordinators of the memo's network, and those of the national office, remove what they see."""
    access = access_of(person)
    return bool(access.office_coordinate) or record.item.network_id in access.coordinate


def may_read_removals(person: Any) -> bool:
    """Whether there can be a removal of which this person is told."""
    return bool(access_of(person).coordinate)


def removals_told_to(person: Any) -> QuerySet[Question]:
    """What was removed in networks that the person coordinates; the office is told of every network that it may name.

    What the memo and the question say is for those alone who may see the memo: see ``presenting.shown_removals``.
    """
    access = access_of(person)
    removed = Question.objects.filter(removed_at__isnull=False)
    own = Q(record__item__network__in=access.coordinate)
    if not access.office_coordinate:
        return removed.filter(own)
    nameable = Network.objects.nameable_by(access.network_ids)
    return removed.filter(own | Q(record__item__network__in=nameable.values("pk")))
