"""What people choose: modes by kind and network, quiet hours, digests; what a network keeps out of e-mails."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext

from intranet.accounts.models import User
from intranet.networks.models import Network
from intranet.networks.services import add_membership, grant_access
from intranet.notifications.forms import HabitsForm, ModesForm
from intranet.notifications.models import Event, MailHabits, Notification, Preference
from intranet.notifications.preferences import modes_of, set_mode, still_wanted
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


def test_second_digest_of_a_day_does_not_say_again_what_to_do(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    set_mode(reader, "weekly", kind="memos.published")
    set_mode(reader, "daily", kind="pages.published")
    publish_memo(network, "Must", acknowledge=True)
    deliver()
    mail.outbox.clear()
    clock.move_to(datetime.datetime(2026, 5, 17, 15, tzinfo=datetime.UTC))  # Sunday: both come on Monday
    publish_memo(network, "News")
    make_page(section_of(network), "Guide")

    assert sent_at(clock, deliver, 24) == ["Mon 11", "Mon 11"]
    first, second = mail.outbox
    assert {message.subject for message in mail.outbox} in (
        {"Today on the intranet: 1 to do, 1 new", "This week on the intranet: 1 new"},
        {"This week on the intranet: 1 to do, 1 new", "Today on the intranet: 1 new"},
    )
    assert ("Must" in first.body, "Must" in second.body) == (True, False)


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


def test_access_in_need_is_told_without_names_or_reason_by_a_network_that_wants_no_titles(
    network: Network, deliver: Callable[[], None]
) -> None:
    coordinator = make_person("lise", (network, "coordinator"), language="en")
    hide_titles(network.pk, True, by=None)
    until = datetime.date(2026, 6, 1)
    grant_access(person=make_person("zoe"), network=network, role="publisher", until=until, reason="Zzcomplaint")

    deliver()

    (message,) = mail.outbox
    assert (message.to, message.subject) == ([coordinator.email], "Access in need")
    for text in (message.subject, message.body, message.alternatives[0].content):
        assert not {"zoe", "publisher", "zzcomplaint", "halifax", "june"} & set(re.findall(r"\w+", text.lower()))
    told = Notification.objects.get(person=coordinator)
    with translation.override("en"):
        assert f"http://127.0.0.1:8000{reverse('notifications:open', args=[told.pk])}\n" in message.body
        assert "Zzcomplaint" in signed_in(coordinator).get(reverse("notifications:list")).content.decode()


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


def kinds_offered(person: User, network: Network | None = None) -> set[str]:
    """Names of the kinds for which the page lets the person choose: of all networks, or of one."""
    places = ModesForm(person=person)._places.values()
    return {kind for key, kind in places if key == (network.pk if network else None)}


FOR_EVERYBODY = {
    "pages.published",
    "finding.saved_search",
    "networks.join_answer",
    "memos.to_acknowledge",
    "memos.published",
    "memos.note",
    "memos.answer",
    "memos.question_removed",
}
OF_NO_NETWORK = {"finding.saved_search", "networks.join_answer"}
FOR_WRITERS = {"reviews.decided", "reviews.comments"}
FOR_PUBLISHERS = {"reviews.submitted", "networks.access_granted", "memos.question", "memos.practice"}


@pytest.mark.parametrize(
    ("role", "more"),
    [
        ("guest", set()),
        ("reader", set()),
        ("contributor", FOR_WRITERS),
        ("publisher", FOR_WRITERS | FOR_PUBLISHERS),
        ("coordinator", FOR_WRITERS | FOR_PUBLISHERS | {"networks.join_request"}),
    ],
)
def test_kinds_are_those_that_the_person_can_be_told_of(role: str, more: set[str], network: Network) -> None:
    make_person("paule", (network, "coordinator"))
    person = make_person("jo", (network, role))

    assert kinds_offered(person) == FOR_EVERYBODY | more
    assert kinds_offered(person, network) == (FOR_EVERYBODY | more) - OF_NO_NETWORK


def test_kinds_of_a_role_are_offered_for_the_networks_where_the_person_has_it(network: Network) -> None:
    other = make_network("moncton")
    make_person("paule", (other, "coordinator"))
    person = make_person("jo", (network, "coordinator"), (other, "reader"))

    assert "networks.join_request" in kinds_offered(person, network)
    assert kinds_offered(person, other) == FOR_EVERYBODY - OF_NO_NETWORK | {"memos.practice"}


def test_access_from_outside_is_offered_to_all_members_of_a_network_that_nobody_runs(reader: User) -> None:
    assert kinds_offered(reader) == FOR_EVERYBODY | {"networks.access_granted"}


def test_trainings_in_practice_are_asked_of_societies_alone() -> None:
    partner = make_network("partner", kind="partner")

    assert "memos.practice" not in kinds_offered(make_person("jo", (partner, "coordinator")))


def test_questions_to_answer_are_offered_to_the_contact_of_a_memo(network: Network, reader: User) -> None:
    publish_memo(network, contact=reader.email)

    assert "memos.question" in kinds_offered(reader, network)


def test_choices_of_a_network_are_a_group_that_has_its_name(network: Network, reader: User) -> None:
    page = BeautifulSoup(signed_in(reader).get(reverse("notifications:preferences")).content, "html.parser")

    groups = {group.legend.text: len(group.select("select")) for group in page.select(".told-network fieldset")}
    assert groups == {"Halifax society": len(FOR_EVERYBODY - OF_NO_NETWORK) + 1}


@pytest.mark.parametrize("count", [1, 3, 30])
def test_page_takes_as_many_queries_for_many_networks(
    count: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    networks = [(make_network(f"society-{number}"), "reader") for number in range(count)]
    client = signed_in(make_person("jo", *networks))
    address = reverse("notifications:preferences")
    client.get(address)

    with django_assert_num_queries(10):
        client.get(address)


def test_what_is_still_wanted_is_one_query_for_all_kinds_and_networks(network: Network, reader: User) -> None:
    others = [make_network(slug) for slug in ("moncton", "sydney")]
    kinds = ("memos.published", "memos.note", "memos.to_acknowledge", "memos.reminder")
    rows = []
    for place in (None, network, *others):
        for kind in kinds:
            event = Event.objects.create(kind=kind, network=place, dedupe=f"{kind}:{place}")
            rows.append(Notification.objects.create(event=event, person=reader, mode="now"))
    set_mode(reader, "none", kind="memos.published")
    set_mode(reader, "daily", kind="memos.published", network=network.pk)
    set_mode(reader, "none", network=others[0].pk)

    for some in (rows[:1], rows[:6], rows):
        with CaptureQueriesContext(connection) as captured:
            wanted = still_wanted(some, reader)
        assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        assert still_wanted([], reader) == []
    assert len(captured) == 0

    stopped = [(row.event.kind, row.event.network) for row in rows if row not in wanted]
    assert stopped == [
        ("memos.published", None),
        ("memos.published", others[0]),
        ("memos.note", others[0]),
        ("memos.published", others[1]),
    ]


def test_modes_of_very_many_networks_are_found(network: Network, reader: User, django_assert_num_queries: Any) -> None:
    set_mode(reader, "weekly", kind="memos.published", network=network.pk)
    networks = [network.pk + number for number in range(600)]

    with django_assert_num_queries(3):
        modes = modes_of(reader, [("memos.published", each) for each in networks])

    assert modes == {("memos.published", each): "weekly" if each == network.pk else "daily" for each in networks}


def test_choice_of_a_kind_that_is_not_offered_is_kept(network: Network) -> None:
    make_person("paule", (network, "coordinator"))
    person = make_person("jo", (network, "reader"))
    set_mode(person, "weekly", kind="networks.join_request")
    set_mode(person, "none", kind="networks.join_request", network=network.pk)
    client = signed_in(person)
    address = reverse("notifications:preferences")
    page = client.get(address)
    data = {field.html_name: field.value() for field in [*page.context["modes"], *page.context["times"]]}

    assert client.post(address, data | {"all-memos.published": "none"}).status_code == 302

    kept = Preference.objects.filter(person=person, kind="networks.join_request").order_by("mode")
    assert list(kept.values_list("network", "mode")) == [(network.pk, "none"), (None, "weekly")]


def test_end_of_the_quiet_hours_is_an_hour_and_no_day() -> None:
    with translation.override("fr"):
        assert str(HabitsForm().fields["quiet_until"].label) == pgettext("hour", "Until") != gettext("Until")


def test_time_zones_have_the_names_of_their_towns() -> None:
    names = dict(HabitsForm().fields["time_zone"].choices)  # type: ignore[attr-defined]
    assert (names["America/St_Johns"], names["America/Halifax"]) == ("St. John’s", "Halifax")


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        ("", "Give both times, or neither."),
        ("22:00", "Both times are the same. Give two different ones, or leave both empty."),
    ],
)
def test_quiet_times_that_are_no_hours_are_refused_with_the_remedy(until: str, reason: str, reader: User) -> None:
    client = signed_in(reader)
    address = reverse("notifications:preferences")
    page = client.get(address)
    data = {field.html_name: field.value() for field in [*page.context["modes"], *page.context["times"]]}

    answer = client.post(address, data | {"quiet_from": "22:00", "quiet_until": until})

    assert reason in answer.content.decode()


def test_titles_are_a_coordinator_s_choice(network: Network, reader: User) -> None:
    coordinator = make_person("paule", (network, "coordinator"))
    address = reverse("notifications:network", args=["halifax"])

    assert signed_in(reader).get(address).status_code == 404
    assert signed_in(coordinator).post(address, {"are_hidden": "on"}).status_code == 302
    assert "checked" in signed_in(coordinator).get(address).content.decode()
