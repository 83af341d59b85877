"""What societies say of the steps: who may, what is kept, who sees it."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from intranet.memos.exceptions import AppendOnlyError
from intranet.memos.models import PracticeMark
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from tests.beginnings import beginning
from tests.memos.practice.factories import make_note, marks_of, say, step_id, step_of, stored
from tests.pages.factories import make_halifax, make_moncton, make_network, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOON = datetime.datetime(2026, 5, 4, 16, tzinfo=datetime.UTC)


halifax = beginning(make_halifax)


moncton = beginning(make_moncton)


def address(note: Any, network: Network) -> str:
    return reverse("memos:practice", args=[note.translation_key, network.slug])


def answer(network: Network, number: int, state: str, sentence: str = "") -> dict[str, str]:
    prefix = f"{network.slug}-{step_id(number)}"
    return {f"{prefix}-state": state, f"{prefix}-sentence": sentence}


@pytest.mark.parametrize("role", ["publisher", "coordinator"])
def test_society_says_how_far_it_is_and_everyone_who_reads_the_note_sees_it(
    halifax: Network, moncton: Network, role: str
) -> None:
    note = make_note(halifax)
    person = make_person("ann", (moncton, role), language="en")
    client = signed_in(person)
    assert "In practice at Moncton society" in client.get(note.url).content.decode()

    data = answer(moncton, 1, "in_practice", "Every Monday.") | answer(moncton, 2, "planned")
    done = client.post(address(note, moncton), data, follow=True)

    assert done.redirect_chain[-1][0].endswith("#practice")
    assert [(mark.state, mark.sentence, mark.by) for mark in marks_of(note)] == [
        ("in_practice", "Every Monday.", person),
        ("planned", "", person),
    ]
    html = signed_in(make_person("bob", (halifax, "reader"), language="en")).get(note.url).content.decode()
    assert "Moncton society" in html and "Every Monday." in html
    assert '<form class="form practice-form"' not in html


@pytest.mark.parametrize("role", ["reader", "contributor", "guest"])
def test_others_of_the_society_do_not(halifax: Network, moncton: Network, role: str) -> None:
    note = make_note(halifax, rule=Rule("everyone"))
    client = signed_in(make_person("ann", (moncton, role)))

    assert client.post(address(note, moncton), answer(moncton, 1, "planned")).status_code == 404
    assert not marks_of(note).exists()


def test_nobody_speaks_for_another_society_nor_for_what_is_none(halifax: Network, moncton: Network) -> None:
    note = make_note(halifax)
    table = make_network("table", "table")
    client = signed_in(make_person("ann", (moncton, "publisher"), (table, "publisher")))

    assert client.post(address(note, halifax), answer(halifax, 1, "planned")).status_code == 404
    assert client.post(address(note, table), answer(table, 1, "planned")).status_code == 404
    assert not marks_of(note).exists()


def test_society_that_the_note_is_not_addressed_to_is_kept_out_of_it(halifax: Network, moncton: Network) -> None:
    """Its own people would learn of the note, and the note's of it."""
    note = make_note(halifax, rule=Rule("section"))
    client = signed_in(make_person("ann", (moncton, "publisher"), (halifax, "reader")))

    assert client.get(note.url).status_code == 200
    assert client.post(address(note, moncton), answer(moncton, 1, "planned")).status_code == 404


def test_foreign_note_answers_as_none(halifax: Network, moncton: Network) -> None:
    note = make_note(halifax, rule=Rule("section"))
    client = signed_in(make_person("ann", (moncton, "coordinator")))

    for key in (note.translation_key, uuid.uuid4()):
        for name in ("memos:took_part", "memos:take_back", "memos:rate_session", "memos:count_people"):
            for method in (client.get, client.post):
                assert method(reverse(name, args=[key])).status_code == 404
        assert client.post(reverse("memos:practice", args=[key, "moncton"])).status_code == 404
        assert client.get(f"/api/v1/notes/{key}/practice").status_code == 404


