"""What is long past is deleted, and nothing else."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from intranet.accounts.models import User
from intranet.networks.models import Network
from intranet.notifications.jobs import ForgetJob
from intranet.notifications.models import Event, Mail, Notification
from tests.notifications.factories import publish_memo

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("clock")]
NOON = datetime.datetime(2026, 5, 4, 16, tzinfo=datetime.UTC)


def test_old_notifications_go_with_their_events_and_mails(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    publish_memo(network, "Ancienne")
    clock.shift(datetime.timedelta(days=2))
    deliver()
    clock.shift(datetime.timedelta(days=300))
    publish_memo(network, "Récente")
    deliver()
    waiting = Mail.objects.create(key="old", person=reader, form=Mail.Form.NOW, made_at=NOON)
    assert (Event.objects.count(), Notification.objects.count()) == (2, 2)
    (sent,) = Mail.objects.exclude(settled_at=None)

    clock.shift(datetime.timedelta(days=99))
    assert ForgetJob().run() is False

    recent = Event.objects.get()
    assert Notification.objects.get().event == recent
    assert set(Mail.objects.all()) == {sent, waiting}

    clock.shift(datetime.timedelta(days=302))
    ForgetJob().run()
    assert not Event.objects.exists()
    assert not Notification.objects.exists()
    # What was never sent is not forgotten.
    assert list(Mail.objects.all()) == [waiting]


def test_large_amounts_go_in_parts(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intranet.notifications.forgetting.PART", 1)
    for number in range(3):
        publish_memo(network, f"Ancienne {number}")
    deliver()
    clock.shift(datetime.timedelta(days=500))
    runs = 1
    while ForgetJob().run():
        runs += 1

    assert runs == 4
    assert not Event.objects.exists()
