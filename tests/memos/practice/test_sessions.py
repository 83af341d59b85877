"""Who took part, and what they thought: each person once, comments without names for those who publish."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intranet.accounts.services import set_account_active
from intranet.memos.models import AttendanceCount, Participation, SessionRating
from intranet.memos.practice.attendance import attendance_of
from intranet.memos.practice.services import PracticeError, count_people, rate, take_part
from intranet.memos.retention import pseudonymise
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import end_membership
from tests.beginnings import beginning
from tests.memos.practice.factories import item_of, make_note
from tests.pages.factories import make_halifax, make_moncton, make_network, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


halifax = beginning(make_halifax)


moncton = beginning(make_moncton)


def post(client: Client, name: str, note: Any, **data: Any) -> Any:
    return client.post(reverse(f"memos:{name}", args=[note.translation_key]), data, follow=True)


@pytest.mark.parametrize(
    ("hours", "english", "french"),
    [
        ("0.5", "0.5 hours", "0,5 heure"),
        ("1", "1 hour", "1 heure"),
        ("1.5", "1.5 hours", "1,5 heure"),
        ("2.5", "2.5 hours", "2,5 heures"),
    ],
)
def test_length_of_a_session_agrees_as_each_language_does(
    halifax: Network, hours: str, english: str, french: str
) -> None:
    note = make_note(halifax, session_hours=Decimal(hours))
    make_note(halifax, "Échange", language="fr", version_of=note, session_hours=Decimal(hours))
    client = signed_in(make_person("ann", (halifax, "reader")))

    sheet = client.get(reverse("memos:print", args=[note.translation_key]), {"languages": "both"}).content.decode()

    assert [words for words in (english, french) if f"<td>{words}</td>" not in sheet] == []


def test_person_takes_part_once_and_rates_once(halifax: Network) -> None:
    note = make_note(halifax)
    client = signed_in(make_person("ann", (halifax, "reader"), language="en"))
    assert post(client, "rate_session", note, stars="5").status_code == 404

    for _twice in range(2):
        assert post(client, "took_part", note).status_code == 200
    post(client, "rate_session", note, stars="4", comment="Clear and kind.")
    again = post(client, "rate_session", note, stars="1", comment="Changed my mind.")

    assert "already" in again.content.decode()
    assert Participation.objects.get().network == halifax
    assert [(each.stars, each.comment) for each in SessionRating.objects.all()] == [(4, "Clear and kind.")]


def test_what_was_said_by_mistake_is_taken_back_until_the_session_is_rated(halifax: Network) -> None:
    note = make_note(halifax)
    client = signed_in(make_person("ann", (halifax, "reader"), language="en"))
    other = make_person("other", (halifax, "reader"))
    take_part(item_of(note), person=other, network=halifax, session_on=None)
    assert "I was not there after all" not in client.get(note.url).content.decode()

    post(client, "took_part", note)
    assert "I was not there after all" in client.get(note.url).content.decode()
    assert "no longer counted" in post(client, "take_back", note).content.decode()
    assert Participation.objects.get().person == other
    assert post(client, "take_back", note).status_code == 200

    post(client, "took_part", note)
    post(client, "rate_session", note, stars="4")
    assert "I was not there after all" not in client.get(note.url).content.decode()
    assert "Your rating stands" in post(client, "take_back", note).content.decode()
    assert (Participation.objects.count(), SessionRating.objects.count()) == (2, 1)


@pytest.mark.parametrize("stars", ["0", "6", "", "x", "4.5"])
def test_rating_is_one_to_five(halifax: Network, stars: str) -> None:
    note = make_note(halifax)
    person = make_person("ann", (halifax, "reader"))
    take_part(item_of(note), person=person, network=halifax, session_on=None)

    post(signed_in(person), "rate_session", note, stars=stars)

    assert not SessionRating.objects.exists()


def test_session_to_come_is_not_taken_part_in(halifax: Network) -> None:
    note = make_note(halifax, session_on=timezone.localdate() + datetime.timedelta(days=1))
    client = signed_in(make_person("ann", (halifax, "coordinator"), language="en"))
    assert "I took part" not in client.get(note.url).content.decode()

    answer = post(client, "took_part", note)

    assert "has not taken place yet" in answer.content.decode()
    assert not Participation.objects.exists()


def test_who_belongs_to_several_networks_says_for_which(halifax: Network, moncton: Network) -> None:
    note, private = make_note(halifax), make_network("table", "table")
    client = signed_in(make_person("ann", (halifax, "reader"), (moncton, "reader"), (private, "reader")))

    post(client, "took_part", note, network="table")
    assert not Participation.objects.exists()
    post(client, "took_part", note, network="moncton")

    assert Participation.objects.get().network == moncton


def test_person_without_a_network_takes_part_too(halifax: Network) -> None:
    note = make_note(halifax, rule=Rule("everyone"))

    post(signed_in(make_person("ann")), "took_part", note)

    assert Participation.objects.get().network is None


def test_average_is_shown_from_three_ratings_on_and_comments_to_publishers_only(
    halifax: Network, moncton: Network
) -> None:
    office = make_network("office", "office")
    note = make_note(halifax)
    reader = signed_in(make_person("reader", (halifax, "reader"), language="en"))
    people = [make_person(f"participant-{number}", (halifax, "reader")) for number in range(3)]
    for number, person in enumerate(people):
        take_part(item_of(note), person=person, network=halifax, session_on=None)
        if number == 2:
            assert "out of 5" not in reader.get(note.url).content.decode()
        rate(item_of(note), person=person, stars=3 + number, comment=f"Words {number}", language="en")

    assert "Rated 4.0 out of 5 by 3 participants" in reader.get(note.url).content.decode()
    shown = {
        name: "Words 1" in signed_in(make_person(name, (network, role), language="en")).get(note.url).content.decode()
        for name, network, role in (
            ("own-publisher", halifax, "publisher"),
            ("own-contributor", halifax, "contributor"),
            ("other-coordinator", moncton, "coordinator"),
            ("office-publisher", office, "publisher"),
            ("office-reader", office, "reader"),
        )
    }
    assert shown == {
        "own-publisher": True,
        "own-contributor": False,
        "other-coordinator": False,
        "office-publisher": True,
        "office-reader": False,
    }
    html = signed_in(make_person("again", (office, "publisher"), language="en")).get(note.url).content.decode()
    assert not any(person.name in html for person in people)


def test_numbers_are_entered_by_the_society_and_by_who_issued_the_note(halifax: Network, moncton: Network) -> None:
    note = make_note(halifax)
    own = signed_in(make_person("ann", (moncton, "coordinator")))
    issuer = signed_in(make_person("bob", (halifax, "publisher")))
    reader = signed_in(make_person("eve", (halifax, "reader")))

    assert post(own, "count_people", note, network="moncton", people="12").status_code == 200
    post(own, "count_people", note, network="halifax", people="99")
    post(issuer, "count_people", note, network="moncton", people="14")
    post(issuer, "count_people", note, network="halifax", people="-1")
    assert post(reader, "count_people", note, network="halifax", people="3").status_code == 404

    rows = AttendanceCount.objects.values_list("network__slug", "people")
    assert list(rows) == [("moncton", 12), ("moncton", 14)]
    key = note.translation_key
    assert attendance_of([key])[key, moncton.pk].people == 14


def test_people_who_said_so_count_where_they_are_more(halifax: Network) -> None:
    note = make_note(halifax)
    for number in range(3):
        person = make_person(f"p{number}", (halifax, "reader"))
        take_part(item_of(note), person=person, network=halifax, session_on=None)
    key = note.translation_key
    assert attendance_of([key])[key, halifax.pk].people == 3

    for people, counted in ((2, 3), (8, 8), (0, 3)):
        count_people(item_of(note), network=halifax, people=people, by=None)
        assert attendance_of([key])[key, halifax.pk].people == counted


def test_unlisted_network_is_not_offered_to_who_may_not_know_it(halifax: Network) -> None:
    make_network("shelter", listed=False)
    note = make_note(halifax)
    issuer = signed_in(make_person("bob", (halifax, "publisher"), language="en"))

    assert "Shelter" not in issuer.get(note.url).content.decode()
    post(issuer, "count_people", note, network="shelter", people="4")
    assert not AttendanceCount.objects.exists()


def test_name_of_somebody_long_gone_leaves_what_she_took_part_in(halifax: Network, time_machine: Any) -> None:
    start = datetime.datetime(2026, 3, 2, 15, tzinfo=datetime.UTC)
    time_machine.move_to(start, tick=False)
    note, person = make_note(halifax), make_person("ann", (halifax, "reader"))
    take_part(item_of(note), person=person, network=halifax, session_on=None)
    rate(item_of(note), person=person, stars=5, comment="I was there.", language="en")
    end_membership(person.memberships.get())

    time_machine.move_to(start + datetime.timedelta(days=733), tick=False)
    pseudonymise()

    left = Participation.objects.select_related("rating").get()
    assert (left.person, bool(left.pseudonym)) == (None, True)
    assert (left.rating.stars, left.rating.comment) == (5, "")


def test_who_still_sees_the_note_keeps_the_name_and_rates_once(halifax: Network, time_machine: Any) -> None:
    start = datetime.datetime(2026, 3, 2, 15, tzinfo=datetime.UTC)
    time_machine.move_to(start, tick=False)
    person = make_person("ann", (halifax, "reader"))
    open_to_all, own = make_note(halifax, rule=Rule("everyone")), make_note(halifax, "Own", rule=None)
    for note in (open_to_all, own):
        take_part(item_of(note), person=person, network=halifax, session_on=None)
        rate(item_of(note), person=person, stars=5, comment="I was there.", language="en")
    end_membership(person.memberships.get())
    time_machine.move_to(start + datetime.timedelta(days=733), tick=False)
    pseudonymise()

    assert dict(Participation.objects.values_list("item", "person")) == {
        open_to_all.translation_key: person.pk,
        own.translation_key: None,
    }
    take_part(item_of(open_to_all), person=person, network=None, session_on=None)
    with pytest.raises(PracticeError, match="already"):
        rate(item_of(open_to_all), person=person, stars=1, comment="", language="en")

    set_account_active(person, False)
    time_machine.move_to(start + datetime.timedelta(days=2000), tick=False)
    pseudonymise()
    assert not Participation.objects.filter(person=person).exists()
    assert set(SessionRating.objects.values_list("comment", flat=True)) == {""}
