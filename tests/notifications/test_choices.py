"""What people choose: modes by kind and network, quiet hours, digests; what a network keeps out of e-mails."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext

from intranet.accounts.models import User
from intranet.networks.models import Network
from intranet.networks.services import add_membership
from intranet.notifications.forms import HabitsForm
from intranet.notifications.models import MailHabits, Preference
from intranet.notifications.preferences import set_mode
from intranet.notifications.services import hide_titles
from tests.notifications.factories import publish_memo
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("clock")]

NOON = datetime.datetime(2026, 5, 12, 16, tzinfo=datetime.UTC)
"""A Tuesday, noon in Toronto, one o'clock in Halifax."""


@pytest.fixture
def network() -> Network:
    return make_network("halifax", time_zone="America/Halifax")


@pytest.fixture
def reader(network: Network) -> User:
    return make_person("lise", (network, "reader"), language="en")


def sent_at(clock: Any, deliver: Callable[[], None], hours: int) -> list[str]:
    """The hours, in UTC, at which e-mails go in the next ``hours`` hours."""
    found = []
    for _hour in range(hours):
        before = len(mail.outbox)
        deliver()
        found += [datetime.datetime.now(tz=datetime.UTC).strftime("%a %H")] * (len(mail.outbox) - before)
        clock.shift(datetime.timedelta(hours=1))
    return found


def test_network_s_choice_counts_before_the_general_one(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    other = make_network("moncton")
    add_membership(person=reader, network=other, role="reader")
    set_mode(reader, "none", kind="memos.published")
    set_mode(reader, "now", kind="memos.published", network=network.pk)
    publish_memo(other, "Elsewhere")
    publish_memo(network, "Here")

    deliver()

    assert [message.subject for message in mail.outbox] == ["Service memo: Here (HALIFAX-2026-001)"]


def test_required_memo_arrives_whatever_was_chosen(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    for kind in ("", "memos.to_acknowledge", "memos.published"):
        set_mode(reader, "none", kind=kind)
    publish_memo(network, "Must", acknowledge=True)
    publish_memo(network, "May")

    deliver()

    assert [message.subject for message in mail.outbox] == ["Service memo: Must (HALIFAX-2026-001)"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("now", ["Tue 16"]), ("daily", ["Wed 11"]), ("weekly", ["Mon 11"]), ("none", [])],
)
def test_mode_decides_when_in_the_person_s_time_zone(
    mode: str, expected: list[str], network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    set_mode(reader, mode, kind="memos.published")
    publish_memo(network)

    assert sent_at(clock, deliver, 24 * 8) == expected


def test_quiet_hours_hold_back_what_would_come_at_once_and_bring_it_together(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    clock.move_to(datetime.datetime(2026, 5, 13, 2, tzinfo=datetime.UTC))  # 23:00 in Halifax
    for title in ("One", "Two"):
        publish_memo(network, title, acknowledge=True)

    assert sent_at(clock, deliver, 24) == ["Wed 10"]
    assert mail.outbox[0].subject == "2 new things on the intranet"


def test_changed_choice_holds_for_what_waits(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    publish_memo(network)
    deliver()
    set_mode(reader, "none", kind="memos.published")

    assert sent_at(clock, deliver, 48) == []


def test_digest_says_what_to_do_first_then_what_is_new_by_network(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    publish_memo(network, "Later", acknowledge=True, acknowledge_by=datetime.date(2026, 6, 20))
    publish_memo(network, "Sooner", acknowledge=True, acknowledge_by=datetime.date(2026, 5, 20))
    deliver()
    mail.outbox.clear()
    publish_memo(network, "News")
    set_mode(reader, "daily", kind="pages.published")
    make_page(section_of(network), "Guide")

    assert sent_at(clock, deliver, 24) == ["Wed 11"]
    (message,) = mail.outbox
    assert message.subject == "Today on the intranet: 2 to do, 2 new"
    body = message.body
    order = [body.index(word) for word in ("To do first", "Sooner", "Later", "Halifax society", "Guide")]
    assert order == sorted(order)
    assert body.index("News") > body.index("Halifax society")


def test_no_titles_in_e_mails_of_a_network_that_wants_none(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    hide_titles(network.pk, True, by=None)
    publish_memo(network, "Zzsecret plan", acknowledge=True)

    deliver()

    (message,) = mail.outbox
    html = message.alternatives[0].content
    assert message.subject == "Service memo"
    for text in (message.subject, message.body, html):
        assert "zzsecret" not in text.lower() and "halifax" not in text.lower()
    address = next(word for word in message.body.split() if "/open/" in word)
    answer = signed_in(reader).get(address.removeprefix("http://127.0.0.1:8000"), follow=True)
    assert "Zzsecret plan" in answer.content.decode()


def test_moved_item_is_told_as_the_network_wants_that_has_it_now(
    network: Network, reader: User, deliver: Callable[[], None]
) -> None:
    quiet = make_network("quiet")
    add_membership(person=reader, network=quiet, role="reader")
    hide_titles(quiet.pk, True, by=None)
    set_mode(reader, "now", kind="pages.published")
    page = make_page(section_of(network), "Zzsecret plan")

    page.move(section_of(quiet), pos="last-child")
    deliver()

    (message,) = mail.outbox
    for text in (message.subject, message.body, message.alternatives[0].content):
        assert "zzsecret" not in text.lower() and "quiet" not in text.lower()


def test_page_keeps_what_is_chosen(network: Network, reader: User) -> None:
    client = signed_in(reader)
    address = reverse("notifications:preferences")
    page = client.get(address)
    assert "As above" in page.content.decode()
    modes, times = page.context["modes"], page.context["times"]
    data = {field.html_name: field.value() for field in [*modes, *times]}
    data |= {"all-memos.published": "weekly", f"{network.pk}-memos.published": "now"}
    data |= {"quiet_from": "", "quiet_until": "", "digest_at": "09:30", "time_zone": "America/Regina"}

    answer = client.post(address, data)

    assert answer.status_code == 302
    chosen = Preference.objects.filter(person=reader, kind="memos.published").order_by("mode")
    assert list(chosen.values_list("network", "mode")) == [(network.pk, "now"), (None, "weekly")]
    habits = MailHabits.objects.get(person=reader)
    assert (habits.quiet_from, habits.digest_at, habits.time_zone) == (None, datetime.time(9, 30), "America/Regina")


def test_end_of_the_quiet_hours_is_an_hour_and_no_day() -> None:
    with translation.override("fr"):
        assert str(HabitsForm().fields["quiet_until"].label) == pgettext("hour", "Until") != gettext("Until")


def test_one_quiet_time_alone_is_refused_with_the_remedy(reader: User) -> None:
    client = signed_in(reader)
    address = reverse("notifications:preferences")
    page = client.get(address)
    data = {field.html_name: field.value() for field in [*page.context["modes"], *page.context["times"]]}

    answer = client.post(address, data | {"quiet_from": "22:00", "quiet_until": ""})

    assert "Give both times, or neither." in answer.content.decode()


def test_titles_are_a_coordinator_s_choice(network: Network, reader: User) -> None:
    coordinator = make_person("paule", (network, "coordinator"))
    address = reverse("notifications:network", args=["halifax"])

    assert signed_in(reader).get(address).status_code == 404
    assert signed_in(coordinator).post(address, {"are_hidden": "on"}).status_code == 302
    assert "checked" in signed_in(coordinator).get(address).content.decode()
