"""Saved searches tell of new results, and of nothing that may not be seen."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from intranet.finding.models import SavedSearch
from intranet.memos.archiving import archive
from intranet.memos.services import withdraw
from intranet.networks.audiences import Rule
from intranet.networks.models import Item
from intranet.notifications.models import Event, Notification
from intranet.notifications.telling import lines_of
from intranet.notifications.watching import watch_due
from tests.memos.factories import make_memo, record_of
from tests.pages.factories import make_network, make_page, make_person, section_of, set_rule

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("clock")]

NOON = datetime.datetime(2026, 5, 12, 16, tzinfo=datetime.UTC)


def test_new_results_are_told_once(deliver: Callable[[], None], clock: Any) -> None:
    network, closed = make_network("halifax"), make_network("moncton")
    reader = make_person("lise", (network, "reader"))
    SavedSearch.objects.create(person=reader, name="Refuges", text="refuge")
    make_page(section_of(network), "Un refuge")
    watch_due()
    assert Event.objects.filter(kind="finding.saved_search").count() == 0

    found = make_page(section_of(network), "Un autre refuge")
    make_page(section_of(closed), "Le refuge des autres")
    watch_due()
    assert Event.objects.filter(kind="finding.saved_search").count() == 0
    for _day in range(2):
        clock.shift(datetime.timedelta(days=1, minutes=1))
        watch_due()
        deliver()

    told = Notification.objects.filter(event__kind="finding.saved_search").select_related("event")
    (line,) = lines_of(told, reader)
    assert (line.told.title, line.told.note) == ("Refuges", "1 new result")
    found.unpublish()
    assert lines_of(told, reader) == []


@pytest.mark.parametrize(
    ("archived", "note"), [(False, "1 new result"), (True, "2 new results")], ids=["current", "archived too"]
)
def test_what_the_search_finds_no_more_is_no_new_result(
    deliver: Callable[[], None], clock: Any, archived: bool, note: str
) -> None:
    network = make_network("halifax", code="HFX")
    reader = make_person("lise", (network, "reader"))
    SavedSearch.objects.create(person=reader, name="Refuges", text="refuge", archived=archived)
    watch_due()
    memos = [make_memo(network, f"Refuge {number}", language="fr") for number in range(3)]
    clock.shift(datetime.timedelta(days=1, minutes=1))
    watch_due()
    deliver()

    withdraw(record_of(memos[0]), reason="Fermé.", language="fr", by=None)
    archive(memos[1].translation_key, reason="Fermé.", language="fr", by=None)

    told = Notification.objects.filter(event__kind="finding.saved_search").select_related("event")
    assert [line.told.note for line in lines_of(told, reader)] == [note]
    memos[2].unpublish()
    assert len(lines_of(told, reader)) == int(archived)


def test_new_result_has_every_word_of_the_search(clock: Any) -> None:
    network = make_network("halifax")
    reader = make_person("lise", (network, "reader"))
    SavedSearch.objects.create(person=reader, name="Formulaires", text="formulaire consentement")
    make_page(section_of(network), "Formulaires")
    watch_due()

    make_page(section_of(network), "Le consentement")
    found = make_page(section_of(network), "Formulaire de consentement")
    clock.shift(datetime.timedelta(days=1, minutes=1))
    watch_due()

    event = Event.objects.get(kind="finding.saved_search")
    assert event.details["keys"] == [str(found.translation_key)]


def test_what_was_there_before_is_no_new_result(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more results than are looked at, an older one comes up when one goes away."""
    monkeypatch.setattr("intranet.notifications.watching.ASKED", 2)
    network, other = make_network("halifax"), make_network("moncton")
    reader = make_person("lise", (network, "reader"))
    SavedSearch.objects.create(person=reader, name="Refuges", text="refuge")
    pages = []
    for number in range(4):
        pages.append(make_page(section_of(network), f"Refuge {number}"))
        clock.shift(datetime.timedelta(hours=1))
    hidden = make_page(section_of(other), "Refuge des autres", rule=Rule(Item.Rule.SECTION))

    def told() -> list[list[str]]:
        clock.shift(datetime.timedelta(days=1, minutes=1))
        before = list(Event.objects.filter(kind="finding.saved_search").values_list("pk", flat=True))
        watch_due()
        events = Event.objects.filter(kind="finding.saved_search").exclude(pk__in=before)
        return [event.details["keys"] for event in events]

    assert told() == []
    pages.pop().unpublish()
    assert told() == []
    set_rule(hidden, Rule(Item.Rule.EVERYONE))
    assert told() == [[str(hidden.translation_key)]]
    found = make_page(section_of(network), "Dernier refuge")
    assert told() == [[str(found.translation_key)]]
    hidden.unpublish()
    make_page(section_of(other), "Refuge caché", rule=Rule(Item.Rule.SECTION))
    assert told() == []
