"""Memos and people that the tests of notifications tell of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from intranet.accounts.models import User
from intranet.memos.models import MemoPage
from intranet.networks.models import Network
from intranet.notifications.expanding import expand_due
from intranet.notifications.models import MailHabits, Notification
from tests.pages.factories import make_page, make_person, section_of


def publish_memo(network: Network, title: str = "Alerte incendie", **fields: Any) -> MemoPage:
    """A memo of the network in French, published now."""
    page: MemoPage = make_page(section_of(network), title, page_type=MemoPage, **fields)
    return page


def never_quiet(people: Iterable[User]) -> None:
    """Their e-mails may go at any hour: what another program sends knows the real time only."""
    MailHabits.objects.bulk_create(MailHabits(person=person, quiet_from=None, quiet_until=None) for person in people)


def crowd(network: Network, size: int) -> list[User]:
    """Readers of the network who get e-mails at any hour."""
    people = [make_person(f"reader-{number}", (network, "reader")) for number in range(size)]
    never_quiet(people)
    return people


def told(kind: str) -> list[str]:
    """The addresses of those to whom events of a kind are given, once the worker has done it."""
    while expand_due():
        pass
    rows = Notification.objects.filter(event__kind=kind).order_by("person__email")
    return list(rows.values_list("person__email", flat=True))
