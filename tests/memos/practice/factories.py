"""Trainings whose steps are known, and what is said of them."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

from django.db.models import QuerySet

from intranet.accounts.models import User
from intranet.memos.models import PracticeMark, PracticeStep, TrainingNotePage
from intranet.memos.practice.services import Said, mark_steps
from intranet.networks.audiences import Rule
from intranet.networks.models import Item, Network
from tests.pages.factories import make_page, section_of

MEMBERS = Rule("members")


def step_id(number: int) -> str:
    """The id of the block that the n-th step of a test has."""
    return str(uuid.UUID(int=number, version=4))


def stored(*numbers: int, text: str = "Step") -> str:
    """Steps as a StreamField stores them."""
    return json.dumps([{"type": "step", "value": f"<p>{text} {n}</p>", "id": step_id(n)} for n in numbers])


def make_note(
    network: Network,
    title: str = "Learning exchange",
    *,
    steps: str = stored(1, 2),
    language: str = "en",
    rule: Rule | None = MEMBERS,
    **fields: Any,
) -> TrainingNotePage:
    """A published note, addressed to all societies, with two steps."""
    note: TrainingNotePage = make_page(
        section_of(network, language), title, page_type=TrainingNotePage, rule=rule, steps=steps, **fields
    )
    return note


def item_of(note: TrainingNotePage) -> Item:
    return Item.objects.get(pk=note.translation_key)


def step_of(note: TrainingNotePage, number: int = 1) -> PracticeStep:
    return PracticeStep.objects.get(item=note.translation_key, key=step_id(number))


def say(
    note: TrainingNotePage,
    network: Network,
    state: str,
    *,
    number: int = 1,
    by: User | None = None,
    sentence: str = "",
    at: datetime.datetime | None = None,
) -> int:
    """What a society says of a step."""
    said = {step_of(note, number): Said(state, sentence)}
    return mark_steps(network=network, said=said, by=by, language="en", at=at)


def marks_of(note: TrainingNotePage) -> QuerySet[PracticeMark]:
    marks: QuerySet[PracticeMark] = PracticeMark.objects.filter(step__item=note.translation_key)
    return marks
