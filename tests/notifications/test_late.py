"""Whoever comes to owe a memo after it was published is told of it, once, and nobody else again."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from intranet.accounts.models import User
from intranet.memos.models import MemoRecord
from intranet.memos.services import acknowledge, withdraw
from intranet.networks.audiences import Rule
from intranet.networks.models import Item, Network
from intranet.networks.services import add_membership
from intranet.notifications.expanding import tell_late
from intranet.notifications.jobs import ForgetJob, TellLateJob
from intranet.notifications.kinds import known_kinds
from intranet.notifications.models import Event, Notification
from intranet.notifications.services import unread_count
from intranet.plugins import NotificationKind
from tests.memos.factories import declared, publish, record_of
from tests.notifications.factories import crowd, publish_memo, told
from tests.pages.factories import make_network, make_person, set_rule

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("clock")]

NOON = datetime.datetime(2026, 5, 12, 16, tzinfo=datetime.UTC)
ASKED = "memos.to_acknowledge"


@pytest.fixture
def next_day(deliver: Callable[[], None], clock: Any) -> Callable[[], list[tuple[str, str]]]:
    """A day passes with the worker's work; to whom e-mails went, and their subjects."""

    def run() -> list[tuple[str, str]]:
        deliver()
        before = len(mail.outbox)
        clock.shift(datetime.timedelta(days=1))
        for _hour in range(2):
            while TellLateJob().run():
                pass
            deliver()
            clock.shift(datetime.timedelta(hours=1))
        return sorted((message.to[0], message.subject) for message in mail.outbox[before:])

    return run


def rows_of(person: User) -> list[str]:
    return list(Notification.objects.of(person).values_list("event__kind", flat=True))


def test_who_joins_is_told_once_of_everything_that_is_owed(
    network: Network, reader: User, next_day: Callable[[], list[tuple[str, str]]]
) -> None:
    publish_memo(network, acknowledge=True, acknowledge_by=datetime.date(2026, 5, 13))
    publish_memo(network, "Canicule", acknowledge=True)
    publish_memo(network, "Stationnement")
    next_day()
    late = make_person("omar", (network, "reader"))
    for _day in range(3):
        next_day()

    (message,) = [message for message in mail.outbox if message.to == [late.email]]
    assert message.subject == "2 nouveautés dans l’intranet"
    assert "Alerte incendie" in message.body and "Canicule" in message.body
    assert rows_of(late) == [ASKED, ASKED]
    assert rows_of(reader) == ["memos.published", ASKED, ASKED]
    # At once what is asked, and a digest.
    assert [message.to for message in mail.outbox].count([reader.email]) == 2


def test_wider_audience_is_told(network: Network, next_day: Callable[[], list[tuple[str, str]]]) -> None:
    office = make_network("office", "office")
    other = make_network("moncton")
    reader, distant = make_person("omar", (office, "reader")), make_person("ann", (other, "reader"))
    memo = publish_memo(office, acknowledge=True, rule=Rule(Item.Rule.SECTION))
    assert next_day() == [] and rows_of(distant) == [] and rows_of(reader) == [ASKED]

    set_rule(memo, Rule(Item.Rule.MEMBERS))

    assert next_day() == [(distant.email, "Note de service : Alerte incendie (OFFICE-2026-001)")]
    assert next_day() == []


def test_asking_by_a_minor_change_is_announced_at_once(
    network: Network, reader: User, deliver: Callable[[], None], next_day: Callable[[], list[tuple[str, str]]]
) -> None:
    memo = publish_memo(network)
    deliver()
    publish(memo, acknowledge=True)
    deliver()
    assert [message.subject for message in mail.outbox] == ["Note de service : Alerte incendie (HFX-2026-001)"]

    publish(memo, acknowledge=False)
    publish(memo, acknowledge=True)
    publish(memo, acknowledge_by=datetime.date(2026, 6, 30))
    assert next_day() == []
    assert rows_of(reader).count(ASKED) == 1


