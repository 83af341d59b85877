"""The mail server dies, hangs and refuses: nothing is lost, and nobody gets anything twice."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from intranet.accounts.models import User
from intranet.networks.models import Membership, Network
from intranet.networks.services import end_membership
from intranet.notifications.exceptions import MailServerAway
from intranet.notifications.expanding import expand_due
from intranet.notifications.models import Mail, MailHabits
from intranet.notifications.planning import plan_due
from intranet.notifications.reminding import remind
from intranet.notifications.sending import claim_seconds, send_due
from tests.notifications.factories import crowd, publish_memo
from tests.services.mail import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("clock")]

NOON = datetime.datetime(2026, 5, 12, 16, tzinfo=datetime.UTC)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A running server, which the site sends to."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 1
    server.start()
    yield server
    server.stop()


def plan(network: Network, size: int) -> None:
    """A memo to acknowledge, in the outbox for ``size`` people."""
    crowd(network, size)
    publish_memo(network, acknowledge=True)
    while expand_due() or plan_due():
        pass
    assert Mail.objects.waiting().count() == size


def everybody(size: int) -> list[str]:
    return sorted(f"reader-{number}@example.org" for number in range(size))


def test_each_person_gets_one_e_mail(network: Network, server: MailServer, deliver: Callable[[], None]) -> None:
    plan(network, 45)

    deliver()
    deliver()

    assert sorted(server.recipients) == everybody(45)
    assert len(set(server.ids())) == 45
    message = server.messages[0]
    assert message["Auto-Submitted"] == "auto-generated" and message["List-Unsubscribe"] is None
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and "Alerte incendie" in plain.get_content()
    assert html is not None and "Alerte incendie" in html.get_content()
    assert "<img" not in html.get_content()


def test_dead_server_loses_nothing(network: Network, server: MailServer, deliver: Callable[[], None]) -> None:
    plan(network, 3)
    server.stop()

    for _attempt in range(3):
        with pytest.raises(MailServerAway):
            send_due()
    server.start()
    deliver()

    assert sorted(server.recipients) == everybody(3)


def test_server_that_dies_in_between_gets_the_rest_later(
    network: Network, server: MailServer, deliver: Callable[[], None]
) -> None:
    plan(network, 5)

    def die_after_two(stage: str, address: str) -> str:
        return "421 Going down" if len(server.messages) >= 2 else ""

    server.answer = die_after_two
    with pytest.raises(MailServerAway):
        send_due()
    server.stop()
    with pytest.raises(MailServerAway):
        send_due()
    server.answer = lambda stage, address: ""
    server.start()
    deliver()

    assert sorted(server.recipients) == everybody(5)


@pytest.fixture
def away_for_three_days(network: Network, server: MailServer, deliver: Callable[[], None], clock: Any) -> None:
    """Three memos, of which one more is to be reminded of each day; the server is away, and back on the third day."""
    crowd(network, 1)
    for day, title in enumerate(("Alerte incendie", "Canicule", "Verglas")):
        publish_memo(network, title, acknowledge=True, acknowledge_by=NOON.date() + datetime.timedelta(days=3 + day))
    deliver()
    server.messages.clear()
    server.stop()
    for _day in range(3):
        clock.shift(datetime.timedelta(days=1))
        remind()
        while expand_due() or plan_due():
            pass
        with pytest.raises(MailServerAway):
            send_due()
    server.start()


@pytest.mark.usefixtures("away_for_three_days")
def test_server_that_was_away_for_days_gets_one_reminder_that_names_everything(
    server: MailServer, deliver: Callable[[], None]
) -> None:
    deliver()

    (message,) = server.messages
    assert message["Subject"] == "Rappel : 3 choses vous attendent"
    assert sorted(Mail.objects.filter(form="reminder").values_list("outcome", flat=True)) == [
        "dropped",
        "dropped",
        "sent",
    ]


@pytest.mark.usefixtures("away_for_three_days")
def test_reminders_that_wait_apart_go_on_two_days(server: MailServer, deliver: Callable[[], None], clock: Any) -> None:
    newest = Mail.objects.waiting().get()
    apart = Mail.objects.create(
        key="reminder:of-a-dead-worker", person=newest.person, form="reminder", made_at=newest.made_at
    )
    row = newest.notifications.order_by("pk")[0]
    row.mail = apart
    row.save()

    deliver()
    assert len(server.messages) == 1
    clock.shift(datetime.timedelta(hours=13))  # 01:00 in Toronto
    deliver()

    assert len(server.messages) == 2
    apart.refresh_from_db()
    assert (apart.attempts, apart.outcome) == (0, "sent")


def test_e_mail_that_is_late_waits_for_the_end_of_the_quiet_hours(
    network: Network, server: MailServer, deliver: Callable[[], None], clock: Any
) -> None:
    plan(network, 2)
    quiet = MailHabits.objects.get(person__email="reader-0@example.org")
    quiet.quiet_from, quiet.quiet_until = datetime.time(21), datetime.time(7)
    quiet.save()
    clock.move_to(datetime.datetime(2026, 5, 13, 2, tzinfo=datetime.UTC))  # 22:00 in Toronto

    deliver()
    assert server.recipients == ["reader-1@example.org"]
    held = Mail.objects.waiting().get()
    assert (held.attempts, held.error, held.retry_at) == (0, "", None)
    clock.move_to(held.not_before - datetime.timedelta(minutes=1))
    deliver()
    assert len(server.messages) == 1
    clock.shift(datetime.timedelta(minutes=1))
    deliver()

    assert server.recipients == ["reader-1@example.org", "reader-0@example.org"]
    local = held.not_before.astimezone(zoneinfo.ZoneInfo(network.time_zone))
    assert (local.day, local.time()) == (13, datetime.time(7))


def test_hung_server_is_left_and_tried_again(network: Network, server: MailServer, deliver: Callable[[], None]) -> None:
    plan(network, 2)
    server.is_hanging = True
    with pytest.raises(MailServerAway):
        send_due()
    assert Mail.objects.waiting().count() == 2

    server.is_hanging = False
    deliver()

    assert sorted(server.recipients) == everybody(2)


def test_refused_address_holds_nobody_up_and_is_set_aside_after_days(
    network: Network, server: MailServer, deliver: Callable[[], None], clock: Any
) -> None:
    plan(network, 3)
    server.answer = lambda stage, address: "550 No such person" if address.startswith("reader-1@") else ""

    deliver()
    assert sorted(server.recipients) == ["reader-0@example.org", "reader-2@example.org"]
    refused = Mail.objects.waiting().get()
    assert refused.error == "recipient refused (550)"

    for _hour in range(24 * 4):
        clock.shift(datetime.timedelta(hours=1))
        deliver()
    refused.refresh_from_db()
    assert (refused.outcome, len(server.recipients)) == ("refused", 2)


@pytest.mark.parametrize("address", ["a@b@c", "lise@" + "é" * 70 + ".ca"])
def test_address_that_is_none_holds_nobody_up_and_is_set_aside_after_days(
    address: str, network: Network, server: MailServer, deliver: Callable[[], None], clock: Any
) -> None:
    plan(network, 3)
    User.objects.filter(email="reader-1@example.org").update(email=address)

    deliver()
    assert sorted(server.recipients) == ["reader-0@example.org", "reader-2@example.org"]
    bad = Mail.objects.waiting().get()
    assert bad.error.startswith("it cannot be written: ") and address not in bad.error

    for _hour in range(24 * 4):
        clock.shift(datetime.timedelta(hours=1))
        deliver()
    bad.refresh_from_db()
    assert (bad.outcome, len(server.recipients)) == ("refused", 2)


@pytest.mark.parametrize(
    ("times", "outcome"),
    [
        pytest.param(1, "", id="once"),
        pytest.param(19, "", id="often"),
        pytest.param(20, "refused", id="for-half-a-day"),
    ],
)
def test_e_mail_that_a_server_was_too_long_away_for_is_set_aside_for_its_own_refusals_alone(
    times: int, outcome: str, network: Network, server: MailServer, deliver: Callable[[], None], clock: Any
) -> None:
    plan(network, 1)
    server.stop()
    clock.shift(datetime.timedelta(days=5))
    with pytest.raises(MailServerAway):
        send_due()
    server.answer = lambda stage, address: "450 Busy"
    server.start()

    for _hour in range(times):
        deliver()
        clock.shift(datetime.timedelta(hours=1))

    assert (Mail.objects.get().outcome, Mail.objects.get().attempts) == (outcome, times)
    server.answer = lambda stage, address: ""
    deliver()
    assert len(server.messages) == (0 if outcome else 1)


def test_refusals_of_the_sender_do_not_count_towards_setting_an_e_mail_aside(
    network: Network, server: MailServer, deliver: Callable[[], None], clock: Any
) -> None:
    plan(network, 1)
    server.answer_sender = lambda: "530 Who are you?"
    for _hour in range(24 * 4):
        clock.shift(datetime.timedelta(hours=1))
        with pytest.raises(MailServerAway):
            send_due()
    server.answer_sender = lambda: ""
    server.answer = lambda stage, address: "450 Busy"
    clock.shift(datetime.timedelta(hours=1))
    deliver()
    assert (Mail.objects.get().outcome, Mail.objects.get().attempts) == ("", 8)

    server.answer = lambda stage, address: ""
    clock.shift(datetime.timedelta(hours=1))
    deliver()

    assert server.recipients == everybody(1)


def first_sender(words: str) -> Callable[[], str]:
    """The server says ``words`` to the first sender, and yes to the others."""
    answers = [words]
    return lambda: answers.pop() if answers else ""


def test_e_mail_that_is_too_large_holds_nobody_up(
    network: Network, server: MailServer, deliver: Callable[[], None]
) -> None:
    plan(network, 3)
    server.answer_sender = first_sender("552 Too large")

    deliver()

    assert len(server.messages) == 2
    assert Mail.objects.waiting().get().error == "e-mail refused (552)"


def test_e_mail_whose_sender_is_refused_lets_the_next_one_try_and_is_never_set_aside(
    network: Network, server: MailServer, deliver: Callable[[], None], clock: Any
) -> None:
    plan(network, 3)
    clock.shift(datetime.timedelta(days=4))
    server.answer_sender = first_sender("530 Who are you?")

    with pytest.raises(MailServerAway):
        send_due()
    deliver()
    assert len(server.messages) == 2
    clock.shift(datetime.timedelta(minutes=5))
    deliver()

    assert sorted(server.recipients) == everybody(3)


def test_text_refused_for_now_goes_later_with_the_same_id(
    network: Network, server: MailServer, deliver: Callable[[], None], clock: Any
) -> None:
    plan(network, 1)
    seen: list[str] = []

    def full(stage: str, address: str) -> str:
        seen.append(stage)
        return "452 No room" if stage == "DATA" else ""

    server.answer = full
    deliver()
    deliver()
    assert seen == ["RCPT", "DATA"]
    server.answer = lambda stage, address: ""
    clock.shift(datetime.timedelta(minutes=5))
    deliver()

    assert server.ids() == [f"<{Mail.objects.get().pk}@127.0.0.1>"]


def test_who_left_before_it_is_sent_gets_nothing(
    network: Network, server: MailServer, deliver: Callable[[], None]
) -> None:
    plan(network, 2)
    end_membership(Membership.objects.get(person__email="reader-0@example.org"))

    deliver()

    assert server.recipients == ["reader-1@example.org"]
    assert Mail.objects.get(person__email="reader-0@example.org").outcome == "dropped"


def test_claim_that_ran_out_is_taken_by_another_worker(
    network: Network, server: MailServer, deliver: Callable[[], None], clock: Any
) -> None:
    plan(network, 1)
    Mail.objects.update(
        claim="00000000-0000-0000-0000-000000000001", claimed_until=NOON + datetime.timedelta(minutes=2)
    )

    deliver()
    assert server.messages == []
    clock.shift(datetime.timedelta(minutes=3))
    deliver()

    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("claimed_later", "is_taken"),
    [
        pytest.param(datetime.timedelta(milliseconds=1), False, id="while-this-worker-was-asking"),
        pytest.param(datetime.timedelta(minutes=30), False, id="by-a-clock-that-is-fast"),
        pytest.param(datetime.timedelta(days=1), True, id="before-the-clock-was-put-back"),
    ],
)
def test_claim_made_later_than_now_is_respected_unless_no_clock_can_have_made_it(
    claimed_later: datetime.timedelta, is_taken: bool, network: Network, server: MailServer, deliver: Callable[[], None]
) -> None:
    plan(network, 1)
    Mail.objects.update(
        claim="00000000-0000-0000-0000-000000000001",
        claimed_until=NOON + claimed_later + datetime.timedelta(seconds=claim_seconds()),
    )

    deliver()

    assert bool(server.messages) is is_taken
