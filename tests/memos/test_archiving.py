"""What is archived: read where it is, out of the lists, found on request, and asking nothing of anyone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import APIToken, Locale, Page, PageLogEntry

from intranet.accounts.models import User
from intranet.memos.archiving import archive, bring_back
from intranet.memos.exceptions import MemoArchived, MemoError
from intranet.memos.keeping import ReviewReminders
from intranet.memos.listing import memos_for, notes_for
from intranet.memos.models import ArchivedItem, ArchiveEvent, MemoPage, MemoRecord, TrainingNotePage
from intranet.memos.owing import people_asked, people_owing
from intranet.memos.practice.following import looks_due
from intranet.memos.questions.models import Question
from intranet.memos.questions.services import ask
from intranet.memos.reminders import MemoReminders
from intranet.memos.services import acknowledge, withdraw
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import end_membership, set_network_state
from intranet.notifications.expanding import expand_due, tell_late
from intranet.notifications.models import Event, Notification
from intranet.notifications.services import unread_count
from intranet.pages.listing import items_below
from search.models import Entry
from tests.beginnings import beginning
from tests.memos.factories import declared, editions_of, make_memo, publish, record_of
from tests.pages.admin.conftest import World, client_of, world  # noqa: F401
from tests.pages.factories import make_halifax, make_network, make_page, make_person, section_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MONDAY = datetime.datetime(2026, 3, 2, 15, tzinfo=datetime.UTC)
TYPES = [MemoPage, TrainingNotePage]
LISTS = {MemoPage: "memos:list", TrainingNotePage: "memos:notes"}

network = beginning(make_halifax)


@pytest.fixture
def reader(network: Network) -> Any:
    return make_person("rita", (make_network("moncton"), "reader"), language="en")


def away(page: Any, reason: str = "The yard was sold.") -> None:
    archive(page.translation_key, reason=reason, language="en", by=None)


def make(network: Network, page_type: Any, title: str = "Yard", **fields: Any) -> Any:
    fields.setdefault("rule", Rule("everyone"))
    return make_page(section_of(network, "en"), title, page_type=page_type, **fields)


def listed(client: Client, page_type: Any, **query: str) -> list[str]:
    return [card["title"] for card in client.get(reverse(LISTS[page_type]), query).context["items"]]


def standing_of(page: Any) -> str:
    return Entry.objects.get(key=str(page.translation_key), is_deleted=False).standing


@pytest.mark.parametrize("page_type", TYPES)
@pytest.mark.parametrize("how", ["alone", "with its network"])
def test_archived_item_is_read_where_it_is_and_is_in_no_list(
    network: Network, reader: Any, page_type: Any, how: str
) -> None:
    page, client = make(network, page_type), signed_in(reader)
    make(make_network("truro"), page_type, "Other")
    assert listed(client, page_type) == ["Other", "Yard"] and standing_of(page) == "current"

    if how == "alone":
        away(page)
    else:
        set_network_state(network, Network.State.CLOSED)

    html = client.get(page.url).content.decode()
    assert "it is kept for the record" in html and ("The yard was sold." in html) is (how == "alone")
    assert ">Archived</span>" in html or page_type is TrainingNotePage
    assert "In force" not in html
    assert listed(client, page_type) == ["Other"]
    assert listed(client, page_type, state="archived") == ["Yard"]
    assert "Archived" in client.get(reverse(LISTS[page_type]), {"state": "archived"}).content.decode()
    assert standing_of(page) == "archived"
    assert signed_in(make_person("nobody", (make_network("gaspe"), "guest"))).get(page.url).status_code == 404
    paper = client.get(reverse("memos:print", args=[page.translation_key])).content.decode()
    assert "kept for the record" in paper


def test_archived_memo_asks_nothing_and_comes_back(network: Network) -> None:
    person = make_person("paul", (network, "reader"), language="en")
    today = timezone.localdate()
    memo = make_memo(
        network, "Yard", acknowledge=True, acknowledge_by=today, responsible=person, review_on=today, contact="Odile"
    )
    record = record_of(memo)
    ask(record, author=person, text="Where?", language="en")
    while expand_due():
        pass

    def asked() -> list[Any]:
        owed = [told.title for told in MemoReminders().owed_by(person)]
        reviews = len(ReviewReminders().owed_by(person))
        due = len(list(MemoReminders().due_on([today])))
        people = people_asked(record_of(memo)).count(), people_owing(record_of(memo)).count()
        return [owed, reviews, due, people, Question.objects.waiting().count(), unread_count(person)]

    other = make_person("rita", (network, "reader"), language="en")
    html = signed_in(other).get(memo.url).content.decode()
    assert "I have read this memo" in html and reverse("memos:ask", args=[memo.translation_key]) in html
    end_membership(other.memberships.get())
    client = signed_in(person)
    in_force = asked()
    assert in_force[:5] == [["Yard (HFX-2026-001)".replace("2026", str(today.year))], 1, 1, (1, 1), 1]
    assert in_force[5] > 0

    away(memo)

    assert asked() == [[], 0, 0, (0, 0), 0, in_force[5] - 1]
    record = record_of(memo)
    for refused in (
        lambda: acknowledge(record, person=person, language="en"),
        lambda: ask(record, author=person, text="Why?", language="en"),
    ):
        with pytest.raises(MemoArchived, match="is archived"):
            refused()
    html = client.get(memo.url).content.decode()
    assert "I have read this memo" not in html and reverse("memos:ask", args=[memo.translation_key]) not in html
    assert client.get(reverse("memos:ask", args=[memo.translation_key])).status_code == 302
    _token, secret = APIToken.create_token(user=person, name="tests")
    api, held = Client(), {"Authorization": f"Bearer {secret}"}
    address = f"/api/v1/memos/{memo.translation_key}/acknowledge"
    answer = api.post(address, {}, content_type="application/json", headers=held)
    assert (answer.status_code, "is archived" in answer.json()["detail"]) == (409, True)
    for state, titles in (("all", []), ("to_acknowledge", []), ("archived", ["Yard"])):
        results = api.get("/api/v1/memos", {"state": state}, headers=held).json()["results"]
        assert [each["title"] for each in results] == titles, state

    bring_back(memo.translation_key, by=person)

    # Opening it ended the news of it.
    assert asked() == [*in_force[:5], in_force[5] - 1]
    assert standing_of(memo) == "current"
    assert [(event.kind, event.reason) for event in ArchiveEvent.objects.all()] == [
        ("archived", "The yard was sold."),
        ("returned", ""),
    ]


def test_what_an_archived_memo_replaces_stays_replaced(network: Network, reader: Any) -> None:
    old = make_memo(network, "Old", acknowledge=True, rule=Rule("everyone"))
    new = make_memo(network, "New", replaces=old, rule=Rule("everyone"))
    person = make_person("paul", (network, "reader"))

    away(new)

    assert [record.number for record in memos_for(person, "to_acknowledge")] == []
    assert not people_asked(record_of(old)).exists()
    assert (standing_of(old), standing_of(new)) == ("replaced", "archived")
    assert "has been replaced" in signed_in(reader).get(old.url).content.decode()


def test_publishing_an_archived_memo_leaves_it_there_and_tells_nobody(network: Network) -> None:
    person = make_person("paul", (network, "reader"))
    memo = make_memo(network, "Yard", acknowledge=True)
    other = make_memo(network, "Drill")
    for page in (memo, other):
        away(page)

    publish(memo, title="The yard", declaration=declared(en="The name"))
    publish(other, title="The drill", declaration=declared(en="The name"))
    while expand_due():
        pass

    assert len(editions_of(memo)) == 2 and standing_of(memo) == "archived"
    assert unread_count(person) == 0
    for page in (memo, other):
        bring_back(page.translation_key, by=None)
    while expand_due() or tell_late():
        pass
    assert not Notification.objects.filter(event__subject="2").exists()
    assert [told.title for told in MemoReminders().owed_by(person)] == [f"The yard ({record_of(memo).number})"]
    assert [event.kind for event in Event.objects.filter(subject="2")] == ["memos.to_acknowledge"]


def test_each_item_is_asked_for_by_itself_whether_it_is_archived(network: Network, reader: Any) -> None:
    section = section_of(network, "en")
    make(network, MemoPage)
    while expand_due():
        pass
    with CaptureQueriesContext(connection) as captured:
        list(notes_for(reader))
        list(items_below(section, reader))
        unread_count(reader)
        looks_due(timezone.localdate())
    asked = [query["sql"] for query in captured if "archiveditem" in query["sql"]]
    assert len(asked) == 4
    assert [sql for sql in asked if re.search(r"NOT \([^()]* IN \(SELECT", sql)] == []


def test_archived_training_is_followed_by_nobody(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Rule", rule=Rule("everyone"))
    note = make(network, TrainingNotePage, session_on=timezone.localdate() - datetime.timedelta(days=1))
    note.related_memos.add(memo)
    note.save_revision().publish()
    client, took_part = signed_in(reader), reverse("memos:took_part", args=[note.translation_key])
    assert "I took part" in client.get(note.url).content.decode() and note.url in client.get(memo.url).content.decode()

    away(note)

    assert "I took part" not in client.get(note.url).content.decode()
    assert client.post(took_part).status_code == 404
    assert note.url not in client.get(memo.url).content.decode()
    assert looks_due(timezone.localdate(), keys=[note.translation_key]) == []


@pytest.mark.parametrize("page_type", TYPES)
def test_archiving_needs_a_reason_and_happens_once(network: Network, page_type: Any) -> None:
    page = make(network, page_type)
    with pytest.raises(MemoError, match="Say why"):
        away(page, "  ")
    with pytest.raises(MemoError, match="not archived"):
        bring_back(page.translation_key, by=None)
    away(page)
    with pytest.raises(MemoError, match="already"):
        away(page)
    set_network_state(network, Network.State.CLOSED)
    with pytest.raises(MemoError, match="network is closed"):
        bring_back(page.translation_key, by=None)


def test_withdrawn_memo_is_not_archived_and_an_archived_one_can_be_withdrawn(network: Network, reader: Any) -> None:
    first, second = make_memo(network, "One"), make_memo(network, "Two", acknowledge=True, rule=Rule("everyone"))
    withdraw(record_of(first), reason="Wrong.", language="en", by=None)
    with pytest.raises(MemoError, match="is withdrawn"):
        away(first)
    away(second)
    withdraw(record_of(second), reason="Wrong.", language="en", by=None)

    assert list(memos_for(reader, "archived")) == []
    olga = signed_in(make_person("olga", (network, "publisher"), language="en"))
    record = olga.get(reverse("memos:follow_up_record", args=[second.translation_key]))
    assert "Withdrawn on" in record.content.decode() and record.context["archived"] == ""
    html = signed_in(reader).get(second.url).content.decode()
    assert "has been withdrawn" in html and "kept for the record" not in html


@pytest.mark.parametrize("page_type", TYPES)
def test_editor_archives_and_brings_back(
    world: World,  # noqa: F811
    client_of: Callable[..., Client],  # noqa: F811
    page_type: Any,
) -> None:
    page = make_page(section_of(world.own, "en"), "Yard", page_type=page_type, rule=Rule("everyone"))
    editor, edit = client_of(world.publisher), reverse("wagtailadmin_pages:edit", args=[page.pk])
    there, back = (reverse(name, args=[page.pk]) for name in ("memo_archive", "memo_bring_back"))
    assert there in editor.get(edit).content.decode()
    is_memo = page_type is MemoPage
    assert ("Withdraw it instead" in editor.get(there).content.decode()) is is_memo
    assert editor.get(back).status_code == 404
    assert list(editor.post(there, {"reason": " "}).context["form"].errors) == ["reason"]

    assert editor.post(there, {"reason": "The yard was sold."}).status_code == 302
    held = ArchivedItem.objects.get(item=page.translation_key)
    assert (held.by, held.reason, held.language) == (world.publisher, "The yard was sold.", "en")
    html = editor.get(edit).content.decode()
    assert back in html and there not in html
    html = editor.get(back).content.decode()
    assert "The yard was sold." in html and ("must answer" in html) is is_memo

    assert editor.post(back).status_code == 302
    assert not ArchivedItem.objects.exists()
    logged = PageLogEntry.objects.filter(page=page.pk, action__in=("memos.archive", "memos.bring_back"))
    assert [entry.message for entry in logged.order_by("timestamp", "pk")] == [
        "Archived: The yard was sold.",
        "Brought back from the archive",
    ]


def said_above(editor: Client, page: Any) -> list[str]:
    """The messages of the page's editor, which show once."""
    answer = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert answer.status_code == 200
    shown = BeautifulSoup(answer.content, "lxml").select(".messages > ul > li")
    return [" ".join(each.get_text(" ", strip=True).split()) for each in shown]


