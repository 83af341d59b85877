"""A kind that fails to name its people holds up nobody else's events, nor the e-mails."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from intranet.accounts.models import User
from intranet.memos.telling import TO_ACKNOWLEDGE
from intranet.networks.models import Network
from intranet.notifications.expanding import PAUSE, tell_late
from intranet.notifications.models import Event
from tests.notifications.factories import publish_memo

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("clock")]

NOON = datetime.datetime(2026, 5, 12, 16, tzinfo=datetime.UTC)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Keys of the events whose people cannot be named."""
    keys: set[int] = set()
    usual = type(TO_ACKNOWLEDGE).people

    def people(kind: Any, event: Event) -> Any:
        if event.pk in keys:
            raise ValueError("broken")
        return usual(kind, event)

    monkeypatch.setattr(type(TO_ACKNOWLEDGE), "people", people)
    return keys


def test_event_whose_people_cannot_be_named_is_tried_again_after_a_pause(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any, broken: set[int]
) -> None:
    for title in ("Un", "Deux"):
        publish_memo(network, title, acknowledge=True)
    broken.add(Event.objects.order_by("pk").values_list("pk", flat=True)[0])

    deliver()
    assert [message.subject for message in mail.outbox] == ["Note de service : Deux (HFX-2026-002)"]

    broken.clear()
    deliver()
    assert len(mail.outbox) == 1
    clock.shift(PAUSE)
    deliver()
    assert [message.subject for message in mail.outbox[1:]] == ["Note de service : Un (HFX-2026-001)"]


def test_event_that_cannot_be_told_late_waits_for_the_next_day(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any, broken: set[int]
) -> None:
    for title in ("Un", "Deux"):
        publish_memo(network, title, acknowledge=True)
    deliver()
    clock.shift(datetime.timedelta(days=1))
    broken.update(Event.objects.order_by("pk").values_list("pk", flat=True)[:1])

    assert [tell_late() for _event in range(3)] == [True, True, False]
    clock.shift(datetime.timedelta(days=1))
    assert tell_late()
