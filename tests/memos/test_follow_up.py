"""Follow-up: who may follow a memo, what each is told, what leaves the site as a file, and what stays for an audit."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.apps import apps
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook
from wagtail.log_actions import LogContext

from intranet.accounts.models import User
from intranet.accounts.services import set_account_active
from intranet.memos.exceptions import AppendOnlyError
from intranet.memos.follow_up import overview, views
from intranet.memos.follow_up.asked_then import asked_then as asked_then_by
from intranet.memos.follow_up.figures import totals_of
from intranet.memos.follow_up.history import audiences_since
from intranet.memos.freezing import digest_of
from intranet.memos.models import Edition, MemoPage, MemoRecord, WithdrawalEvent
from intranet.memos.retention import pseudonymise
from intranet.memos.services import acknowledge, correct_receipt, note_reading, withdraw
from intranet.memos.verifying import verify
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import add_membership, end_membership, set_network_state
from tests.beginnings import beginning
from tests.memos.factories import declared, make_memo, publish, record_of
from tests.pages.factories import make_network, make_person, set_rule, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MONDAY = datetime.datetime(2026, 3, 2, 15, tzinfo=datetime.UTC)
NAMES = override_settings(PLUGIN_SETTINGS={"memos": {"FOLLOW_UP_NAMES": "names"}})
PAGES = ("follow_up", "follow_up_people", "follow_up_record", "follow_up_export")


@dataclass
class House:
    """A memo of the office to all members, due on Wednesday; two societies with their people, an unlisted table."""

    memo: MemoPage
    networks: dict[str, Network]
    people: dict[str, User]

    def acknowledge(self, name: str, language: str = "en") -> Any:
        return acknowledge(record_of(self.memo), person=self.people[name], language=language)

    def get(self, name: str, view: str = "follow_up", **query: str) -> Any:
        return signed_in(self.people[name]).get(self.address(view), query)

    def address(self, view: str) -> str:
        with translation.override("en"):
            return reverse(f"memos:{view}", args=[self.memo.translation_key])


@pytest.mark.parametrize("name", ["follow_up", "follow_up_people", "follow_up_record", "questions", "review"])
def test_title_of_a_memo_is_in_its_language_below_the_page_s_own(name: str) -> None:
    network = make_network("halifax")
    person = make_person("ann", (network, "coordinator"), language="fr")
    memo = make_memo(network, "Fire drill", acknowledge=True, responsible=person)
    with translation.override("fr"):
        page = signed_in(person).get(reverse(f"memos:{name}", args=[memo.translation_key]))

    header = BeautifulSoup(page.content, "html.parser").select_one(".page-header")
    assert header is not None and header.h1 is not None
    assert header.h1.get("lang") is None
    assert [(each.text, each.get("lang")) for each in header.select(".page-header__summary")] == [("Fire drill", "en")]


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as travel:
        yield travel


@time_machine.travel(MONDAY, tick=False)
def make_house() -> House:
    networks = {
        "office": make_network("bureau", "office", code="NAT"),
        "halifax": make_network("halifax", code="HFX"),
        "moncton": make_network("moncton", code="MON"),
        "table": make_network("table", "table", name_en="Quiet table", name_fr="Table discrète"),
    }
    held = {
        "olga": ("office", "publisher"),
        "omar": ("office", "reader"),
        "hana": ("halifax", "coordinator"),
        "hugo": ("halifax", "reader"),
        "hilda": ("halifax", "publisher"),
        "mira": ("moncton", "coordinator"),
        "milo": ("moncton", "reader"),
    }
    people = {name: make_person(name, (networks[slug], role), language="en") for name, (slug, role) in held.items()}
    people["tess"] = make_person(
        "tess", (networks["table"], "coordinator"), (networks["moncton"], "reader"), language="en"
    )
    wednesday = datetime.date(2026, 3, 4)
    memo = make_memo(networks["office"], "Fire drill", rule=Rule("members"), acknowledge=True, acknowledge_by=wednesday)
    return House(memo, networks, people)


made = beginning(make_house)


@pytest.fixture
def house(clock: Any, made: House) -> House:
    return made


def rows_of(answer: Any) -> dict[str, list[str]]:
    """The table by network of the page, without its links."""
    table = {}
    for name, *cells in answer.context["rows"]:
        table[name] = [str(cell).partition(">")[2].partition("<")[0] or str(cell) for cell in cells]
    return table


def test_publisher_of_the_memo_sees_figures_of_every_network(house: House, clock: Any) -> None:
    house.acknowledge("hugo")
    house.acknowledge("olga", "fr")
    note_reading(record_of(house.memo), person=house.people["milo"], language="en")

    answer = house.get("olga")

    total = answer.context["follow_up"].total
    assert (total.asked, total.acknowledged, total.unopened, total.overdue) == (8, 2, 5, 0)
    assert rows_of(answer) == {
        "Bureau society": ["2", "1", "1", "0"],
        "Halifax society": ["3", "1", "2", "0"],
        "Moncton society": ["3", "0", "2", "0"],
    }
    clock.shift(datetime.timedelta(days=3))
    assert house.get("olga").context["follow_up"].total.overdue == 6


def test_networks_are_told_by_name_or_by_what_is_missing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mira", "milo"):
        house.acknowledge(name)

    assert list(rows_of(house.get("olga"))) == ["Bureau society", "Halifax society", "Moncton society"]
    behind = house.get("olga", order="missing")
    assert list(rows_of(behind)) == ["Halifax society", "Bureau society", "Moncton society"]
    assert '<option value="missing" selected>Most still to acknowledge first</option>' in behind.content.decode()
    assert "Order of the networks" not in house.get("hana").content.decode()

    monkeypatch.setattr(views, "NETWORKS_SHOWN", 2)
    assert list(rows_of(house.get("olga", order="missing", page="2"))) == ["Moncton society"]
    assert "?order=missing&amp;page=2" in house.get("olga", order="missing").content.decode()


def test_coordinator_sees_her_own_people_only(house: House) -> None:
    for name in ("hugo", "olga", "milo"):
        house.acknowledge(name)

    page, people, record = (house.get("hana", view) for view in PAGES[:3])

    total = page.context["follow_up"].total
    assert (total.asked, total.acknowledged) == (3, 1)
    assert list(rows_of(page)) == ["Halifax society"]
    assert [each.name for each in people.context["people"]] == ["Hana", "Hilda", "Hugo"]
    assert [row[0] for row in record.context["receipts"]] == ["Hugo"]
    files = [house.get("hana", "follow_up_export", table=table) for table in ("networks", "people", "receipts")]
    for answer in (page, people, record, *files):
        text = answer.content.decode()
        assert answer.status_code == 200
        for hidden in ("Moncton", "Milo", "Mira", "Olga", "Omar", "Tess"):
            assert hidden not in text


def test_office_is_told_names_where_its_policy_allows(house: House) -> None:
    house.acknowledge("hugo")

    def told() -> tuple[list[str], list[str], int]:
        people = house.get("olga", "follow_up_people").context["people"]
        record = house.get("olga", "follow_up_record").context
        return [each.name for each in people], [row[0] for row in record["receipts"]], record["unnamed"]

    assert told() == (["Olga", "Omar"], [], 1)
    assert house.get("olga", "follow_up_people", network="halifax").context["people"] == []
    assert "Hugo" not in house.get("olga", "follow_up_export", table="people").content.decode()
    with NAMES:
        assert told() == (["Hana", "Hilda", "Hugo", "Milo", "Mira", "Olga", "Omar", "Tess"], ["Hugo"], 0)
        assert [each.name for each in house.get("hana", "follow_up_people").context["people"]] == [
            "Hana",
            "Hilda",
            "Hugo",
        ]


def test_unlisted_network_is_named_to_nobody_else(house: House) -> None:
    with NAMES:
        for view in PAGES:
            assert "Quiet table" not in house.get("olga", view).content.decode()
    assert list(rows_of(house.get("tess"))) == ["Quiet table"]
    assert rows_of(house.get("tess")) == {"Quiet table": ["1", "0", "1", "0"]}


def test_memo_is_not_there_for_whoever_may_not_follow_it(house: House) -> None:
    own = make_memo(house.networks["moncton"], "Our own", acknowledge=True)
    other = House(own, house.networks, house.people)
    for view in PAGES:
        for name in ("omar", "hugo", "hilda", "milo"):
            assert house.get(name, view).status_code == 404
        for name in ("hana", "olga"):
            assert other.get(name, view).status_code == 404
        assert other.get("mira", view).status_code == 200
    assert house.get("hana", "follow_up_export", table="secrets").status_code == 404
    assert signed_in(house.people["hugo"]).get(reverse("memos:followed")).status_code == 404


def test_memo_leads_those_to_it_who_may_follow(house: House) -> None:
    for name, leads in {"olga": True, "hana": True, "hugo": False, "hilda": False}.items():
        assert (
            house.address("follow_up") in signed_in(house.people[name]).get(house.memo.url).content.decode()
        ) is leads


def test_what_is_to_do_tells_coordinators_and_publishers_what_is_due(house: House, clock: Any) -> None:
    house.acknowledge("hugo")
    clock.shift(datetime.timedelta(days=3))

    def home(name: str) -> str:
        return signed_in(house.people[name]).get("/en/notifications/to-do/").content.decode()

    assert "1 of 3 have acknowledged" in home("hana").replace("1 of 3 has", "1 of 3 have")
    assert "2 overdue" in home("hana")
    assert "7 overdue" in home("olga")
    assert "Acknowledgements to follow up" not in home("hugo")
    for name in ("hana", "hilda"):
        house.acknowledge(name)
    assert "Acknowledgements to follow up" not in home("hana")


def test_who_left_is_not_counted_and_stays_in_the_record(house: House, clock: Any) -> None:
    house.acknowledge("hugo")
    receipt = house.acknowledge("milo")
    correct_receipt(receipt, text="By mistake.", by=house.people["milo"])
    for name in ("hugo", "milo"):
        end_membership(house.people[name].memberships.get())
    clock.shift(datetime.timedelta(days=30))

    assert house.get("hana").context["follow_up"].total.acknowledged == 0
    (row,) = house.get("hana", "follow_up_record").context["receipts"]
    assert row[0] == "Hugo (has left)"
    (row,) = house.get("mira", "follow_up_record").context["receipts"]
    assert row[0] == "Milo (has left)" and "By mistake." in row[5]

    clock.shift(datetime.timedelta(days=3000))
    pseudonymise()
    assert house.get("hana", "follow_up_record").context["receipts"] == []
    with NAMES:
        signers = [row[0] for row in house.get("olga", "follow_up_record").context["receipts"]]
    assert len(signers) == 2 and all("name removed" in signer for signer in signers)


def test_people_who_have_not_opened_a_memo_are_said_to_in_words(house: House) -> None:
    rows = BeautifulSoup(house.get("olga", "follow_up_people").content, "html.parser").select("tbody tr")

    assert {tuple(cell.text for cell in row.select("td")[1:]) for row in rows} == {("not yet", "not yet")}


def test_record_says_of_a_closed_account_that_the_person_left(house: House) -> None:
    house.acknowledge("hugo")
    set_account_active(house.people["hugo"], False)

    (row,) = house.get("hana", "follow_up_record").context["receipts"]

    assert row[0] == "Hugo (has left)"


@NAMES
def test_office_reads_of_those_who_left_alone_that_they_did(house: House) -> None:
    halifax = house.networks["halifax"]
    house.people |= {
        "guy": make_person("guy", (halifax, "guest")),
        "nora": make_person("nora"),
        "past": make_person("past", (halifax, "guest")),
        "soon": make_person("soon", (halifax, "reader")),
    }
    set_rule(house.memo, Rule("everyone"))
    for name in ("guy", "nora", "past", "soon", "hugo", "milo", "omar"):
        house.acknowledge(name)
    for name in ("past", "soon", "milo"):
        end_membership(house.people[name].memberships.get())
    add_membership(person=house.people["soon"], network=halifax, role="reader", starts_on=datetime.date(2026, 4, 1))
    set_account_active(house.people["hugo"], False)

    rows = house.get("olga", "follow_up_record").context["receipts"]

    gone = {"Hugo (has left)", "Milo (has left)", "Past (has left)"}
    assert {row[0] for row in rows} == gone | {"Guy", "Nora", "Omar", "Soon"}


def test_record_holds_editions_and_whom_they_were_for(house: House, clock: Any) -> None:
    house.acknowledge("hugo")
    clock.shift(datetime.timedelta(days=1))
    chosen = frozenset({house.networks["halifax"].pk, house.networks["table"].pk})
    set_rule(house.memo, Rule("networks", chosen))
    clock.shift(datetime.timedelta(days=1))
    late = datetime.date(2026, 3, 9)
    publish(house.memo, summary="New", acknowledge_by=late, declaration=declared(en="The hour changed."))
    record = record_of(house.memo)

    context = house.get("olga", "follow_up_record").context

    assert [(row["label"], row["asked"]) for row in context["editions"]] == [
        ("1", "An acknowledgement was asked by March 4, 2026."),
        ("2", "An acknowledgement was asked by March 9, 2026."),
    ]
    assert [words for _since, words, _people in context["audiences"]] == [
        "Member societies and the national office",
        "Members of Bureau society and Halifax society and others",
    ]
    assert context["counts"] == [[1, 1]]
    withdraw(record, reason="Wrong.", language="en", by=None)
    text = house.get("olga", "follow_up_record").content.decode()
    assert "Withdrawn on" in text and "Nobody is asked at the moment." in text


def asked_then(house: House, name: str) -> tuple[list[str], list[str]]:
    """What the record says of the numbers of people when each edition came out, and when each audience began."""
    context = house.get(name, "follow_up_record").context
    return [row["people"] for row in context["editions"]], [people for _since, _words, people in context["audiences"]]


def said_of(*counts: int) -> list[str]:
    return [f"{count} people were asked then." if count else "" for count in counts]


def test_record_says_how_many_people_were_asked_at_each_time_whatever_became_of_them_since(
    house: House, clock: Any
) -> None:
    def asked_now() -> int:
        return totals_of(record_of(house.memo), None).asked

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            asked_then(house, "olga")
        return len(captured)

    day, then = datetime.timedelta(days=1), [asked_now()]
    queries()
    at_first = queries()
    clock.shift(day)
    end_membership(house.people["hugo"].memberships.get())
    clock.shift(day)
    chosen = frozenset({house.networks["halifax"].pk, house.networks["table"].pk})
    set_rule(house.memo, Rule("networks", chosen))
    then.append(asked_now())
    clock.shift(day)
    set_account_active(house.people["omar"], False)
    clock.shift(day)
    publish(house.memo, summary="New", declaration=declared(en="The hour changed."))
    then.append(asked_now())
    clock.shift(day)
    publish(house.memo, acknowledge=False, acknowledge_by=None)
    clock.shift(day)
    publish(house.memo, acknowledge=True, asked_roles=["coordinator"])
    then.append(asked_now())
    assert then == [8, 5, 4, 2]

    clock.shift(day)
    set_account_active(house.people["omar"], True)
    set_account_active(house.people["hana"], False)
    set_network_state(house.networks["table"], "closed")
    add_membership(person=house.people["hugo"], network=house.networks["halifax"], role="coordinator")
    end_membership(house.people["milo"].memberships.get())
    clock.shift(day)
    withdraw(record_of(house.memo), reason="Wrong.", language="en", by=None)
    clock.shift(day)
    set_rule(house.memo, Rule("members"))

    assert asked_then(house, "olga") == (said_of(8, 4, 0, 2), said_of(8, 5, 0))
    assert queries() <= at_first
    own = ["3 people were asked then.", "1 person was asked then.", ""]
    assert asked_then(house, "mira") == ([*own, own[1]], own)


@pytest.mark.parametrize("issuer", ["office", "halifax"])
@pytest.mark.parametrize("rule", [Rule("everyone"), Rule("networks", guests=True)])
@pytest.mark.parametrize("chosen", [(), ("reader", "guest"), ("moncton",)])
def test_same_people_were_asked_at_a_moment_as_are_asked_in_it(
    house: House, clock: Any, issuer: str, rule: Rule, chosen: tuple[str, ...]
) -> None:
    for name, ended in (("former", True), ("guest", False)):
        held = add_membership(person=make_person(name), network=house.networks[issuer], role="guest")
        if ended:
            end_membership(held)
    make_person("outsider")
    clock.shift(1)
    asks = {"asked_networks": [house.networks["moncton"]]} if chosen == ("moncton",) else {"asked_roles": list(chosen)}
    memo = make_memo(house.networks[issuer], "Own", rule=rule, acknowledge=True, **asks)
    record = MemoRecord.objects.select_related("item__network").get(item=memo.translation_key)

    then = asked_then_by(
        record, list(record.editions.all()), audiences_since(record.item, record.published_at), [], None
    )

    assert set(then.values()) == {totals_of(record, None).asked}


def test_record_of_what_came_in_does_not_know_how_many_people_were_asked_before(house: House) -> None:
    earlier = MONDAY - datetime.timedelta(days=300)
    memo = make_memo(house.networks["halifax"], "Old", acknowledge=True, first_published_at=earlier)
    memo = publish(memo, title="Older")
    house.memo = memo

    unknown = "How many people were asked then is not known here."

    assert asked_then(house, "hilda") == ([unknown, "3 people were asked then."], [unknown])


@pytest.mark.parametrize(("receipts", "is_cut"), [(2, False), (3, True)])
def test_record_says_that_receipts_are_left_out_where_some_are(
    receipts: int, is_cut: bool, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intranet.memos.follow_up.auditing.MOST", 2)
    for name in ("hana", "hilda", "hugo")[:receipts]:
        house.acknowledge(name)

    context = house.get("hana", "follow_up_record").context

    assert (len(context["receipts"]), context["is_cut"]) == (2, is_cut)


def test_record_says_whom_each_edition_asked(house: House) -> None:
    house.acknowledge("hugo")
    networks = [house.networks["halifax"], house.networks["table"]]
    memo = publish(house.memo, asked_roles=["coordinator", "reader"], asked_networks=networks)
    memo = publish(memo, asked_roles=[], asked_networks=[], acknowledge=False, acknowledge_by=None)
    memo = make_memo(house.networks["halifax"], "Own", acknowledge=True)

    rows = house.get("olga", "follow_up_record").context["editions"]

    assert [(row["label"], row["whom"]) for row in rows] == [
        ("1", "It asked everyone in the audience."),
        ("1.1", "Only these roles: coordinator, reader. Only people of these networks: Halifax society, others."),
        ("1.2", ""),
    ]
    with translation.override("en"):
        address = reverse("memos:follow_up_record", args=[memo.translation_key])
    (row,) = signed_in(house.people["hilda"]).get(address).context["editions"]
    assert row["whom"] == "It asked the issuing network’s own people in the audience."


def test_record_of_an_edition_from_before_says_that_it_does_not_know(house: House) -> None:
    edition = record_of(house.memo).editions.get()
    content = {name: value for name, value in edition.content.items() if name != "asked"}
    Edition._base_manager.filter(pk=edition.pk).update(content=content, digest=digest_of(content))

    (row,) = house.get("olga", "follow_up_record").context["editions"]

    assert row["whom"] == "Which roles and networks it asked was not frozen with this edition."
    assert row["people"] == "How many people were asked then is not known here."
    assert [problems for _edition, problems in verify() if problems] == []
    publish(house.memo)
    assert record_of(house.memo).editions.count() == 1
    publish(house.memo, title="Fire drills")
    assert [problems for _edition, problems in verify() if problems] == []
    assert record_of(house.memo).editions.last().content["asked"] == {"roles": [], "networks": [], "beyond": True}


def test_record_lists_each_withdrawal_and_return_with_who_did_it(house: House, clock: Any) -> None:
    clock.shift(datetime.timedelta(days=1))
    withdraw(record_of(house.memo), reason="Wrong hour.", language="en", by=house.people["olga"])
    clock.shift(datetime.timedelta(days=1))
    MemoPage.objects.get(pk=house.memo.pk).save()
    with LogContext(user=house.people["omar"]):
        publish(house.memo)
    clock.shift(datetime.timedelta(days=1))
    with LogContext(user=house.people["olga"]):
        MemoPage.objects.get(pk=house.memo.pk).unpublish()
    clock.shift(datetime.timedelta(days=1))
    publish(house.memo)

    rows = house.get("olga", "follow_up_record").context["withdrawals"]
    assert [row[1:] for row in rows] == [
        ["Withdrawn", "Olga", '<span lang="en">Wrong hour.</span>'],
        ["Back in force", "Omar", "–"],
        ["Withdrawn", "Olga", "–"],
        ["Back in force", "–", "–"],
    ]
    assert rows[0][0].startswith("March 3, 2026") and rows[1][0].startswith("March 4, 2026")
    text = house.get("hana", "follow_up_record").content.decode()
    assert "Wrong hour." in text and "Olga" not in text and "Omar" not in text
    with pytest.raises(AppendOnlyError):
        record_of(house.memo).withdrawal_events.all().delete()


def test_record_begins_with_what_was_withdrawn_before_it_was_noted(house: House) -> None:
    withdraw(record_of(house.memo), reason="Wrong hour.", language="en", by=house.people["olga"])
    WithdrawalEvent._base_manager.all().delete()
    migration = import_module("intranet.memos.migrations.0011_withdrawals_so_far")

    migration.note_withdrawals(apps, None)
    migration.note_withdrawals(apps, None)

    (row,) = house.get("olga", "follow_up_record").context["withdrawals"]
    assert row[1:3] == ["Withdrawn", "Olga"]


def test_people_are_shown_with_what_they_said_of_their_receipts(house: House) -> None:
    correct_receipt(house.acknowledge("hugo"), text="By mistake.", by=house.people["hugo"])
    correct_receipt(house.acknowledge("milo"), text="Not for Halifax.", by=house.people["milo"])

    answer = house.get("hana", "follow_up_people")

    assert {each.name: each.notes for each in answer.context["people"]} == {
        "Hana": [],
        "Hilda": [],
        "Hugo": ["By mistake."],
    }
    assert "By mistake." in answer.content.decode() and "Not for Halifax." not in answer.content.decode()


def test_files_hold_no_formula(house: House) -> None:
    User.objects.filter(pk=house.people["hugo"].pk).update(name='=HYPERLINK("http://example.org")\x07')
    house.acknowledge("hugo")
    for table, place in {"people": 0, "receipts": 0}.items():
        text = house.get("hana", "follow_up_export", table=table, format="csv").content.decode("utf-8-sig")
        names = [row[place] for row in csv.reader(io.StringIO(text))]
        assert '\'=HYPERLINK("http://example.org")\x07' in names
        content = house.get("hana", "follow_up_export", table=table, format="xlsx").content
        cells = [row[place] for row in load_workbook(io.BytesIO(content)).active.iter_rows()]
        assert [cell.value for cell in cells if cell.value.startswith("=")] == ['=HYPERLINK("http://example.org")']
        assert {cell.data_type for cell in cells} == {"s"}


def test_files_say_what_the_page_says(house: House) -> None:
    house.acknowledge("hugo")

    content = house.get("olga", "follow_up_export", table="networks", format="xlsx").content

    assert list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)) == [
        ("Network", "Asked", "Acknowledged", "Not yet opened", "Overdue"),
        ("Bureau society", 2, 0, 2, 0),
        ("Halifax society", 3, 1, 2, 0),
        ("Moncton society", 3, 0, 3, 0),
        ("In all", 8, 1, 7, 0),
    ]


def test_chart_is_a_drawing_and_a_table(house: House, clock: Any) -> None:
    house.acknowledge("hugo")
    clock.shift(datetime.timedelta(days=1))
    for name in ("hana", "hilda"):
        house.acknowledge(name)

    answer = house.get("hana")

    chart = answer.context["chart"]
    first = datetime.date(2026, 3, 2)
    assert chart.rows == [(first, 1, 1), (first + datetime.timedelta(days=1), 2, 3)]
    assert chart.line == "M0 160H0.0V106.7H300.0V0.0H300.0"
    assert chart.due_x == "600.0"
    assert '<svg viewBox="0 0 600 160"' in answer.content.decode()


@pytest.mark.parametrize("view", ["follow_up", "follow_up_people", "follow_up_record"])
def test_follow_up_takes_a_fixed_number_of_queries(house: House, view: str) -> None:
    client = signed_in(house.people["olga"])

    def count() -> int:
        client.get(house.address(view))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(house.address(view)).status_code == 200
        return len(captured)

    with NAMES:
        house.acknowledge("hugo")
        before = count()
        for number in range(3):
            network = make_network(f"more-{number}")
            for place in range(3):
                name = f"more-{number}-{place}"
                house.people[name] = make_person(name, (network, "reader"))
                house.acknowledge(name)
        assert count() == before


def followed(client: Client, **query: str) -> tuple[list[str], int]:
    """The titles on the list, and the queries that it took."""
    address = reverse("memos:followed")
    client.get(address, query)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, query)
    return [item["title"] for item in answer.context["items"]], len(captured)


def states_offered(client: Client) -> list[str]:
    """The choices above the list, as its reader finds them."""
    page = BeautifulSoup(client.get(reverse("memos:followed")).content, "html.parser")
    return [option.get_text() for option in page.select("#filter-state option")]


def test_list_shows_what_is_overdue_and_on_demand_the_rest(house: House, clock: Any) -> None:
    make_memo(house.networks["halifax"], "Keys", acknowledge=True)
    make_memo(house.networks["moncton"], "Not for Halifax", acknowledge=True)
    hana = signed_in(house.people["hana"])
    assert followed(hana)[0] == []
    assert states_offered(hana) == [
        "Overdue",
        "Not yet acknowledged by all",
        "All memos that ask for it",
        "Withdrawn memos",
        "Archived memos",
    ]
    assert followed(hana, state="owed")[0] == ["Fire drill", "Keys"]
    clock.shift(datetime.timedelta(days=3))
    assert followed(hana)[0] == ["Fire drill"]
    for name in ("hana", "hugo", "hilda"):
        house.acknowledge(name)

    assert followed(hana)[0] == []
    assert followed(hana, state="owed")[0] == ["Keys"]
    assert followed(hana, state="all")[0] == ["Fire drill", "Keys"]
    assert followed(signed_in(house.people["olga"]))[0] == ["Fire drill"]


def test_list_takes_a_fixed_number_of_queries(house: House) -> None:
    client = signed_in(house.people["hana"])
    counts = set()
    made = 1
    for wanted in (1, 3, 12):
        while made < wanted:
            made += 1
            make_memo(house.networks["halifax"], f"Rule {made}", acknowledge=True, acknowledge_by=timezone.localdate())
        titles, queries = followed(client, state="owed")
        assert len(titles) == min(wanted, 10)
        counts.add(queries)
    assert len(counts) == 1
    assert len(followed(client, state="owed", start="10")[0]) == 2
    assert (
        'href="?state=owed&amp;start=10"' in client.get(reverse("memos:followed"), {"state": "owed"}).content.decode()
    )


@pytest.mark.parametrize("day", [3, 5])
def test_list_and_panel_read_on_past_what_everybody_has_acknowledged(house: House, clock: Any, day: int) -> None:
    for number in range(11):
        memo = make_memo(
            house.networks["office"], f"Done {number}", acknowledge=True, acknowledge_by=datetime.date(2026, 3, day)
        )
        for name in ("olga", "omar"):
            acknowledge(record_of(memo), person=house.people[name], language="en")
    clock.shift(datetime.timedelta(days=4))
    olga = signed_in(house.people["olga"])

    assert followed(olga)[0] == followed(olga, state="owed")[0] == ["Fire drill"]
    assert len(followed(olga, state="all")[0]) == 10
    assert "Fire drill" in olga.get("/en/notifications/to-do/").content.decode().partition("follow up")[2]


def test_list_stops_reading_and_leads_on_from_there(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "PAGE_SIZE", 1)
    monkeypatch.setattr(overview, "STEPS", (1, 1))
    for number in range(2):
        memo = make_memo(house.networks["office"], f"Done {number}", acknowledge=True)
        for name in ("olga", "omar"):
            acknowledge(record_of(memo), person=house.people[name], language="en")
    make_memo(house.networks["office"], "Keys", acknowledge=True)
    MemoRecord.objects.filter(item=house.memo.translation_key).update(published_at=MONDAY - datetime.timedelta(days=9))
    olga = signed_in(house.people["olga"])
    address = reverse("memos:followed")

    titles, starts, start = [], [], 0
    while start is not None:
        context = olga.get(address, {"state": "owed", "start": start}).context
        titles += [item["title"] for item in context["items"]]
        start = context["following"]
        starts.append(start)

    assert titles == ["Fire drill", "Keys"]
    assert starts == [1, 2, None]


def test_longest_overdue_memo_is_the_first(house: House, clock: Any) -> None:
    for title, day in {"Oldest": 2, "Latest": 5}.items():
        make_memo(house.networks["halifax"], title, acknowledge=True, acknowledge_by=datetime.date(2026, 3, day))
    clock.shift(datetime.timedelta(days=4))

    assert followed(signed_in(house.people["hana"]))[0] == ["Oldest", "Fire drill", "Latest"]


def test_list_says_of_each_state_that_nothing_is_in_it_and_leads_to_withdrawn_memos(house: House) -> None:
    hana = signed_in(house.people["hana"])

    def text(state: str) -> str:
        return hana.get(reverse("memos:followed"), {"state": state}).content.decode()

    assert "Nothing is overdue here" in text("overdue")
    assert "No memo that you follow was withdrawn" in text("withdrawn")
    own = make_memo(house.networks["moncton"], "Not for Halifax", acknowledge=True)
    for memo in (house.memo, own):
        withdraw(record_of(memo), reason="Wrong.", language="en", by=None)
    assert "No acknowledgement is waited for here" in text("owed")
    assert "No memo that you follow asks for an acknowledgement" in text("all")
    assert followed(hana, state="withdrawn")[0] == ["Fire drill"]
    assert "Withdrawn on March 2, 2026" in text("withdrawn") and house.address("follow_up") in text("withdrawn")