def test_nobody_is_told_late_of_what_nobody_owes(
    network: Network, reader: User, next_day: Callable[[], list[tuple[str, str]]]
) -> None:
    replaced, over = publish_memo(network, acknowledge=True), publish_memo(network, "Canicule", acknowledge=True)
    next_day()
    publish(replaced, summary="La sortie", declaration=declared(fr="La sortie"))
    withdraw(record_of(over), reason="Finie", language="fr", by=None)
    acknowledge(record_of(replaced), person=reader, language="fr")
    late = make_person("omar", (network, "reader"))
    stranger = make_person("ann", (make_network("moncton"), "reader"))

    next_day()

    (row,) = Notification.objects.of(late).select_related("event")
    assert (row.event.item_id, row.event.subject) == (replaced.translation_key, "2")
    assert rows_of(stranger) == []


def test_looking_is_a_fixed_number_of_statements_whoever_is_missing(network: Network, clock: Any) -> None:
    def looking() -> int:
        clock.shift(datetime.timedelta(days=1))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert tell_late()
        return len(queries)

    make_person("lise", (network, "reader"))
    publish_memo(network, acknowledge=True)
    assert len(told(ASKED)) == 1
    nobody = looking()
    crowd(network, 3)
    few = looking()
    assert len(told(ASKED)) == 4
    make_person("zoe", (network, "reader"))
    assert nobody == few == looking() <= 12
    assert tell_late() is False


@dataclass(frozen=True, kw_only=True)
class BrokenKind(NotificationKind):
    """Of a plugin that cannot say what still holds."""

    def standing(self, events: QuerySet[Any]) -> QuerySet[Any]:
        raise LookupError("no table")

    def over(self, events: QuerySet[Any]) -> QuerySet[Any]:
        raise LookupError("no table")


@dataclass(frozen=True, kw_only=True)
class UnreadableKind(NotificationKind):
    """Of a plugin that finds out when the database is asked."""

    def standing(self, events: QuerySet[Any]) -> QuerySet[Any]:
        return events.annotate(lost=RawSQL("SELECT nothing FROM nowhere", [])).filter(lost=1)


@pytest.mark.parametrize("broken", [BrokenKind, UnreadableKind])
def test_kind_that_fails_holds_up_no_other(
    broken: type[NotificationKind],
    network: Network,
    reader: User,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    next_day: Callable[[], list[tuple[str, str]]],
) -> None:
    kind = broken(name="posters.late", label="Late", reaches_late=True)
    known = known_kinds()
    monkeypatch.setattr("intranet.notifications.kinds.known_kinds", lambda: {kind.name: kind, **known})
    memo = publish_memo(network, acknowledge=True)
    own = Event.objects.create(kind=kind.name, dedupe="1", at=NOON, expanded_at=NOON)
    next_day()
    late = make_person("omar", (network, "reader"))

    assert [address for address, _subject in next_day()] == [late.email]
    assert unread_count(late) == 1

    clock.shift(datetime.timedelta(days=500))
    withdraw(record_of(memo), reason="Finie", language="fr", by=None)
    ForgetJob().run()
    assert list(Event.objects.all()) == [own]


def test_memo_in_force_is_told_late_however_old_it_is(
    network: Network, reader: User, clock: Any, next_day: Callable[[], list[tuple[str, str]]]
) -> None:
    memo = publish_memo(network, acknowledge=True)
    next_day()
    clock.shift(datetime.timedelta(days=500))
    assert ForgetJob().run() is False
    make_person("omar", (network, "reader"))

    assert [address for address, _subject in next_day()] == ["omar@example.org"]

    withdraw(record_of(memo), reason="Finie", language="fr", by=None)
    ForgetJob().run()
    assert not Event.objects.exists()


def test_what_was_brought_in_is_told_to_those_alone_who_come_later(
    network: Network, reader: User, next_day: Callable[[], list[tuple[str, str]]]
) -> None:
    publish_memo(network, acknowledge=True, first_published_at=NOON - datetime.timedelta(days=300))
    assert MemoRecord.objects.get().published_at.year == 2025
    assert next_day() == []

    late = make_person("omar")
    add_membership(person=late, network=network, role="reader")
    assert [address for address, _subject in next_day()] == [late.email]
    assert next_day() == []
    assert rows_of(reader) == []