def test_history_is_added_to_and_the_last_word_counts(halifax: Network) -> None:
    note = make_note(halifax)
    with time_machine.travel(NOON, tick=False) as clock:
        assert say(note, halifax, "planned") == 1
        assert say(note, halifax, "planned") == 0
        clock.shift(datetime.timedelta(days=3))
        assert say(note, halifax, "planned", sentence="In June.") == 1
        clock.shift(datetime.timedelta(days=27))
        assert say(note, halifax, "planned", sentence="In June.") == 0
        clock.shift(datetime.timedelta(days=1))
        assert say(note, halifax, "planned", sentence="In June.") == 1
        assert say(note, halifax, "in_practice") == 1

    last = PracticeMark.objects.latest_until().get()
    assert (last.state, marks_of(note).count()) == ("in_practice", 4)
    before = PracticeMark.objects.latest_until(NOON + datetime.timedelta(days=1)).get()
    assert (before.state, before.sentence) == ("planned", "")
    for change in (last.save, last.delete, PracticeMark.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            change()


def test_sentence_without_a_choice_is_asked_about_and_nothing_is_lost(halifax: Network) -> None:
    note = make_note(halifax)
    client = signed_in(make_person("ann", (halifax, "publisher"), language="en"))

    data = answer(halifax, 1, "", "Soon.") | answer(halifax, 2, "planned")
    html = client.post(address(note, halifax), data).content.decode()

    assert "Choose one of the three" in html and 'value="Soon."' in html
    assert not marks_of(note).exists()
    wrong = client.post(address(note, halifax), answer(halifax, 1, "finished"))
    assert wrong.status_code == 200 and not marks_of(note).exists()


def test_unlisted_society_is_counted_and_not_named(halifax: Network) -> None:
    shelter = make_network("shelter", listed=False)
    note = make_note(halifax)
    say(note, shelter, "in_practice", sentence="At our shelter.")

    html = signed_in(make_person("bob", (halifax, "reader"), language="en")).get(note.url).content.decode()

    assert "1 other society" in html
    assert "Shelter" not in html and "At our shelter." not in html
    own = signed_in(make_person("sue", (shelter, "reader"), language="en")).get(note.url).content.decode()
    assert "Shelter society" in own and "At our shelter." in own


def test_api_counts_what_societies_say(halifax: Network, moncton: Network) -> None:
    note = make_note(halifax)
    say(note, halifax, "in_practice")
    say(note, moncton, "planned")
    client = signed_in(make_person("bob", (halifax, "reader"), language="en"))

    steps = client.get(f"/api/v1/notes/{note.translation_key}/practice").json()["steps"]

    assert steps[0] == {"id": step_id(1), "text": "Step 1", "planned": 1, "in_practice": 1, "not_for_us": 0}
    assert [step["planned"] for step in steps] == [1, 0]


def test_api_passes_over_a_step_whose_id_is_none(halifax: Network) -> None:
    strange = json.loads(stored(1, 2))
    strange[0]["id"] = "first"
    note = make_note(halifax, steps=json.dumps(strange))
    client = signed_in(make_person("bob", (halifax, "reader"), language="en"))

    steps = client.get(f"/api/v1/notes/{note.translation_key}/practice").json()["steps"]

    assert [step["id"] for step in steps] == [step_id(2)]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_note_takes_a_fixed_number_of_queries(count: int, halifax: Network, django_assert_num_queries: Any) -> None:
    note = make_note(halifax, steps=stored(*range(1, count + 1)))
    for number in range(min(count, 5)):
        society = make_network(f"society-{number}")
        say(note, society, "in_practice", number=step_of(note).position + 1)
    client = signed_in(make_person("ann", (halifax, "coordinator"), language="en"))
    client.get(note.url)

    with django_assert_num_queries(NOTE_QUERIES):
        client.get(note.url)


NOTE_QUERIES = 26