@pytest.mark.parametrize("page_type", TYPES)
def test_editor_of_what_is_archived_says_so_above(
    world: World,  # noqa: F811
    client_of: Callable[..., Client],  # noqa: F811
    page_type: Any,
) -> None:
    page = make_page(section_of(world.own, "en"), "Yard", page_type=page_type, rule=Rule("everyone"))
    editor = client_of(world.publisher)
    assert said_above(editor, page) == []
    away(page)
    ArchivedItem.objects.update(at=MONDAY)
    expected = (
        "Archived on March 2, 2026: it is kept for the record, and asks nothing of anyone any more. The yard was sold."
    )

    assert said_above(editor, page) == [expected]
    assert (
        'lang="en">The yard was sold.</span>'
        in editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    )
    french = Page.objects.get(pk=page.pk).copy_for_translation(Locale.objects.get(language_code="fr"))
    assert said_above(editor, french) == [expected]


def test_editor_of_a_withdrawn_memo_says_so_above(world: World, client_of: Callable[..., Client]) -> None:  # noqa: F811
    memo = make_memo(world.own, "Yard")
    withdraw(record_of(memo), reason="Wrong <yard>.", language="en", by=None)
    MemoRecord.objects.update(withdrawn_at=MONDAY)

    assert said_above(client_of(world.publisher), memo) == ["Withdrawn on March 2, 2026. Wrong <yard>."]
    User.objects.filter(pk=world.publisher.pk).update(language="fr")
    assert said_above(client_of(world.publisher), memo) == ["Retirée le 2 mars 2026. Wrong <yard>."]


