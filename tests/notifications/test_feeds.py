"""Secret addresses: an Atom feed and a calendar for one person, until they are revoked."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from intranet.accounts.services import set_account_active
from intranet.networks.models import Membership
from intranet.networks.services import end_membership
from intranet.notifications.feeds import make_address
from intranet.notifications.models import FeedAddress
from tests.notifications.factories import publish_memo
from tests.pages.factories import make_network, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

ATOM = "{http://www.w3.org/2005/Atom}"


def path_of(address: str) -> str:
    return address.removeprefix("http://127.0.0.1:8000")


def titles(path: str) -> list[str]:
    answer = Client().get(path)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    feed = ElementTree.fromstring(answer.content)
    return [entry.findtext(f"{ATOM}title", "") for entry in feed.iter(f"{ATOM}entry")]


def test_feed_tells_what_may_still_be_seen(deliver: Callable[[], None]) -> None:
    network = make_network("halifax")
    reader = make_person("lise", (network, "reader"))
    publish_memo(network)
    deliver()
    path = path_of(make_address(reader, "new"))

    assert [title[:14] for title in titles(path)] == ["Alerte incendie"[:14]]
    end_membership(Membership.objects.get())
    assert titles(path) == []


@pytest.mark.parametrize("feed", ["new", "due"])
def test_address_ends_with_the_account_and_does_not_come_back_with_it(feed: str) -> None:
    reader, other = make_person("lise"), make_person("anna")
    path, kept = (path_of(make_address(person, feed)) for person in (reader, other))
    set_account_active(reader, False)
    assert Client().get(path).status_code == 404
    set_account_active(reader, True)
    assert Client().get(path).status_code == 404
    assert Client().get(kept).status_code == 200


@time_machine.travel(datetime.datetime(2026, 5, 12, 16, tzinfo=datetime.UTC), tick=False)
def test_calendar_has_the_days_by_which_something_is_owed() -> None:
    network = make_network("halifax")
    reader = make_person("lise", (network, "reader"))
    publish_memo(network, acknowledge=True, acknowledge_by=datetime.date(2026, 5, 20))
    publish_memo(network, "Sans date", acknowledge=True)
    publish_memo(network, "Rien à faire")

    answer = Client().get(path_of(make_address(reader, "due")))

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (day,) = Calendar.from_ical(answer.content).events
    assert day["SUMMARY"] == "Note de service : Alerte incendie (HALIFAX-2026-001)"
    assert day["DTSTART"].dt == datetime.date(2026, 5, 20)
    assert day["DTEND"].dt == datetime.date(2026, 5, 21)


def test_title_with_control_characters_spoils_no_feed(deliver: Callable[[], None]) -> None:
    network = make_network("halifax", name_fr="Hali\x0bfax")
    reader = make_person("lise", (network, "reader"))
    due = timezone.localdate() + datetime.timedelta(days=9)
    publish_memo(network, "Alerte\x0bincendie\x07", acknowledge=True, acknowledge_by=due)
    publish_memo(network, "Autre")
    deliver()

    new, owed = (path_of(make_address(reader, feed)) for feed in ("new", "due"))

    assert sorted(titles(new)) == ["Alerte incendie  (HALIFAX-2026-001)", "Autre (HALIFAX-2026-002)"]
    (day,) = Calendar.from_ical(Client().get(owed).content).events
    assert day["SUMMARY"] == "Note de service : Alerte incendie  (HALIFAX-2026-001)"


def test_calendar_has_what_is_owed_by_the_last_day_of_all() -> None:
    network = make_network("halifax")
    reader = make_person("lise", (network, "reader"))
    publish_memo(network, acknowledge=True, acknowledge_by=datetime.date.max)

    (day,) = Calendar.from_ical(Client().get(path_of(make_address(reader, "due"))).content).events

    assert day["DTSTART"].dt == datetime.date.max


def test_secret_is_shown_once_kept_hashed_and_revoked() -> None:
    reader = make_person("lise", (make_network("halifax"), "reader"))
    client = signed_in(reader)
    made = client.post(reverse("notifications:make_feed", args=["new"]), follow=True)
    # The page that shows it answers when its language is switched, too.
    assert made.redirect_chain == [(f"{reverse('notifications:preferences')}#feed-new", 302)]
    address = made.context["address"]
    secret = address.split("/")[-2]

    assert Client().get(path_of(address)).status_code == 200
    assert secret not in str(FeedAddress.objects.values().get())
    assert secret not in client.get(reverse("notifications:preferences")).content.decode()
    assert Client().get(path_of(address).replace("new.atom", "due.ics")).status_code == 404

    again = client.post(reverse("notifications:make_feed", args=["new"]), follow=True).context["address"]
    assert Client().get(path_of(address)).status_code == 404
    client.post(reverse("notifications:stop_feed", args=["new"]))
    assert Client().get(path_of(again)).status_code == 404
