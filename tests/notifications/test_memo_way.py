"""A memo's way: published, told in the list and by e-mail, stopped by one click."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from intranet.accounts.models import User
from intranet.memos.models import MemoRecord
from intranet.memos.services import acknowledge, withdraw
from intranet.networks.access import access_cache, tokens_for
from intranet.networks.models import Network
from intranet.notifications.expanding import expand_due
from intranet.notifications.feeds import atom_of, calendar_of
from intranet.notifications.models import Event, Mail, Notification, Preference
from intranet.notifications.planning import plan_due
from intranet.notifications.preferences import set_mode, stop_mails
from intranet.notifications.services import unread_count
from intranet.notifications.telling import lines_of
from intranet.notifications.views import listing
from tests.memos.factories import declared, publish
from tests.notifications.factories import publish_memo
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("clock")]

NOON = datetime.datetime(2026, 5, 12, 16, tzinfo=datetime.UTC)
"""A Tuesday, noon in Toronto."""


def test_publication_is_told_to_its_audience_alone(network: Network, reader: User, deliver: Callable[[], None]) -> None:
    stranger = make_person("ann", (make_network("moncton"), "reader"))
    publish_memo(network, acknowledge=True)

    deliver()

    assert list(Notification.objects.values_list("person", "event__kind")) == [(reader.pk, "memos.to_acknowledge")]
    answer = signed_in(reader).get(reverse("notifications:list"))
    assert "Alerte incendie" in answer.content.decode()
    assert "Alerte incendie" not in signed_in(stranger).get(reverse("notifications:list")).content.decode()


def test_page_of_which_everything_is_over_leads_to_the_others(
    network: Network, reader: User, deliver: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 1)
    publish_memo(network, "Plus ancienne")
    newer = publish_memo(network, "Plus récente")
    deliver()
    withdraw(MemoRecord.objects.get(item=newer.translation_key), reason="Erreur.", language="fr", by=None)
    client, address = signed_in(reader), reverse("notifications:list")

    first = client.get(address)

    assert (first.context["lines"], "?page=2" in first.content.decode()) == ([], True)
    assert "Plus ancienne" in client.get(address, {"page": 2}).content.decode()


@pytest.mark.parametrize(("unread", "words"), [(2, "2 unread notifications"), (3, "More than 2 unread notifications")])
def test_many_unread_notifications_are_said_to_be_more(unread: int, words: str) -> None:
    with translation.override("en"):
        tool = render_to_string("notifications/unread_tool.html", {"unread": unread, "most": 2, "list_url": "/"})

    assert f'<span class="visually-hidden">{words}</span>' in tool


def test_memo_to_acknowledge_comes_at_once_in_the_persons_language(
    network: Network, reader: User, deliver: Callable[[], None]
) -> None:
    publish_memo(network, acknowledge=True, acknowledge_by=datetime.date(2026, 5, 20))

    deliver()
    deliver()

    (message,) = mail.outbox
    assert message.to == ["lise@example.org"]
    assert message.subject == "Note de service : Alerte incendie (HFX-2026-001)"
    assert "Accuser réception d’ici le 20 mai 2026" in message.body
    # What is required has no button that would stop everything else.
    assert not [name for name in message.extra_headers if name.startswith("List-Unsubscribe")]
    assert "unsubscribe" not in message.body + message.alternatives[0].content
    with translation.override("fr"):
        assert reverse("notifications:preferences") in message.body
    (row,) = Mail.objects.all()
    assert row.outcome == "sent"
    assert message.extra_headers["Message-ID"] == f"<{row.pk}@127.0.0.1>"
    (html,) = [part for part in message.alternatives if part.mimetype == "text/html"]
    assert "Alerte incendie" in html.content and 'lang="fr"' in html.content


def test_what_is_in_the_other_language_only_says_so_everywhere(network: Network, deliver: Callable[[], None]) -> None:
    people = [make_person(f"reader-{code}", (network, "reader"), language=code) for code in ("en", "fr")]
    publish_memo(network, acknowledge=True, acknowledge_by=datetime.date(2026, 5, 20))

    deliver()

    labelled = {}
    for message in mail.outbox:
        html = message.alternatives[0].content
        labelled[message.to[0]] = ("(HFX-2026-001) (French)" in message.body, "</a> (French)" in html)
        assert "(French)" not in message.subject
    assert labelled == {"reader-en@example.org": (True, True), "reader-fr@example.org": (False, False)}
    for person, word, is_said in zip(people, ("French", "Français"), (True, False), strict=True):
        with translation.override(person.language):
            shown = signed_in(person).get(reverse("notifications:list")).content.decode()
            feed = atom_of(person)
            due = calendar_of(person, NOON).decode()
        listed = shown[shown.index('<article class="card told') : shown.index("</article>")]
        assert [word in text for text in (listed, feed, due)] == [is_said] * 3


def test_ordinary_memo_waits_for_the_daily_digest(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    publish_memo(network)

    deliver()
    assert mail.outbox == []

    clock.move_to(NOON + datetime.timedelta(hours=20))
    deliver()
    (message,) = mail.outbox
    assert "Alerte incendie" in message.body


def test_nothing_is_sent_about_what_may_no_longer_be_seen(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    page = publish_memo(network)
    deliver()
    page.unpublish()

    clock.move_to(NOON + datetime.timedelta(hours=20))
    deliver()

    assert mail.outbox == []
    assert [row.outcome for row in Mail.objects.all()] == ["dropped"]


def test_what_was_stopped_stays_out_of_an_e_mail_that_waits(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    other = make_person("omer", (network, "reader"))
    for person in (reader, other):
        set_mode(person, "now", kind="memos.published")
    publish_memo(network, "Alerte incendie", acknowledge=True)
    publish_memo(network, "Canicule")
    publish_memo(network, "Verglas")
    while expand_due() or plan_due():
        pass
    assert Mail.objects.waiting().count() == 2
    stop_mails(reader, kind="memos.published")

    deliver()

    bodies = {message.to[0]: message.body for message in mail.outbox}
    assert "Alerte incendie" in bodies[reader.email]
    assert "Canicule" not in bodies[reader.email] and "Verglas" not in bodies[reader.email]
    assert "Canicule" in bodies[other.email] and "Verglas" in bodies[other.email]


def test_e_mail_of_which_everything_was_stopped_is_dropped(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    set_mode(reader, "now", kind="memos.published")
    publish_memo(network)
    while expand_due() or plan_due():
        pass
    stop_mails(reader)

    deliver()

    assert mail.outbox == []
    assert [row.outcome for row in Mail.objects.all()] == ["dropped"]


@pytest.mark.parametrize("acknowledge", [True, False])
def test_only_the_current_edition_is_told(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any, acknowledge: bool
) -> None:
    clock.move_to(NOON + datetime.timedelta(hours=12))
    memo = publish_memo(network, acknowledge=acknowledge)
    deliver()
    publish(memo, summary="La sortie change.", declaration=declared(fr="La sortie"))
    deliver()
    assert mail.outbox == []

    clock.move_to(NOON + datetime.timedelta(hours=24))
    deliver()

    (message,) = mail.outbox
    assert message.body.count("Alerte incendie") == 1
    assert "2" not in message.subject.replace("2026", "")
    assert Notification.objects.of(reader).count() == 2
    with translation.override("fr"):
        shown = signed_in(reader).get(reverse("notifications:list")).content.decode()
    assert shown.count('<article class="card told') == 1


def test_what_is_asked_of_a_person_is_told_by_the_asking_alone(
    network: Network, reader: User, deliver: Callable[[], None]
) -> None:
    memo = publish_memo(network)
    deliver()
    assert [line.told.is_to_do for line in lines_of(Notification.objects.all(), reader)] == [False]

    publish(memo, acknowledge=True)
    assert lines_of(Notification.objects.filter(event__kind="memos.published"), reader) == []


def test_header_counts_what_is_unread(network: Network, reader: User, deliver: Callable[[], None]) -> None:
    publish_memo(network)
    deliver()
    client = signed_in(reader)
    with translation.override("fr"):
        list_url = reverse("notifications:list")
    assert "1 notification non lue" in client.get(list_url).content.decode()

    (notification,) = Notification.objects.all()
    with translation.override("fr"):
        opened = client.get(reverse("notifications:open", args=[notification.pk]), follow=True)

    assert opened.status_code == 200 and "Alerte incendie" in opened.content.decode()
    assert "1 notification non lue" not in client.get(list_url).content.decode()


@pytest.mark.parametrize("acknowledge", [True, False])
def test_reading_a_memo_from_anywhere_is_reading_its_notification(
    network: Network, reader: User, deliver: Callable[[], None], acknowledge: bool
) -> None:
    memo = publish_memo(network, acknowledge=acknowledge)
    publish_memo(network, "Autre alerte")
    other = make_person("omar", (network, "reader"))
    deliver()

    shown = signed_in(reader).get(memo.url).content.decode()

    assert "1 notification non lue" in shown
    assert (unread_count(reader), unread_count(other)) == (1, 2)


def test_acknowledging_from_a_list_is_reading_the_notification(
    network: Network, reader: User, deliver: Callable[[], None]
) -> None:
    memo = publish_memo(network, acknowledge=True)
    deliver()

    form = {"edition": "1", "from": "list"}
    with translation.override("fr"):
        signed_in(reader).post(reverse("memos:acknowledge", args=[memo.translation_key]), form)

    assert unread_count(reader) == 0


def test_who_has_read_everything_is_asked_for_by_one_query(
    network: Network, reader: User, deliver: Callable[[], None]
) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert unread_count(reader) == 0
    assert len(captured) == 1

    publish_memo(network)
    deliver()
    with access_cache():
        tokens_for(reader)
        with CaptureQueriesContext(connection) as captured:
            assert unread_count(reader) == 1
    assert len(captured) == 2


def unread_shown(person: User) -> int:
    """How many of the person's list are marked as unread, before it is opened."""
    rows = Notification.objects.visible_to(person).filter(is_listed=True).select_related("event")
    return len([line for line in lines_of(rows, person) if line.notification and line.notification.read_at is None])


