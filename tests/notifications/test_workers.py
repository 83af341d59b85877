"""Workers as processes of their own, a real mail server, PostgreSQL: killed at the worst moment, and two at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from django.db import connection, transaction

from intranet.notifications.models import Mail
from tests.notifications.factories import crowd, publish_memo
from tests.pages.factories import make_network
from tests.services.mail import MailServer
from tests.services.process import PATIENCE_SECONDS, wait_until
from tests.services.workers import Workers

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A running server; workers that start from now on send to it."""
    server = MailServer()
    monkeypatch.setenv("WORKER_EMAIL_URL", server.url)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def workers(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Workers]:
    """An e-mail is a worker's for two seconds, unless the test says how long."""
    workers = Workers(tmp_path, claim_seconds=getattr(request, "param", 2))
    yield workers
    workers.kill()


def announce(size: int) -> set[str]:
    """A memo to acknowledge for ``size`` people; their addresses."""
    network = make_network("halifax")
    people = crowd(network, size)
    publish_memo(network, acknowledge=True)
    return {person.email for person in people}


def waiting_backends() -> list[int]:
    """The server's processes that wait for a row which we hold."""
    with connection.cursor() as cursor:
        # What is going on is read once in a transaction, unless one asks for it anew.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def test_worker_killed_between_the_yes_and_its_note_sends_again_with_the_same_id(
    server: MailServer, workers: Workers, tmp_path: Path
) -> None:
    announce(1)
    arrived, may_go_on = Event(), Event()

    def hold(stage: str, address: str) -> str:
        if stage == "DATA" and not may_go_on.is_set():
            arrived.set()
            may_go_on.wait(PATIENCE_SECONDS)
        return ""

    server.answer = hold
    workers.start()
    assert arrived.wait(PATIENCE_SECONDS)
    with transaction.atomic():
        # The worker has its yes, and waits for the row in which it would note it.
        Mail.objects.select_for_update().get()
        may_go_on.set()
        wait_until(lambda: bool(waiting_backends()))
        assert len(server.messages) == 1
        workers.kill()
        # Else the database would finish what the dead program had asked for.
        with connection.cursor() as cursor:
            for pid in waiting_backends():
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        wait_until(lambda: not waiting_backends())
    assert Mail.objects.waiting().count() == 1

    following = Workers(tmp_path, claim_seconds=2)
    following.start()
    wait_until(lambda: not Mail.objects.waiting().exists())
    following.stop()

    assert server.ids() == [f"<{Mail.objects.get().pk}@127.0.0.1>"] * 2
    assert Mail.objects.get().outcome == "sent"


def test_worker_killed_while_it_sends_loses_nothing(server: MailServer, workers: Workers, tmp_path: Path) -> None:
    addresses = announce(30)

    def die_at_the_tenth(stage: str, address: str) -> str:
        if len(server.messages) == 9:
            workers.started[0].kill()
        return ""

    server.answer = die_at_the_tenth
    workers.start()
    wait_until(lambda: workers.started[0].poll() is not None)
    server.answer = lambda stage, address: ""
    following = Workers(tmp_path, claim_seconds=2)
    following.start()
    wait_until(lambda: Mail.objects.count() == 30 and not Mail.objects.waiting().exists())
    following.stop()

    sent = list(zip(server.recipients, server.ids(), strict=True))
    assert {recipient for recipient, _id in sent} == addresses
    # What the server had taken without our knowing came again as the same e-mail.
    assert len(set(sent)) == 30
    assert len(sent) <= 31


# Longer than the machine can make them wait: whose claim runs out may send what another one sends, too.
@pytest.mark.parametrize("workers", [120], indirect=True)
def test_two_workers_send_each_e_mail_once(server: MailServer, workers: Workers) -> None:
    addresses = announce(60)
    workers.start()
    workers.start()

    wait_until(lambda: Mail.objects.count() == 60 and not Mail.objects.waiting().exists())
    workers.stop()

    assert sorted(server.recipients) == sorted(addresses)
    assert len(set(server.ids())) == 60
