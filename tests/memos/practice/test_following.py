"""Three and twelve months after a session its societies are asked, once, and no more once they have answered."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from intranet.memos.practice.following import looks_due, looks_of
from intranet.memos.practice.services import count_people, take_part
from intranet.networks.audiences import Rule, set_rule
from intranet.networks.models import Network
from intranet.notifications.expanding import expand_due
from intranet.notifications.models import Notification
from intranet.notifications.reminding import remind
from intranet.notifications.telling import lines_of
from tests.beginnings import beginning
from tests.memos.practice.factories import item_of, make_note, say
from tests.pages.factories import make_halifax, make_network, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOON = datetime.datetime(2026, 5, 4, 16, tzinfo=datetime.UTC)
HELD = datetime.date(2026, 5, 31)
AFTER_3 = datetime.datetime(2026, 8, 31, 16, tzinfo=datetime.UTC)
AFTER_12 = datetime.datetime(2027, 5, 31, 16, tzinfo=datetime.UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


halifax = beginning(make_halifax)


def asked() -> list[str]:
    """Whom the worker has asked, by address."""
    while expand_due():
        pass
    rows = Notification.objects.filter(event__kind="memos.practice").order_by("pk")
    return [row.person.email.partition("@")[0] for row in rows.select_related("person")]


def to_do_of(person: Any) -> str:
    """The page of all that is to do."""
    return str(signed_in(person).get(reverse("notifications:to_do")).content.decode())


def test_who_speaks_for_a_society_that_took_part_is_asked_once_after_three_and_twelve_months(
    clock: Any, halifax: Network
) -> None:
    moncton, absent = make_network("moncton"), make_network("absent")
    note = make_note(halifax, session_on=HELD)
    for network in (halifax, moncton, absent):
        for role in ("coordinator", "publisher", "reader"):
            make_person(f"{network.slug}-{role}", (network, role))
    count_people(item_of(note), network=halifax, people=4, by=None)
    reader = make_person("someone", (moncton, "reader"))
    clock.move_to(NOON + datetime.timedelta(days=30))
    take_part(item_of(note), person=reader, network=moncton, session_on=HELD)
    remind()
    assert asked() == []

    clock.move_to(AFTER_3)
    for _again in range(3):
        remind()
        clock.shift(datetime.timedelta(days=1))
    assert sorted(asked()) == sorted(f"{slug}-{role}" for slug in ("halifax", "moncton")
                                     for role in ("coordinator", "publisher"))  # fmt: skip

    say(note, halifax, "in_practice")
    clock.move_to(AFTER_12)
    remind()
    assert len(asked()) == 8


def test_nothing_is_said_once_the_society_has_answered(clock: Any, halifax: Network) -> None:
    note = make_note(halifax, session_on=HELD)
    person = make_person("ann", (halifax, "publisher"), language="en")
    count_people(item_of(note), network=halifax, people=4, by=None)
    clock.move_to(AFTER_3)
    remind()
    while expand_due():
        pass
    rows = Notification.objects.filter(event__kind="memos.practice").select_related("event")
    (line,) = lines_of(rows, person)
    assert line.told.note == "The session was 3 months ago: what is in practice now?"
    assert line.told.url.endswith("#practice")
    assert "Trainings in practice" in to_do_of(person)

    say(note, halifax, "planned")

    assert lines_of(rows, person) == []
    assert "Trainings in practice" not in to_do_of(person)


@pytest.mark.parametrize(
    ("days_before", "is_asked"),
    [(0, False), (28, False), (29, True)],
)
def test_what_was_said_shortly_before_answers(clock: Any, halifax: Network, days_before: int, is_asked: bool) -> None:
    note = make_note(halifax, session_on=HELD)
    say(note, halifax, "planned", at=AFTER_3 - datetime.timedelta(days=days_before))
    clock.move_to(AFTER_3)

    assert bool(looks_due(AFTER_3.date())) is is_asked


def test_after_three_more_months_it_is_let_be(clock: Any, halifax: Network) -> None:
    note = make_note(halifax, session_on=HELD)
    count_people(item_of(note), network=halifax, people=4, by=None)
    day = AFTER_3.date()

    due = [bool(looks_due(day + datetime.timedelta(days=days))) for days in (-1, 0, 90, 91)]

    assert due == [False, True, True, False]


def test_note_that_is_no_longer_for_the_society_is_asked_about_no_more(clock: Any, halifax: Network) -> None:
    moncton = make_network("moncton")
    note = make_note(halifax, session_on=HELD)
    person = make_person("ann", (moncton, "publisher"), (halifax, "reader"))
    count_people(item_of(note), network=moncton, people=4, by=None)
    clock.move_to(AFTER_3)
    assert note.translation_key in looks_of(person)

    set_rule(note.translation_key, Rule("section"), by=None)

    assert looks_of(person) == {}
    remind()
    assert asked() == []


def test_reminder_is_switched_off_by_who_does_not_want_it(clock: Any, halifax: Network) -> None:
    client = signed_in(make_person("ann", (halifax, "publisher"), language="en"))

    assert "Trainings in practice" in client.get(reverse("notifications:preferences")).content.decode()


@pytest.mark.parametrize("count", [1, 3, 12])
def test_asking_takes_a_fixed_number_of_queries(
    clock: Any, halifax: Network, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    person = make_person("ann", (halifax, "publisher"))
    for number in range(count):
        note = make_note(halifax, f"Session {number}", session_on=HELD)
        count_people(item_of(note), network=halifax, people=4, by=None)
    clock.move_to(AFTER_3)
    # The first time the process reads what stays the same.
    looks_of(person)

    with django_assert_num_queries(10):
        assert len(looks_of(person)) == count