@pytest.mark.parametrize("acknowledge", [True, False])
@pytest.mark.parametrize("is_told", [True, False])
def test_earlier_edition_is_no_longer_counted(
    network: Network, reader: User, deliver: Callable[[], None], acknowledge: bool, is_told: bool
) -> None:
    memo = publish_memo(network, acknowledge=acknowledge)
    publish_memo(network, "Autre alerte")
    if is_told:
        deliver()

    publish(memo, summary="Tout change", declaration=declared(fr="Tout change."))
    assert unread_count(reader) == unread_shown(reader) == is_told
    deliver()

    assert unread_count(reader) == unread_shown(reader) == 2


def test_memo_acknowledged_before_it_is_told_is_not_counted(
    network: Network, reader: User, deliver: Callable[[], None]
) -> None:
    asked, plain = publish_memo(network, acknowledge=True), publish_memo(network, "Autre alerte")
    for memo in (asked, plain):
        acknowledge(MemoRecord.objects.get(item=memo.translation_key), person=reader, language="fr")

    deliver()

    assert unread_count(reader) == unread_shown(reader) == 0
    assert not Notification.objects.filter(person=reader).exists()


def test_withdrawn_memo_is_no_longer_counted(network: Network, reader: User, deliver: Callable[[], None]) -> None:
    memo = publish_memo(network)
    publish_memo(network, "Autre alerte")
    deliver()
    assert unread_count(reader) == 2

    withdraw(MemoRecord.objects.get(item=memo.translation_key), reason="Erreur", language="fr", by=None)
    assert unread_count(reader) == 1


