"""The pages of memos, notes, notifications and networks as their users see them on a phone, in French."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone, translation

from intranet.accounts.models import User
from intranet.glossary.models import Term
from intranet.memos.models import MemoPage, TrainingNotePage
from intranet.memos.practice.services import take_part
from intranet.memos.questions.services import answer, ask
from intranet.networks.audiences import Rule
from intranet.networks.joining import ask_to_join, invite
from intranet.networks.models import Network
from intranet.notifications.expanding import expand_due
from tests.browser.conftest import width_of
from tests.memos.factories import declared, make_memo, publish, record_of
from tests.memos.practice.factories import item_of, make_note, say
from tests.pages.factories import make_halifax, make_network, make_person, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE = {"width": 320, "height": 640}
SMALL_TARGETS = """() => [...document.querySelectorAll("main :is(a[href], button, summary, select)")]
    .filter((each) => getComputedStyle(each).display !== "inline" && each.checkVisibility())
    .filter((each) => { const { width, height } = each.getBoundingClientRect(); return Math.min(width, height) < 24; })
    .map((each) => each.outerHTML.slice(0, 120))"""
CROWDED = """() => [...document.querySelectorAll(
    "main :is(form, ul, .notice, .button, .table-scroll) + :is(p, h2, h3, section, .content-note)")]
    .filter((each) => each.checkVisibility() && each.previousElementSibling.checkVisibility())
    .filter((each) => {
        const above = each.previousElementSibling.getBoundingClientRect();
        const gap = each.getBoundingClientRect().top - above.bottom;
        return gap > -1 && gap < 8;
    })
    .map((each) => each.outerHTML.slice(0, 120))"""


def make_memos(halifax: Network, reader: User, coordinator: User) -> tuple[MemoPage, str]:
    """A memo with two editions, an answered question and one that waits, whose key it gives too."""
    body = [("text", "<p>On ferme à 35 degrés.</p>")]
    fields = {"acknowledge": True, "contact": "Lise", "review_on": timezone.localdate() + datetime.timedelta(days=20)}
    memo = make_memo(halifax, "Chaleur extrême", "fr", body=body, rule=Rule("members"), **fields)
    memo = publish(memo, title="Chaleur très extrême", declaration=declared(fr="Le seuil est nommé."))
    asked = [
        ask(record_of(memo), author=reader, text=text, language="fr") for text in ("Et la nuit?", "Et le dimanche?")
    ]
    answer(asked[0], text="La nuit aussi.", language="fr", by=coordinator)
    return memo, str(asked[1].pk)


def make_session(halifax: Network, reader: User) -> TrainingNotePage:
    """A note whose session is over: one society has said how far it is, one person took part."""
    held = timezone.localdate() - datetime.timedelta(days=100)
    note = make_note(halifax, "Écouter", language="fr", session_on=held, session_hours=2, session_title="Échange")
    say(note, halifax, "in_practice", sentence="Every Monday.")
    take_part(item_of(note), person=reader, network=halifax, session_on=held)
    return note


def pages_of_all(halifax: Network, office: Network) -> Iterator[tuple[User | None, list[str]]]:
    """Who comes, and the addresses that each one looks at; nobody: a visitor without an account."""
    reader = make_person("lise", (halifax, "reader"))
    coordinator = make_person("noor", (halifax, "coordinator"))
    manager = make_person("odile", (office, "coordinator"))
    memo, question = make_memos(halifax, reader, coordinator)
    note = make_session(halifax, reader)
    ask_to_join(network=halifax, email="jo@example.org", name="Jo", language="fr", message="Bonjour.", person=None)
    _offer, secret = invite(network=halifax, email="new@example.org", role="reader", language="fr", by=coordinator)
    while expand_due():
        pass

    def memos(name: str, *args: object) -> str:
        return reverse(f"memos:{name}", args=args)

    key = memo.translation_key
    to_read = ["/fr/", memo.url, note.url, memos("list"), reverse("news")]
    editions = [memos("history", key), memos("edition", key, "1"), memos("compare", key), memos("print", key)]
    questions = [memos("questions", key), memos("ask", key), memos("question", question)]
    own = [reverse(f"notifications:{name}") for name in ("list", "to_do", "preferences")]
    term = Term.objects.create(slug="accommodation", form_fr="accommodement raisonnable", form_en="accommodation")
    around = [reverse("glossary:term", args=[term.slug]), reverse("usersessions_list")]
    networks = [reverse("networks:directory"), reverse("networks:facts", args=["office"])]
    yield reader, [*to_read, *editions, *questions, *own, *around, *networks]
    of_memo = [memos(name, key) for name in ("follow_up", "follow_up_people", "follow_up_record", "review")]
    of_all = [memos(name) for name in ("followed", "figures", "removed_questions")]
    practice = memos("practice", note.translation_key, "halifax")
    of_network = [reverse(name, args=["halifax"]) for name in ("networks:people", "notifications:network")]
    history = reverse("networks:history", args=[halifax.pk])
    before = [reverse(name, args=[memo.pk]) for name in ("memo_before_publishing", "page_audience")]
    answering = [*of_memo, *of_all, practice, memos("question", question)]
    yield coordinator, [*answering, *of_network, history, reverse("memos_upkeep"), *before]
    yield manager, [reverse("networks:accounts"), reverse("networks:account", args=[reader.pk])]
    yield None, [reverse("invitation", args=[secret]), reverse("open_networks")]


def found_on(page: Page, address: str, assert_accessible: Callable[..., None]) -> Iterator[str]:
    """What is wrong with a page, each with its address."""
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        yield f"{address}: {answer and answer.status}"
    if width_of(page) != PHONE["width"]:
        yield f"{address}: {width_of(page)} pixels wide"
    # What surrounds the admin's pages is Wagtail's.
    is_admin = "/admin/" in address
    looks = {} if is_admin else {"targets under 24 pixels": SMALL_TARGETS, "no room above": CROWDED}
    for name, look in looks.items():
        if places := page.evaluate(look):
            yield f"{address}: {name}: {places}"
    try:
        assert_accessible(page, within="main" if is_admin else None, colours=False)
    except AssertionError as error:
        yield f"{address}: {str(error).splitlines()[0]}"


def test_no_page_of_memos_has_a_finding_on_a_phone(
    page: Page, live_server: object, assert_accessible: Callable[..., None]
) -> None:
    page.set_viewport_size(PHONE)
    found: list[str] = []
    with translation.override("fr"):
        for person, addresses in pages_of_all(make_halifax(), make_network("office", kind="office")):
            page.context.clear_cookies()
            if person is not None:
                session = signed_in(person).cookies["sessionid"].value
                page.context.add_cookies([{"name": "sessionid", "value": session, "url": str(live_server)}])
            found += [finding for address in addresses for finding in found_on(page, address, assert_accessible)]

    assert "\n".join(found) == ""
