"""Reminders: before the day, on it and after it, to those who owe; one e-mail a day; the late ones to coordinators."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from intranet.accounts.models import User
from intranet.memos.models import MemoPage, MemoRecord, Question
from intranet.memos.reminders import MemoReminders
from intranet.memos.services import acknowledge
from intranet.networks.access import access_cache
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.notifications.models import Notification
from intranet.notifications.reminding import remind
from intranet.notifications.services import hide_titles
from intranet.notifications.telling import owed_by
from intranet.pages.receivers import refresh_together
from intranet.plugins import registry
from tests.notifications.factories import publish_memo
from tests.pages.factories import make_network, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("clock")]

NOON = datetime.datetime(2026, 5, 4, 16, tzinfo=datetime.UTC)
DUE = datetime.date(2026, 5, 15)
MANY = 101


def owed(page: MemoPage) -> MemoRecord:
    return MemoRecord.objects.get(item=page.translation_key)


def days_with_mail(clock: Any, deliver: Callable[[], None], days: int, to: str) -> list[str]:
    """On which days ``to`` gets e-mails that remind, in the next ``days`` days; nobody gets two on one."""
    found = []
    for _day in range(days):
        clock.shift(datetime.timedelta(days=1))
        before = len(mail.outbox)
        for _look in range(2):
            remind()
            deliver()
        new = [each for each in mail.outbox[before:] if each.to == [to] and "appel" in each.subject]
        assert len(new) <= 1
        found += [datetime.datetime.now(tz=datetime.UTC).date().isoformat()] * len(new)
    return found


def test_who_owes_is_reminded_before_on_and_after_the_day(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    publish_memo(network, acknowledge=True, acknowledge_by=DUE)

    days = days_with_mail(clock, deliver, 30, reader.email)

    assert days == ["2026-05-08", "2026-05-13", "2026-05-15", "2026-05-16", "2026-05-22", "2026-05-29"]
    assert mail.outbox[1].subject == "Rappel : Alerte incendie (HFX-2026-001)"
    assert not Notification.objects.filter(is_listed=True, event__kind="memos.reminder").exists()


def test_source_that_fails_holds_up_no_other(
    network: Network,
    reader: User,
    clock: Any,
    deliver: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(source: Any, days: Any) -> Any:
        raise ValueError("No day")

    publish_memo(network, responsible=reader, review_on=DUE)
    assert [source.name for source in registry.items("reminder_sources")][:2] == ["memos", "memos.reviews"]
    monkeypatch.setattr(MemoReminders, "due_on", fail)

    assert days_with_mail(clock, deliver, 5, reader.email) == ["2026-05-08"]
    assert {line.getMessage() for line in caplog.records if line.exc_info} == {
        "The source memos cannot say what is due."
    }


def test_everything_that_is_owed_is_told_however_much_it_is(network: Network, reader: User) -> None:
    other = make_person("paul", (network, "reader"))
    asked = {"acknowledge": True, "responsible": reader, "review_on": datetime.date(2026, 5, 1)}
    with transaction.atomic(), refresh_together():
        memos = [publish_memo(network, f"Note {number}", **asked) for number in range(MANY)]
    record = owed(memos[0])
    Question.objects.bulk_create(
        Question(record=record, edition=1, author=other, text="Pourquoi?", language="fr") for _number in range(MANY)
    )
    client = signed_in(reader)

    with access_cache(), CaptureQueriesContext(connection) as captured:
        lines = owed_by(reader)

    assert (len(lines), len(captured) < 15) == (3 * MANY, True)
    assert len(client.get("/api/v1/home").json()["to_read"]) == 3 * MANY
    assert f"Tout voir ({3 * MANY})" in client.get("/fr/").content.decode()
    assert len(client.get(reverse("notifications:to_do")).context["items"]) == 3 * MANY


def test_several_memos_of_a_day_are_one_reminder(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    for title in ("Un", "Deux"):
        publish_memo(network, title, acknowledge=True, acknowledge_by=DUE)

    days = days_with_mail(clock, deliver, 5, reader.email)

    assert days == ["2026-05-08"]
    assert mail.outbox[-1].subject == "Rappel : 2 choses vous attendent"
    assert "Un (" in mail.outbox[-1].body and "Deux (" in mail.outbox[-1].body


def leads_to_what_is_owed(body: str, reader: User) -> bool:
    with translation.override(reader.language):
        to_do = reverse("notifications:to_do")
    assert "Alerte incendie" in signed_in(reader).get(to_do).content.decode()
    return f"http://127.0.0.1:8000{to_do}\n" in body


def test_reminder_without_titles_leads_to_what_is_owed(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    hide_titles(network.pk, True, by=None)
    publish_memo(network, acknowledge=True, acknowledge_by=DUE)

    assert days_with_mail(clock, deliver, 5, reader.email) == ["2026-05-08"]

    message = mail.outbox[-1]
    assert "Alerte incendie" not in message.body
    assert leads_to_what_is_owed(message.body, reader)


def test_digest_without_titles_leads_to_what_is_owed(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    hide_titles(network.pk, True, by=None)
    publish_memo(network, acknowledge=True, acknowledge_by=DUE)
    publish_memo(network, "Canicule")
    deliver()
    clock.shift(datetime.timedelta(days=1))

    deliver()

    message = mail.outbox[-1]
    assert "Alerte incendie" not in message.body
    assert leads_to_what_is_owed(message.body, reader)


def test_who_acknowledged_in_the_meantime_is_not_reminded(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    page = publish_memo(network, acknowledge=True, acknowledge_by=DUE)
    deliver()
    # The reminder is made in the night, and waits for the morning.
    clock.move_to(datetime.datetime(2026, 5, 8, 5, tzinfo=datetime.UTC))
    remind()
    deliver()
    acknowledge(owed(page), person=reader, language="fr")

    clock.move_to(datetime.datetime(2026, 5, 8, 15, tzinfo=datetime.UTC))
    deliver()

    assert [message.subject for message in mail.outbox if "appel" in message.subject] == []


def test_missed_day_is_made_up_for_and_an_old_one_is_not(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    publish_memo(network, acknowledge=True, acknowledge_by=DUE)
    for day, expected in ((10, 1), (12, 1), (19, 1), (24, 2)):
        clock.move_to(datetime.datetime(2026, 5, day, 16, tzinfo=datetime.UTC))
        remind()
        deliver()
        reminders = [message for message in mail.outbox if "appel" in message.subject]
        assert len(reminders) == expected, day


def test_coordinator_is_told_how_many_of_her_own_people_are_late(
    reader: User, network: Network, deliver: Callable[[], None], clock: Any
) -> None:
    office = make_network("office", "office")
    coordinator = make_person("paule", (network, "coordinator"))
    other = make_network("moncton")
    elsewhere = make_person("omer", (other, "coordinator"))
    make_person("nina", (other, "reader"))
    make_person("noe", (other, "reader"))
    page = publish_memo(office, acknowledge=True, acknowledge_by=DUE, rule=Rule("members"))
    for person in (coordinator, elsewhere):
        acknowledge(owed(page), person=person, language="fr")

    clock.move_to(datetime.datetime(2026, 5, 16, 16, tzinfo=datetime.UTC))
    remind()
    deliver()

    (hers,) = [message for message in mail.outbox if message.to == [coordinator.email] and "appel" in message.subject]
    (his,) = [message for message in mail.outbox if message.to == [elsewhere.email] and "appel" in message.subject]
    assert "1 personne de votre réseau n’en a pas encore accusé réception." in hers.body
    assert "2 personnes de votre réseau n’en ont pas encore accusé réception." in his.body
    assert "lise" not in his.body.lower() and "nina" not in his.body.lower()