def test_one_click_stops_a_kind_of_a_network(
    network: Network, reader: User, deliver: Callable[[], None], clock: Any
) -> None:
    set_mode(reader, "now", kind="memos.published")
    publish_memo(network)
    deliver()
    address = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    anonymous = Client(enforce_csrf_checks=True)

    assert anonymous.get(address).status_code == 200
    first = anonymous.post(address, {"List-Unsubscribe": "One-Click"})
    again = anonymous.post(address, {"List-Unsubscribe": "One-Click"})

    assert first.status_code == again.status_code == 200
    publish_memo(network, "Autre note")
    deliver()
    assert len(mail.outbox) == 1
    assert Event.objects.count() == 2
    forged = anonymous.post(address[:-3] + "xx/")
    assert forged.status_code == 400
    assert "halifax" not in forged.content.decode().lower()


def stop_address(message: Any) -> str:
    return str(message.extra_headers["List-Unsubscribe"]).strip("<>").removeprefix("http://127.0.0.1:8000")


def test_mail_of_one_kind_from_several_networks_stops_that_kind_alone(
    network: Network, deliver: Callable[[], None], clock: Any
) -> None:
    moncton = make_network("moncton")
    reader = make_person("ann", (network, "reader"), (moncton, "reader"), language="en")
    set_mode(reader, "now", kind="memos.note", network=network.pk)
    set_mode(reader, "daily", kind="memos.published", network=moncton.pk)
    publish_memo(network)
    publish_memo(moncton, "Canicule")
    publish_memo(network, "Verglas", acknowledge=True)
    deliver()
    clock.shift(datetime.timedelta(hours=20))
    deliver()
    required, digest = mail.outbox
    assert "List-Unsubscribe" not in required.extra_headers

    asked = Client().get(stop_address(digest)).content.decode()
    assert "No more e-mails of the kind “Other service memos”?" in asked and "network?" not in asked
    Client().post(stop_address(digest))

    chosen = set(Preference.objects.values_list("kind", "network", "mode"))
    assert chosen == {("memos.note", network.pk, "now"), ("memos.published", None, "none")}


def test_mail_of_several_kinds_says_what_stops(network: Network, deliver: Callable[[], None]) -> None:
    reader = make_person("ann", (network, "reader"), language="en")
    for kind in ("memos.published", "pages.published"):
        set_mode(reader, "now", kind=kind)
    publish_memo(network)
    make_page(section_of(network), "Guide")
    deliver()
    (message,) = mail.outbox

    asked = Client().get(stop_address(message)).content.decode()

    assert "except what you must read?" in asked
    for label in ("Other service memos", "New pages", "New results of my saved searches"):
        assert f"<li>{label}</li>" in asked
    assert "Service memos that I must acknowledge" not in asked
