"""Receipts: who is asked, what is recorded, and that it stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from intranet.memos.exceptions import AppendOnlyError, MemoError
from intranet.memos.listing import memos_for
from intranet.memos.models import Acknowledgement, MemoPage, Reading, ReceiptNote
from intranet.memos.owing import people_asked, people_asked_by_each, people_owing
from intranet.memos.services import withdraw
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import end_membership
from search.models import Entry
from tests.beginnings import beginning
from tests.memos.factories import declared, make_memo, publish, record_of
from tests.pages.factories import make_halifax, make_network, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


network = beginning(make_halifax)


@pytest.fixture
def reader(network: Network) -> Any:
    return make_person("lise", (network, "reader"), language="en")


def address(name: str, memo: MemoPage, *args: int) -> str:
    with translation.override("en"):
        return reverse(f"memos:{name}", args=[memo.translation_key, *args])


def sent(client: Client, memo: MemoPage, **fields: Any) -> Any:
    return client.post(address("acknowledge", memo), fields, follow=True)


def test_reading_is_noted_of_those_who_are_asked_and_of_nobody_else(network: Network, reader: Any) -> None:
    asked = make_memo(network, "Fire drill", acknowledge=True, rule=Rule("members"))
    plain = make_memo(network, "Picnic")
    other = make_person("other", (make_network("moncton"), "reader"))
    for person in (reader, other):
        for _twice in range(2):
            signed_in(person).get(asked.url)
            signed_in(person).get(plain.url)

    (noted,) = Reading.objects.all()
    assert (noted.record, noted.person, noted.edition, noted.language) == (record_of(asked), reader, 1, "en")


@pytest.mark.parametrize("count", [1, 3])
def test_receipt_takes_a_fixed_number_of_queries(
    network: Network, reader: Any, count: int, django_assert_num_queries: Any
) -> None:
    memos = [make_memo(network, f"Memo {number}", acknowledge=True) for number in range(count)]
    client, form = signed_in(reader), {"edition": "1", "language": "en", "from": "list"}
    # The first request of a visit notes that it began.
    client.get(address("acknowledge", memos[0]))

    with django_assert_num_queries(11 * count):
        for memo in memos:
            assert client.post(address("acknowledge", memo), form).status_code == 302

    assert Acknowledgement.objects.count() == count


@pytest.mark.parametrize("count", [1, 3])
def test_those_asked_by_each_memo_take_three_queries(
    network: Network, reader: Any, count: int, django_assert_num_queries: Any
) -> None:
    office = make_network("bureau", "office")
    other = make_person("other", (make_network("moncton"), "reader"))
    memos = [make_memo(issuer, "Drill", acknowledge=True, rule=Rule("members")) for issuer in (network, office)] * count
    records = [record_of(memo) for memo in memos]
    for record in records:
        assert record.item.network

    with django_assert_num_queries(3):
        asked = people_asked_by_each(records)

    people = [set(asked[record.pk].filter(pk__in=[reader.pk, other.pk])) for record in records]
    assert people == [{reader}, {reader, other}] * count


def test_receipt_holds_when_the_edition_was_read_and_in_which_language(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    french = make_memo(network, "Exercice d’incendie", "fr", version_of=memo, acknowledge=True)
    client = signed_in(reader)
    html = client.get(french.url).content.decode()
    assert 'name="language" value="fr"' in html

    sent(client, memo, edition="1", language="fr")

    (receipt,) = Acknowledgement.objects.all()
    assert (receipt.language, receipt.edition, receipt.read_at) == ("fr", 1, Reading.objects.get().read_at)
    assert receipt.read_at <= receipt.acknowledged_at <= timezone.now()


def test_receipts_readings_and_notes_are_never_changed_nor_deleted(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    client = signed_in(reader)
    client.get(memo.url)
    sent(client, memo, edition="1")
    client.post(address("correct_receipt", memo, 1), {"text": "I pressed by mistake."})

    for model in (Acknowledgement, Reading, ReceiptNote):
        (row,) = model.objects.all()
        for change in (row.save, row.delete, model.objects.all().delete, lambda m=model: m.objects.update(id=7)):
            with pytest.raises(AppendOnlyError), transaction.atomic():
                change()


def test_receipt_is_corrected_by_a_note_that_stands_beside_it(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    client = signed_in(reader)
    correct = address("correct_receipt", memo, 1)
    assert client.get(correct).status_code == 404
    sent(client, memo, edition="1")
    assert "This field is required." in client.post(correct, {"text": " "}).content.decode()

    answer = client.post(correct, {"text": "I pressed by mistake."}, follow=True)

    assert "I pressed by mistake." in answer.content.decode()
    assert Acknowledgement.objects.count() == 1


def test_receipt_of_an_earlier_edition_is_corrected_by_whoever_gave_it(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    client, other = signed_in(reader), signed_in(make_person("paul", (network, "publisher"), language="en"))
    sent(client, memo, edition="1")
    memo = publish(memo, title="Fire alarms", declaration=declared(en="Alarms."))
    first, second = (address("correct_receipt", memo, edition) for edition in (1, 2))
    html = client.get(memo.url).content.decode()
    assert "Please acknowledge this memo" in html and first in html and second not in html
    assert other.get(first).status_code == 404 and first not in other.get(memo.url).content.decode()

    answer = client.post(first, {"text": "I had not read it."}, follow=True)

    (note,) = ReceiptNote.objects.all()
    assert (note.receipt.edition, note.by, note.text) == (1, reader, "I had not read it.")
    assert "I had not read it." in answer.content.decode()
    sent(client, memo, edition="2")
    html = client.get(memo.url).content.decode()
    assert first in html and second in html and html.count("I had not read it.") == 1
    publish(memo, acknowledge=False)
    assert first in client.get(memo.url).content.decode()


def test_list_has_the_button_for_what_is_asked(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    make_memo(network, "Picnic")
    client = signed_in(reader)
    shown = client.get("/en/memos/").content.decode()
    assert shown.count(f'action="{address("acknowledge", memo)}"') == 1
    assert shown.count("csrfmiddlewaretoken") > 0

    answer = sent(client, memo, edition="1", language="en", **{"from": "list"})

    assert answer.redirect_chain[-1][0] == "/en/memos/?state=to_acknowledge"
    assert Acknowledgement.objects.get().read_at is None


def test_stale_form_gets_the_new_text_and_no_receipt(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    publish(memo, title="Fire alarm", declaration=declared(en="It is an alarm now."))

    html = sent(signed_in(reader), memo, edition="1", **{"from": "list"}).content.decode()

    assert "Read the current edition" in html
    assert "It is an alarm now." in html
    assert 'name="edition" value="2"' in html
    assert not Acknowledgement.objects.exists()


def test_minor_change_keeps_receipts_and_a_material_one_asks_again(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    sent(signed_in(reader), memo, edition="1")
    memo = publish(memo, title="Fire drills")
    assert not memos_for(reader, "to_acknowledge").exists()

    publish(memo, title="Fire alarms", declaration=declared(en="Alarms."))

    assert [record.edition for record in memos_for(reader, "to_acknowledge")] == [2]
    assert list(people_owing(record_of(memo))) == [reader]


def test_somebody_who_joins_owes_and_somebody_who_leaves_stays_in_the_history(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    sent(signed_in(reader), memo, edition="1")
    late = make_person("late", (network, "reader"))
    record = record_of(memo)
    assert set(people_asked(record)) == {reader, late}
    assert list(people_owing(record)) == [late]

    end_membership(reader.memberships.get())

    assert list(people_asked(record)) == [late]
    assert Acknowledgement.objects.get().person == reader


@pytest.mark.parametrize(
    ("roles", "networks", "expected"),
    [
        ([], [], {"reader", "publisher", "elsewhere", "both"}),
        (["publisher"], [], {"publisher", "both"}),
        ([], ["moncton"], {"elsewhere", "both"}),
        (["publisher"], ["moncton"], {"both"}),
        (["reader"], ["halifax"], {"reader", "both"}),
        (["guest"], [], set()),
        (["coordinator"], ["moncton"], set()),
    ],
)
def test_chosen_roles_and_networks_are_asked(
    network: Network, roles: list[str], networks: list[str], expected: set[str]
) -> None:
    office, other = make_network("bureau", "office"), make_network("moncton")
    by_slug = {"halifax": network, "moncton": other}
    make_person("reader", (network, "reader"))
    make_person("publisher", (network, "publisher"))
    make_person("elsewhere", (other, "reader"))
    make_person("both", (network, "reader"), (other, "publisher"))
    make_person("partner", (make_network("partner", "partner"), "publisher"))
    make_person("guest", (network, "guest"))
    memo = make_memo(
        office,
        "Fire drill",
        acknowledge=True,
        rule=Rule("members"),
        asked_roles=roles,
        asked_networks=[by_slug[slug] for slug in networks],
    )

    asked = people_asked(record_of(memo))

    assert {person.name.lower() for person in asked} == expected
    assert all(memos_for(person, "to_acknowledge").count() == 1 for person in asked)


def test_society_asks_only_its_own_people_whatever_it_chooses(network: Network, reader: Any) -> None:
    other = make_network("moncton")
    make_person("elsewhere", (other, "reader"))
    memo = make_memo(
        network, "Fire drill", acknowledge=True, rule=Rule("members"), asked_roles=["reader"], asked_networks=[]
    )
    assert list(people_asked(record_of(memo))) == [reader]

    Network.objects.filter(pk=network.pk).update(may_ask_others=True)

    assert people_asked(record_of(memo)).count() == 2


@pytest.mark.parametrize("body", ["[]", '"1"', "7", "false"])
def test_body_that_is_no_object_records_nothing(network: Network, reader: Any, body: str) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    address = f"/api/v1/memos/{memo.translation_key}/acknowledge"

    assert signed_in(reader).post(address, body, content_type="application/json").status_code == 400
    assert not Acknowledgement.objects.exists()


def test_withdrawn_memo_is_read_where_it_is_and_is_in_no_list(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    client = signed_in(reader)
    sent(client, memo, edition="1")
    late = make_person("late", (network, "reader"), language="en")
    withdraw(record_of(memo), reason="The rule was wrong.", language="en", by=None)

    html = client.get(memo.url).content.decode()
    assert "The rule was wrong." in html
    assert "You acknowledged this memo" in html
    assert "Fire drill" not in client.get("/en/memos/").content.decode()
    assert client.get("/api/v1/memos").json() == {"results": []}
    assert not Entry.objects.filter(key=str(memo.translation_key), is_deleted=False).exists()
    assert not people_asked(record_of(memo)).exists()

    # The e-mail that somebody kept still leads to a clear answer.
    html = sent(signed_in(late), memo, edition="1").content.decode()
    assert "has been withdrawn. There is nothing to acknowledge." in html
    answer = signed_in(late).post(f"/api/v1/memos/{memo.translation_key}/acknowledge", content_type="application/json")
    assert (answer.status_code, "has been withdrawn" in answer.json()["detail"]) == (409, True)
    assert Acknowledgement.objects.count() == 1


def test_withdrawn_memo_is_back_in_force_when_it_is_published_again(network: Network) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    withdraw(record_of(memo), reason="The rule was wrong.", language="en", by=None)
    MemoPage.objects.get(pk=memo.pk).save()
    assert record_of(memo).withdrawn_at is not None

    publish(memo)

    record = record_of(memo)
    assert (record.withdrawn_at, record.withdrawn_reason) == (None, "")
    assert Entry.objects.filter(key=str(memo.translation_key), is_deleted=False).exists()


def test_withdrawal_needs_a_reason_and_happens_once(network: Network) -> None:
    record = record_of(make_memo(network, "Fire drill"))
    with pytest.raises(MemoError, match="Say why"):
        withdraw(record, reason="  ", language="en", by=None)
    withdraw(record, reason="Wrong.", language="en", by=None)

    with pytest.raises(MemoError, match="already"):
        withdraw(record, reason="Wrong.", language="en", by=None)


def test_memo_replaced_by_a_withdrawn_one_is_asked_again(network: Network, reader: Any) -> None:
    old = make_memo(network, "Old rule", acknowledge=True)
    new = make_memo(network, "New rule", replaces=old)
    assert not people_asked(record_of(old)).exists()

    withdraw(record_of(new), reason="Wrong.", language="en", by=None)

    assert list(people_asked(record_of(old))) == [reader]
    assert memos_for(reader, "to_acknowledge").count() == 1
    assert "New rule" not in signed_in(reader).get(old.url).content.decode()


@pytest.mark.parametrize("language", ["fr", "en", "iu", ""])
def test_acknowledgement_answers_any_language(network: Network, reader: Any, language: str) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)

    assert sent(signed_in(reader), memo, edition="1", language=language).status_code == 200
    assert Acknowledgement.objects.get().language == "en"


@pytest.mark.parametrize("place", ["", "list", "home"])
@pytest.mark.parametrize("edition", [None, "", "0", "1x", "-1", "1.0", "x" * 20])
def test_form_that_does_not_tell_its_edition_gets_the_text_and_no_receipt(
    network: Network, reader: Any, edition: str | None, place: str
) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    fields = {"from": place} if edition is None else {"from": place, "edition": edition}

    answer = sent(signed_in(reader), memo, **fields)

    assert answer.redirect_chain[-1][0] == memo.url + "#acknowledge"
    assert "Read the current edition, then acknowledge it." in answer.content.decode()
    assert not Acknowledgement.objects.exists()


def test_every_form_sends_the_edition_that_it_shows(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    memo = publish(memo, declaration=declared(en="The hour changed"), title="Fire drill on Monday")
    client, action = signed_in(reader), f'action="{address("acknowledge", memo)}"'

    for page in (memo.url, "/en/", "/en/memos/", "/en/notifications/to-do/"):
        (form,) = re.findall(rf"<form[^>]*{action}.*?</form>", client.get(page).content.decode(), re.DOTALL)
        assert 'name="edition" value="2"' in form
