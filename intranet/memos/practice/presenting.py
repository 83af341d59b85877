"""A training's practice as the note's page shows it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from intranet.memos.archiving import archive_facts
from intranet.memos.models import Participation, PracticeMark, PracticeStep, SessionRating, TrainingNotePage
from intranet.memos.practice import access as rights
from intranet.memos.practice.attendance import attendance_of, average
from intranet.memos.practice.calendar import add_months
from intranet.memos.practice.figures import HORIZONS, in_practice_after
from intranet.memos.practice.forms import PeopleForm, RatingForm, StepsForm, TookPartForm
from intranet.memos.practice.models import current_marks
from intranet.memos.presenting import reader_language
from intranet.networks.access import Access, access_of
from intranet.networks.models import Item, Network
from intranet.pages.audience_words import network_label
from intranet.pages.streams import plain_text

COMMENTS_SHOWN = 50
ASKS_NOTHING = dict.fromkeys(("marking", "took_part", "rating_form", "people_form"))
"""What an archived note does not ask any more."""
TONES = {
    PracticeMark.State.PLANNED.value: "info",
    PracticeMark.State.IN_PRACTICE.value: "success",
    PracticeMark.State.NOT_FOR_US.value: "",
}


def practice_facts(page: TrainingNotePage, user: Any) -> dict[str, Any]:
    """The context of ``memos/practice/…`` in a fixed number of queries; the steps alone for a page without an item."""
    item: Item | None = page.__dict__.get("item")
    if item is None or not page.live:
        return {"steps": plain_steps(page)}
    archived = archive_facts(item)
    steps = list(PracticeStep.objects.filter(item=item, retired_at=None))
    marks = list(current_marks(step__item=item).select_related("network", "step")) if steps else []
    addressed = rights.networks_addressed(item.pk)
    return {
        "steps": _steps(page, marks, access_of(user)),
        "marking": _marking(page, steps, marks, list(rights.networks_marked_by(user, addressed)) if steps else []),
        "later": _later(page) if steps else [],
        **_session(page, item, user, addressed),
        **(ASKS_NOTHING if archived else {}),
        "archived": archived,
    }


def _later(page: TrainingNotePage) -> list[dict[str, int]]:
    """How much was in practice at each horizon that has come, in how many societies, of how many that had answered."""
    if page.session_on is None:
        return []
    today, found = timezone.localdate(), in_practice_after({page.translation_key: page.session_on})
    numbers = {
        months: [own[months] for own in found.values() if months in own]
        for months in HORIZONS
        if add_months(page.session_on, months) <= today
    }
    return [
        {"months": months, "steps": sum(own), "societies": sum(1 for each in own if each), "answered": len(own)}
        for months, own in numbers.items()
    ]


def plain_steps(page: TrainingNotePage) -> list[dict[str, Any]]:
    """The steps of this language without what societies say of them."""
    return [{"block": block, "marks": [], "unnamed": 0, "counts": []} for block in page.steps]


def _steps(page: TrainingNotePage, marks: Sequence[PracticeMark], access: Access) -> list[dict[str, Any]]:
    """The steps of this language with what societies say of each; a society that the reader may not know is counted."""
    by_step: dict[str, list[PracticeMark]] = defaultdict(list)
    for mark in marks:
        by_step[str(mark.step.key)].append(mark)
    found = []
    for block in page.steps:
        own = by_step[str(block.id)]
        named = [(network_label(mark.network, access), mark) for mark in own]
        shown = [_mark(name, mark) for name, mark in named if name]
        shown.sort(key=lambda each: (list(PracticeMark.State.values).index(each["state"]), each["network"]))
        found.append({"block": block, "counts": counts_of(own), "marks": shown, "unnamed": len(own) - len(shown)})
    return found


def counts_of(marks: Iterable[PracticeMark]) -> list[dict[str, Any]]:
    """How many societies say each of the three; empty where nobody says anything."""
    states = [mark.state for mark in marks]
    if not states:
        return []
    return [
        {"state": state.value, "label": state.label, "tone": TONES[state.value], "count": states.count(state.value)}
        for state in PracticeMark.State
    ]


def _mark(name: str, mark: PracticeMark) -> dict[str, Any]:
    foreign = "" if mark.language == reader_language() else mark.language
    return {
        "network": name,
        "state": mark.state,
        "label": mark.get_state_display(),
        "tone": TONES[mark.state],
        "sentence": mark.sentence,
        "language": foreign,
        "at": mark.at,
    }


def marking_rows(page: TrainingNotePage, form: StepsForm) -> list[dict[str, Any]]:
    """What ``memos/practice/steps_form.html`` shows: the steps that the page has in its language, with their forms."""
    texts = {str(block.id): plain_text(block.value.source) for block in page.steps}
    rows = [(texts.get(str(step.key)), each) for step, each in form.forms.items()]
    return [{"text": text, "form": each} for text, each in rows if text is not None]


def _marking(
    page: TrainingNotePage, steps: list[PracticeStep], marks: list[PracticeMark], networks: list[Network]
) -> list[dict[str, Any]]:
    """A form for each society for which the reader may say something."""
    found = []
    for network in sorted(networks, key=lambda each: each.name):
        form = StepsForm(network, steps, marks)
        own = [mark.at for mark in marks if mark.network_id == network.pk]
        found.append(
            {
                "network": network.name,
                "slug": network.slug,
                "rows": marking_rows(page, form),
                "last": max(own, default=None),
                "action": reverse("memos:practice", args=[page.translation_key, network.slug]),
            }
        )
    return found


def _session(page: TrainingNotePage, item: Item, user: Any, addressed: Any) -> dict[str, Any]:
    """Who took part, what they thought, and what the reader may say of it."""
    attendance = attendance_of([item.pk])
    people = sum(each.people for each in attendance.values())
    ratings, stars = (sum(getattr(each, name) for each in attendance.values()) for name in ("ratings", "stars"))
    mine = Participation.objects.filter(item=item, person=user.pk).select_related("rating", "network").first()
    is_over = page.session_on is None or page.session_on <= timezone.localdate()
    counted = rights.networks_counted_by(user, item, addressed) if access_of(user).publish and is_over else None
    networks = rights.networks_of_participant(user, addressed)
    key: uuid.UUID = page.translation_key
    return {
        "session": {
            "people": people,
            "networks": sum(1 for (_key, network), each in attendance.items() if network and each.people),
            "ratings": ratings,
            "average": average(ratings, stars),
            "is_over": is_over,
            "comments": _comments(item) if rights.reads_comments(user, item) else [],
        },
        "participation": mine,
        "own_rating": getattr(mine, "rating", None),
        "took_part": TookPartForm(networks=networks) if mine is None and is_over else None,
        "took_part_url": reverse("memos:took_part", args=[key]),
        "take_back_url": reverse("memos:take_back", args=[key]),
        "rating_form": RatingForm(auto_id="rating_%s") if mine and not hasattr(mine, "rating") else None,
        "rating_url": reverse("memos:rate_session", args=[key]),
        "people_form": PeopleForm(networks=counted, auto_id="people_%s") if counted is not None else None,
        "people_rows": _people_rows(attendance, counted),
        "people_url": reverse("memos:count_people", args=[key]),
    }


def _comments(item: Item) -> list[SessionRating]:
    """The newest first, without who wrote them."""
    said = SessionRating.objects.filter(participation__item=item).exclude(comment="")
    return list(said.only("stars", "comment", "language").order_by("-pk")[:COMMENTS_SHOWN])


def _people_rows(attendance: dict[tuple[uuid.UUID, int | None], Any], counted: Any) -> list[dict[str, Any]]:
    """The numbers of the networks for which the reader enters them."""
    if counted is None:
        return []
    rows = []
    for network in sorted(counted, key=lambda each: each.name):
        own = next((each for (_key, pk), each in attendance.items() if pk == network.pk), None)
        if own is not None and own.people:
            rows.append({"network": network.name, "people": own.people, "confirmed": own.confirmed})
    return rows
