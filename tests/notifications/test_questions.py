"""What e-mails say of questions: that something became of one, never what it says."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from intranet.accounts.models import User
from intranet.memos.questions.services import ask, remove
from intranet.networks.models import Network
from tests.memos.factories import record_of
from tests.notifications.factories import publish_memo
from tests.pages.factories import make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("clock")]

NOON = datetime.datetime(2026, 5, 12, 16, tzinfo=datetime.UTC)


def test_reason_of_a_removal_is_read_on_the_site_alone(
    network: Network, reader: User, deliver: Callable[[], None]
) -> None:
    coordinator = make_person("carl", (network, "coordinator"))
    question = ask(record_of(publish_memo(network)), author=reader, text="Et le casoar ?", language="fr")
    deliver()
    mail.outbox.clear()

    remove(question, by=coordinator, reason="On y reconnaît une famille.")
    deliver()

    (message,) = mail.outbox
    sent: Any = message
    assert (sent.to, "Votre question a été retirée" in sent.body) == ([reader.email], True)
    assert "famille" not in sent.subject + sent.body + sent.alternatives[0].content
    with translation.override("fr"):
        page = reverse("memos:question", args=[question.pk])
    assert page in sent.body
    assert "On y reconnaît une famille." in signed_in(reader).get(page).content.decode()