def test_nobody_opens_the_editor_of_a_closed_network(world: World, client_of: Callable[..., Client]) -> None:  # noqa: F811
    memo = make_memo(world.own, "Yard")
    set_network_state(world.own, Network.State.CLOSED)

    address = reverse("wagtailadmin_pages:edit", args=[memo.pk])
    people = (world.publisher, world.coordinator, world.superuser, world.office_publisher, world.office_coordinator)
    assert {client_of(person).get(address).status_code for person in people} <= {302, 403, 404}


def test_contributor_cannot_archive(world: World, client_of: Callable[..., Client]) -> None:  # noqa: F811
    memo = make_memo(world.own, "Yard")
    client_of(world.contributor).post(reverse("memo_archive", args=[memo.pk]), {"reason": "No."})
    assert not ArchivedItem.objects.exists()
    away(memo)
    client_of(world.contributor).post(reverse("memo_bring_back", args=[memo.pk]))
    assert ArchivedItem.objects.exists()


def test_closed_network_shows_what_it_issued_as_archived(network: Network) -> None:
    office = make_person("olga", (make_network("office", "office"), "coordinator"), language="en")
    memo, note = make_memo(network, "Yard", rule=Rule("everyone")), make(network, TrainingNotePage, "Drill")
    set_network_state(network, Network.State.CLOSED)

    assert list(memos_for(office)) == [] and list(notes_for(office)) == []
    assert [record.item_id for record in memos_for(office, "archived")] == [memo.translation_key]
    assert list(notes_for(office, "archived")) == [note]


def test_record_says_that_it_is_archived_and_when_it_was(network: Network) -> None:
    olga = make_person("olga", (network, "publisher"), language="en")
    memo = make_memo(network, "Yard", acknowledge=True)
    address = reverse("memos:follow_up_record", args=[memo.translation_key])
    client = signed_in(olga)
    archive(memo.translation_key, reason="The yard was sold.", language="en", by=olga)
    answer = client.get(address)
    assert "Archived on" in answer.content.decode()
    bring_back(memo.translation_key, by=olga)

    answer = client.get(address)

    assert "Archived on" not in answer.content.decode()
    assert [row[1:] for row in answer.context["withdrawals"]] == [
        ["Archived", "Olga", '<span lang="en">The yard was sold.</span>'],
        ["Brought back from the archive", "Olga", "–"],
    ]
    archive(memo.translation_key, reason="Again.", language="en", by=olga)
    followed = client.get(reverse("memos:followed"), {"state": "archived"})
    assert [card["title"] for card in followed.context["items"]] == ["Yard"]
    assert "Archived on" in followed.content.decode()
    assert (
        "archived: nobody is asked"
        in client.get(reverse("memos:follow_up", args=[memo.translation_key])).content.decode()
    )
