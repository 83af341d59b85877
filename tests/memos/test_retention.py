"""Names leave the receipts of people who have been gone for long."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from intranet.accounts.services import set_account_active
from intranet.memos.announcing import end_news
from intranet.memos.archiving import archive, bring_back
from intranet.memos.models import Acknowledgement, Question, Reading, ReceiptNote
from intranet.memos.owing import people_asked, people_owing
from intranet.memos.questions.services import ask
from intranet.memos.retention import pseudonymise
from intranet.memos.services import acknowledge, correct_receipt, note_reading
from intranet.networks.audiences import Rule
from intranet.networks.models import Membership, Network
from intranet.networks.services import add_membership, end_membership
from intranet.notifications.expanding import expand_due
from intranet.notifications.models import Notification
from tests.memos.factories import make_memo, record_of
from tests.pages.factories import make_network, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

START = datetime.datetime(2026, 3, 2, 15, tzinfo=datetime.UTC)


@pytest.fixture
def network(time_machine: Any) -> Network:
    time_machine.move_to(START, tick=False)
    return make_network("halifax", code="HFX")


def receipts_of(name: str, network: Network, *memos: Any) -> Any:
    person = make_person(name, (network, "reader"))
    for memo in memos:
        record = record_of(memo)
        note_reading(record, person=person, language="en")
        correct_receipt(acknowledge(record, person=person, language="en"), text="By mistake.", by=person)
    return person


def after(time_machine: Any, days: int) -> None:
    time_machine.move_to(START + datetime.timedelta(days=days), tick=False)
    assert pseudonymise() is False


def test_receipts_of_somebody_long_gone_keep_one_word_for_the_person(network: Network, time_machine: Any) -> None:
    memos = [make_memo(network, title, acknowledge=True) for title in ("One", "Two")]
    gone, there = receipts_of("gone", network, *memos), receipts_of("there", network, *memos)
    end_membership(gone.memberships.get())
    after(time_machine, 2556)
    assert Acknowledgement.objects.filter(person=gone).count() == 2
    assert not Reading.objects.filter(person=gone).exists()

    after(time_machine, 2558)

    assert Acknowledgement.objects.filter(person=there, pseudonym="").count() == 2
    kept = Acknowledgement.objects.filter(person=None)
    assert (kept.count(), kept.values("pseudonym").distinct().count(), kept.filter(pseudonym="").count()) == (2, 1, 0)
    assert set(ReceiptNote.objects.filter(by=None).values_list("text", flat=True)) == {""}
    assert ReceiptNote.objects.filter(by=there, text="By mistake.").count() == 2


@pytest.mark.parametrize("is_member", [True, False])
def test_closing_an_account_is_leaving(network: Network, time_machine: Any, is_member: bool) -> None:
    memo = make_memo(network, "One", acknowledge=True)
    gone, again = receipts_of("gone", network, memo), receipts_of("again", network, memo)
    if not is_member:
        Membership.objects.filter(person=gone).delete()
    for person in (gone, again):
        set_account_active(person, False)
    after(time_machine, 1000)
    for is_active in (True, False):
        set_account_active(again, is_active)
    after(time_machine, 2556)
    assert Acknowledgement.objects.filter(person=gone).exists()

    after(time_machine, 2558)

    assert not Acknowledgement.objects.filter(person=gone).exists()
    assert Acknowledgement.objects.filter(person=again).exists()


@pytest.mark.parametrize("how", ["stays", "comes back", "will come back", "is elsewhere", "left later", "opened again"])
def test_receipts_of_somebody_who_is_not_long_gone_keep_the_name(network: Network, time_machine: Any, how: str) -> None:
    memo = make_memo(network, "One", acknowledge=True)
    person = receipts_of("person", network, memo)
    other = make_network("moncton")
    if how == "opened again":
        for is_active in (False, True):
            set_account_active(person, is_active)
    elif how != "stays":
        end_membership(person.memberships.get())
    time_machine.move_to(START + datetime.timedelta(days=2000), tick=False)
    today = datetime.date(2026, 3, 2)
    if how == "comes back":
        add_membership(person=person, network=network, role="reader")
    if how == "will come back":
        add_membership(person=person, network=network, role="reader", starts_on=today + datetime.timedelta(days=4000))
    if how == "is elsewhere":
        add_membership(person=person, network=other, role="guest")
    if how == "left later":
        end_membership(add_membership(person=person, network=other, role="reader"))

    after(time_machine, 2600)

    assert Acknowledgement.objects.get().person == person


@pytest.mark.parametrize("days", [800, 2558])
def test_no_table_ties_the_moment_of_a_pseudonym_to_a_name(network: Network, time_machine: Any, days: int) -> None:
    memo, other = (make_memo(network, title, acknowledge=True) for title in ("One", "Two"))
    people = [make_person(name, (network, "reader")) for name in ("gone", "there")]
    while expand_due():
        pass
    moment = START + datetime.timedelta(hours=1)
    time_machine.move_to(moment, tick=False)
    for person in people:
        note_reading(record_of(memo), person=person, language="en")
        acknowledge(record_of(memo), person=person, language="en")
        note_reading(record_of(other), person=person, language="en")
        end_news(record_of(other), person)
    gone, there = people
    end_membership(gone.memberships.get())

    after(time_machine, days)

    told = Notification.objects.filter(read_at=moment).values_list("person", "event__item")
    assert set(told) == {(there.pk, page.translation_key) for page in (memo, other)}
    assert not Reading.objects.filter(person=gone).exists()
    assert not gone.notifications.exists()


def test_receipt_that_keeps_its_name_does_not_tell_what_else_was_read(network: Network, time_machine: Any) -> None:
    memos = [make_memo(network, title, acknowledge=True) for title in ("One", "Two", "Three")]
    gone = receipts_of("gone", network, memos[0])
    for memo in memos[1:]:
        note_reading(record_of(memo), person=gone, language="en")
    end_membership(gone.memberships.get())

    after(time_machine, 800)

    assert Acknowledgement.objects.get().person == gone
    first, *others = Reading.objects.order_by("record__sequence").values_list("pseudonym", flat=True)
    assert "" not in {first, *others} and first not in others and len(set(others)) == 1


def test_what_somebody_without_a_membership_answers_later_keeps_the_name(network: Network, time_machine: Any) -> None:
    """An account that stays open is asked by memos to everyone, and not again each night."""
    everyone = Rule("everyone")
    first = make_memo(network, "One", acknowledge=True)
    second = make_memo(network, "Two", rule=everyone, acknowledge=True)
    person = receipts_of("person", network, first)
    end_membership(person.memberships.get())
    time_machine.move_to(START + datetime.timedelta(days=2600), tick=False)
    third = make_memo(network, "Three", rule=everyone, acknowledge=True)
    for memo in (second, third):
        note_reading(record_of(memo), person=person, language="en")
        receipt = acknowledge(record_of(memo), person=person, language="en")
        correct_receipt(receipt, text="By mistake.", by=person)
    ask(record_of(third), author=person, text="Why?", language="en", is_private=False)

    after(time_machine, 2601)

    for model in (Reading, Acknowledgement):
        kept = model.objects.order_by("pk").values_list("record", "person")
        assert list(kept) == [
            (record_of(first).pk, None),
            (record_of(second).pk, person.pk),
            (record_of(third).pk, person.pk),
        ]
    assert list(ReceiptNote.objects.values_list("by", "text")) == [
        (None, ""),
        (person.pk, "By mistake."),
        (person.pk, "By mistake."),
    ]
    assert Question.objects.get().author == person
    assert not people_owing(record_of(second)).filter(pk=person.pk).exists()


@pytest.mark.parametrize("how", ["left", "left, memo archived", "closed", "was a guest"])
def test_receipt_of_a_memo_that_would_ask_the_person_again_keeps_the_name(
    network: Network, time_machine: Any, how: str
) -> None:
    Network.objects.update(may_ask_others=True)
    memo = make_memo(network, "One", rule=Rule("everyone"), acknowledge=True)
    own = make_memo(network, "Two", acknowledge=True)
    person = receipts_of("person", network, memo, own)
    end_membership(person.memberships.get())
    if how == "closed":
        set_account_active(person, False)
    if how == "was a guest":
        end_membership(add_membership(person=person, network=network, role="guest"))
    if how == "left, memo archived":
        archive(memo.translation_key, reason="Kept.", language="en", by=None)

    after(time_machine, 2600)

    is_kept = how.startswith("left")
    for model in (Acknowledgement, Reading):
        names = dict(model.objects.values_list("record__item", "person"))
        assert names == {memo.translation_key: person.pk if is_kept else None, own.translation_key: None}
    if how == "left, memo archived":
        bring_back(memo.translation_key, by=None)
    assert people_asked(record_of(memo)).filter(pk=person.pk).exists() is is_kept
    assert not people_owing(record_of(memo)).filter(pk=person.pk).exists()
