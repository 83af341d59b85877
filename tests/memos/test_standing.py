"""A memo that another one replaces, as the search knows it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, PageLogEntry, Revision

from intranet.memos.models import MemoPage
from intranet.memos.search_sources import MemoSource
from intranet.memos.services import withdraw
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import set_network_state
from intranet.pages.scheduling import run_schedule
from search.models import Entry
from tests.beginnings import beginning
from tests.memos.factories import record_of
from tests.pages.factories import make_halifax, make_network, make_page, make_person, section_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


network = beginning(make_halifax)


def make_memo(network: Network, title: str, **fields: Any) -> MemoPage:
    memo: MemoPage = make_page(section_of(network), title, page_type=MemoPage, **fields)
    return memo


def publish(memo: MemoPage, **changes: Any) -> None:
    page = MemoPage.objects.get(pk=memo.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()


def unpublish(memo: MemoPage) -> None:
    MemoPage.objects.get(pk=memo.pk).unpublish()


def standing_of(memo: MemoPage) -> tuple[str, str]:
    """Its standing, and the title of what replaces it."""
    entry = Entry.objects.get(key=str(memo.translation_key), is_deleted=False)
    titles = MemoPage.objects.filter(translation_key=entry.replaced_by or None).values_list("title", flat=True)
    return entry.standing, next(iter(titles), "")


def test_memo_is_dated_and_current(network: Network) -> None:
    memo = make_memo(network, "Rule")

    assert standing_of(memo) == ("current", "")
    assert Entry.objects.get(key=str(memo.translation_key)).is_dated


def test_memo_is_replaced_only_while_the_newer_one_is_published(network: Network) -> None:
    old = make_memo(network, "Old")
    new = make_memo(network, "New", replaces=old, live=False)
    assert standing_of(old) == ("current", "")

    publish(new)
    assert standing_of(old) == ("replaced", "New")

    unpublish(new)
    assert standing_of(old) == ("current", "")

    publish(new)
    assert standing_of(old) == ("replaced", "New")


def test_memo_is_replaced_until_the_last_version_of_the_newer_one_is_withdrawn(network: Network) -> None:
    old = make_memo(network, "Old")
    new = make_memo(network, "New", replaces=old)
    english = new.copy_for_translation(Locale.objects.get(language_code="en"))
    publish(english, replaces=old)

    unpublish(new)
    assert standing_of(old)[0] == "replaced"

    unpublish(english)
    assert standing_of(old) == ("current", "")


def test_withdrawn_memo_is_not_put_back_in_force_by_what_was_planned_before(network: Network) -> None:
    french = make_memo(network, "Exercice")
    english = french.copy_for_translation(Locale.objects.get(language_code="en"))
    person = make_person("lise", (network, "publisher"))
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    for page in (french, english):
        publish(page, title="Planned", go_live_at=tomorrow)
    assert Revision.objects.filter(approved_go_live_at=tomorrow).count() == 2

    withdraw(record_of(french), reason="La règle était fausse.", language="fr", by=person)

    with time_machine.travel(tomorrow + datetime.timedelta(hours=1)):
        assert run_schedule() == 0
    record = record_of(french)
    assert record.withdrawn_reason == "La règle était fausse."
    assert [each.kind for each in record.withdrawal_events.all()] == ["withdrawn"]
    ended = PageLogEntry.objects.filter(action="wagtail.schedule.cancel", user=person)
    assert set(ended.values_list("page", flat=True)) == {french.pk, english.pk}


def test_change_of_what_a_memo_replaces_reaches_both(network: Network) -> None:
    first, second = make_memo(network, "First"), make_memo(network, "Second")
    new = make_memo(network, "New", replaces=first)

    publish(new, replaces=second)
    assert (standing_of(first), standing_of(second)) == (("current", ""), ("replaced", "New"))

    publish(new, replaces=None)
    assert standing_of(second) == ("current", "")


def test_deleted_draft_replaces_nothing(network: Network) -> None:
    old = make_memo(network, "Old")
    draft = make_memo(network, "Draft", replaces=old, live=False)

    draft.delete()

    assert standing_of(old) == ("current", "")


def test_each_memo_of_a_chain_names_the_next(network: Network) -> None:
    first = make_memo(network, "First")
    second = make_memo(network, "Second", replaces=first)
    third = make_memo(network, "Third", replaces=second)

    assert [standing_of(memo) for memo in (first, second, third)] == [
        ("replaced", "Second"), ("replaced", "Third"), ("current", ""),
    ]  # fmt: skip


def test_newest_of_several_replacements_is_named_then_the_one_before(network: Network) -> None:
    old = make_memo(network, "Old")
    make_memo(network, "New", replaces=old)
    newest = make_memo(network, "Newest", replaces=old)
    assert standing_of(old) == ("replaced", "Newest")

    unpublish(newest)

    assert standing_of(old) == ("replaced", "New")


def test_memo_published_after_the_one_that_replaces_it_is_replaced(network: Network) -> None:
    old = make_memo(network, "Old", live=False)
    make_memo(network, "New", replaces=old)

    publish(old)

    assert standing_of(old) == ("replaced", "New")


def test_replaced_memo_of_a_closed_network_is_archived_and_keeps_its_replacement(network: Network) -> None:
    old = make_memo(network, "Old")
    new = make_memo(network, "New", replaces=old)

    set_network_state(network, Network.State.CLOSED)
    assert (standing_of(old), standing_of(new)) == (("archived", "New"), ("archived", ""))

    set_network_state(network, Network.State.ACTIVE)
    assert (standing_of(old), standing_of(new)) == (("replaced", "New"), ("current", ""))


def test_replacement_is_named_to_those_who_may_see_it(network: Network) -> None:
    own = signed_in(make_person("own", (network, "reader")))
    other = signed_in(make_person("other", (make_network("moncton"), "reader")))
    old = make_memo(network, "Ancienne zibeline", rule=Rule("everyone"))
    new = make_memo(network, "Nouvelle zibeline", rule=Rule("section"), replaces=old)

    def found(client: Client) -> list[tuple[str, str, dict[str, str] | None]]:
        results = client.get("/api/v1/search", {"q": "zibeline"}).json()["results"]
        return [(each["title"], each["standing"], each["replacement"]) for each in results]

    assert found(own) == [
        ("Nouvelle zibeline", "current", None),
        ("Ancienne zibeline", "replaced", {"title": "Nouvelle zibeline", "url": new.url, "language": "fr"}),
    ]
    assert found(other) == [("Ancienne zibeline", "replaced", None)]


def test_entries_take_as_many_queries_for_one_memo_as_for_ten(network: Network) -> None:
    counts = []
    old = None
    for _number in range(10):
        old = make_memo(network, "Rule", replaces=old)
        with CaptureQueriesContext(connection) as captured:
            list(MemoSource().entries())
        counts.append(len(captured))

    assert len(set(counts[1:])) == 1
