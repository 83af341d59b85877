"""Saved searches tell of new results, and of nothing that may not be seen."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from intranet.finding.models import SavedSearch
from intranet.notifications.models import Event, Notification
from intranet.notifications.telling import lines_of
from intranet.notifications.watching import watch_due
from tests.pages.factories import make_network, make_page, make_person, section_of

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
