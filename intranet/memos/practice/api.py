"""What becomes of a training, in the API."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from intranet.memos.practice.access import note_for
from intranet.memos.practice.attendance import attendance_of, average
from intranet.memos.practice.models import current_marks
from intranet.memos.practice.services import identified
from intranet.pages.streams import plain_text

router = Router(tags=["notes"])


class StepOut(Schema):
    """A step, and how many societies say what of it."""

    id: uuid.UUID
    text: str
    planned: int
    in_practice: int
    not_for_us: int


class PracticeOut(Schema):
    """A note's steps, how many took part, and what they thought.

    ``people`` is null where no number was entered and nobody said to have taken part, ``average`` where fewer than
    three rated.
    """

    id: uuid.UUID
    title: str
    url: str
    language: str
    session_on: str | None
    people: int | None
    ratings: int
    average: float | None
    steps: list[StepOut]


@router.get("/{uuid:note_id}/practice", response=PracticeOut, summary="What becomes of a training")
def practice_of(request: HttpRequest, note_id: uuid.UUID) -> dict[str, Any]:
    """In the person's language, or in the one there is; 404 for a note that you may not see."""
    note = note_for(request.user, note_id)
    attendance = attendance_of([note_id]).values()
    known = [each.people for each in attendance if each.is_known]
    ratings = sum(each.ratings for each in attendance)
    marks = list(current_marks(step__item=note_id).values_list("step__key", "state"))
    return {
        "id": note_id,
        "title": note.title,
        "url": note.url or "",
        "language": note.locale.language_code,
        "session_on": note.session_on.isoformat() if note.session_on else None,
        "people": sum(known) if known else None,
        "ratings": ratings,
        "average": average(ratings, sum(each.stars for each in attendance)),
        "steps": [
            {
                "id": key,
                "text": plain_text(block.value.source),
                **{state: marks.count((key, state)) for state in ("planned", "in_practice", "not_for_us")},
            }
            for key, block in identified(note.steps)
        ],
    }
