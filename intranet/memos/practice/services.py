"""Writes of a training's practice: steps as they are published, marks, people, ratings."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intranet.memos.exceptions import MemoError
from intranet.memos.models import (
    AttendanceCount,
    Participation,
    PracticeMark,
    PracticeStep,
    SessionRating,
    TrainingNotePage,
)
from intranet.networks.models import Item, Network

MOST_PEOPLE = 10_000
SAID_AGAIN = datetime.timedelta(days=28)
"""What is said again of a step after so long is a new row: it still holds."""


class PracticeError(MemoError):
    """Something cannot be said of this training."""


class Said(NamedTuple):
    """What a society says of a step."""

    state: str
    sentence: str = ""


@transaction.atomic
def record_steps(key: uuid.UUID) -> None:
    """Keep the item's steps as its published versions have them: in both languages a step is its block's id."""
    versions = TrainingNotePage.objects.filter(translation_key=key, live=True, alias_of=None).order_by("pk")
    places: dict[uuid.UUID, int] = {}
    for steps in versions.values_list("steps", flat=True):
        for place, (name, _block) in enumerate(identified(steps)):
            places.setdefault(name, place)
    if not places and not PracticeStep.objects.filter(item=key).exists():
        return
    now = timezone.now()
    held = {step.key: step for step in PracticeStep.objects.filter(item=key)}
    PracticeStep.objects.bulk_create(
        PracticeStep(item_id=key, key=name, position=place) for name, place in places.items() if name not in held
    )
    changed = []
    for name, step in held.items():
        retired_at = None if name in places else step.retired_at or now
        position = places.get(name, step.position)
        if (retired_at, position) != (step.retired_at, step.position):
            step.retired_at, step.position = retired_at, position
            changed.append(step)
    PracticeStep.objects.bulk_update(changed, ["retired_at", "position"])


def identified(steps: Any) -> list[tuple[uuid.UUID, Any]]:
    """A note's steps with their ids, in their order; one whose id is none is passed over."""
    found = []
    for block in steps:
        try:
            found.append((uuid.UUID(str(block.id)), block))
        except ValueError:
            continue
    return found


@transaction.atomic
def mark_steps(
    *, network: Network, said: Mapping[PracticeStep, Said], by: Any, language: str, at: datetime.datetime | None = None
) -> int:
    """Add what the society says now of steps; how many rows were added.

    A row is added where state or sentence differ from the last one, or where that is older than four weeks.
    """
    at = at or timezone.now()
    # One at a time for a society, so that two of its people do not say the same twice.
    Network.objects.select_for_update().get(pk=network.pk)
    last = {
        mark.step_id: mark for mark in PracticeMark.objects.filter(network=network, step__in=list(said)).latest_until()
    }
    new = []
    for step, (state, sentence) in said.items():
        before = last.get(step.pk)
        if before and (before.state, before.sentence) == (state, sentence) and at - before.at < SAID_AGAIN:
            continue
        new.append(
            PracticeMark(step=step, network=network, state=state, sentence=sentence, language=language, by=by, at=at)
        )
    PracticeMark.objects.bulk_create(new)
    return len(new)


def take_part(item: Item, *, person: Any, network: Network | None, session_on: datetime.date | None) -> Participation:
    """Write down, once, that the person took part.

    Raises:
        PracticeError: the session is still to come.
    """
    if session_on is not None and session_on > timezone.localdate():
        raise PracticeError(_("The session has not taken place yet. Come back after it."))
    participation, _is_new = Participation.objects.get_or_create(
        item=item, person=person, defaults={"network": network}
    )
    return participation


@transaction.atomic
def take_back(item: Item, *, person: Any) -> None:
    """Delete that the person took part, which was said by mistake; nothing happens where nothing was said.

    Raises:
        PracticeError: the person has rated the session.
    """
    participation = _participation_of(item, person)
    if participation is None:
        return
    if SessionRating.objects.filter(participation=participation).exists():
        raise PracticeError(_("You have rated this session, as only those who took part do. Your rating stands."))
    # Past the manager, which refuses it: it is the person's own word, and nothing was made of it yet.
    Participation._base_manager.filter(pk=participation.pk).delete()


@transaction.atomic
def rate(item: Item, *, person: Any, stars: int, comment: str, language: str) -> SessionRating:
    """Keep what a participant thought of the session.

    Raises:
        PracticeError: the person did not take part, or has rated it already.
    """
    participation = _participation_of(item, person)
    if participation is None:
        raise PracticeError(_("Only those who took part rate a session. Say first that you took part."))
    rating, is_new = SessionRating.objects.get_or_create(
        participation=participation, defaults={"stars": stars, "comment": comment, "language": language}
    )
    if not is_new:
        raise PracticeError(_("You have rated this session already. One rating counts for each person."))
    return rating


def _participation_of(item: Item, person: Any) -> Participation | None:
    """Locked: it is rated or taken back."""
    found: Participation | None = Participation.objects.select_for_update().filter(item=item, person=person).first()
    return found


def count_people(item: Item, *, network: Network, people: int, by: Any) -> AttendanceCount:
    """Write down how many people of the network took part; what was entered before stays as history."""
    last: AttendanceCount | None = AttendanceCount.objects.filter(item=item, network=network).latest_until().first()
    if last is not None and last.people == people:
        return last
    return AttendanceCount.objects.create(item=item, network=network, people=people, by=by)  # type: ignore[no-any-return]
