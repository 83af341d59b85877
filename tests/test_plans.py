"""Every statement of the pages that people use finds its rows in the large tables by an index."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from intranet.accounts.models import User
from intranet.memos.follow_up.figures import totals_of
from intranet.memos.models import Acknowledgement, MemoPage, MemoRecord
from intranet.memos.owing import people_owing
from intranet.memos.questions.services import ask
from intranet.memos.retention import pseudonymise
from intranet.memos.services import acknowledge, correct_receipt, note_reading
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.notifications.expanding import expand_due, tell_late
from intranet.notifications.forgetting import forget_old
from intranet.notifications.planning import plan_due
from intranet.notifications.reminding import remind
from intranet.notifications.sending import send_due
from intranet.pages.models import Topic
from search import Query
from search.engines.embedded.engine import EmbeddedEngine
from tests.memos.factories import declared, publish
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in
from tests.search.conftest import elasticsearch
from tests.search.factories import entry, version, write

__all__ = ["elasticsearch"]
pytestmark = pytest.mark.django_db

#: Those that grow with what people write; the others have some hundreds of rows.
LARGE = (
    "memos_acknowledgement",
    "memos_edition",
    "memos_memorecord",
    "memos_question",
    "memos_reading",
    "memos_receiptnote",
    "networks_audiencetoken",
    "networks_item",
    "networks_membership",
    "notifications_event",
    "notifications_mail",
    "notifications_notification",
    "pages_contentpage",
    "search_delivery",
    "search_entry",
    "search_entryfacet",
    "search_entrypassage",
    "search_entrytext",
    "search_entrytoken",
    "search_entryversion",
    "wagtailcore_page",
    "wagtailcore_referenceindex",
    "wagtailcore_revision",
)
SCAN = re.compile(rf"Seq Scan on ({'|'.join(LARGE)})\b")
PLANNED = re.compile(r"[\s(]*(SELECT|WITH|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
READER = (
    "/fr/",
    "/fr/halifax/",
    "/fr/halifax/plan-0/",
    "/fr/recherche/?q=plan+accueil&network=halifax",
    "/fr/notes-de-service/",
    "/fr/notes-de-service/?state=acknowledged",
    "/fr/notifications/",
    "/api/v1/home",
    "/api/v1/search?q=plan",
    "/api/v1/suggest?q=pla",
    "/api/v1/memos",
    "/api/v1/networks",
)
EDITOR = ("/admin/", "/admin/pages/{section}/", "/admin/choose-page/{section}/", "/admin/pages/search/?q=plan",
          "/admin/reports/aging-pages/", "/admin/images/", "/admin/documents/")  # fmt: skip


def whole_table_scans(client: Client, address: str) -> Iterator[str]:
    """The statements behind a page that look through a large table, where any index at all would be taken instead."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    yield from scans_in(captured, address)


def scans_in(captured: CaptureQueriesContext, address: str) -> Iterator[str]:
    """Those of the statements that were noted, with the name of what they are for."""
    statements = [each["sql"] for each in captured if PLANNED.match(each["sql"])]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in statements:
            cursor.execute(f"EXPLAIN {statement.replace('%', '%%')}", [])
            plan = "\n".join(row[0] for row in cursor.fetchall())
            if found := SCAN.search(plan):
                yield f"{address}: {found[1]}: {statement}"
        cursor.execute("SET LOCAL enable_seqscan = on")


@pytest.fixture
def halifax() -> Network:
    network = make_network("halifax")
    topic = Topic.objects.create(slug="accueil", name_fr="Accueil", name_en="Intake")
    for number in range(3):
        page = make_page(section_of(network), f"Plan {number}", rule=Rule("members"), summary="accueil")
        page.topics.add(topic)
        page.save_revision().publish()
    return network


@pytest.fixture(params=["elasticsearch", "embedded"])
def engine(request: Any, settings: Any, halifax: Network) -> str:
    if request.param == "embedded":
        settings.ELASTICSEARCH_URL = ""
    else:
        request.getfixturevalue("elasticsearch")
        call_command("search_sync")
    return str(request.param)


def test_reader_s_pages_use_indexes(halifax: Network, engine: str) -> None:
    reader = signed_in(make_person("reader", (halifax, "reader")))
    assert [scan for address in READER for scan in whole_table_scans(reader, address)] == []


def test_what_is_found_is_not_compared_each_with_each(db: None) -> None:
    """Not even where the planner takes thousands for one, and sees no use in a better way."""
    count = 60
    write(*(entry(uuid.UUID(int=number).hex, version(title=f"Plan {number}")) for number in range(count)))
    with CaptureQueriesContext(connection) as captured:
        assert EmbeddedEngine().find(Query("plan", frozenset({"everyone"}))).total == count
    [statement] = [each["sql"] for each in captured if each["sql"].startswith("WITH found")]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.replace('%', '%%')}", [])
        [(plan,)] = cursor.fetchall()

    joined = [node for node in nodes_of(plan[0]["Plan"]) if "replaced_by" in node.get("Join Filter", "")]
    assert len(joined) == 2
    assert sum(node.get("Rows Removed by Join Filter", 0) for node in joined) <= 2 * count


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The steps of a plan, from the last one on."""
    yield plan
    for step in plan.get("Plans", ()):
        yield from nodes_of(step)


def test_editor_s_pages_use_indexes(halifax: Network) -> None:
    editor, section = signed_in(make_person("editor", (halifax, "publisher"))), section_of(halifax).pk
    assert [scan for address in EDITOR for scan in whole_table_scans(editor, address.format(section=section))] == []


@pytest.fixture
def memo(halifax: Network) -> MemoRecord:
    """A memo that one of three people has acknowledged, with a question; everybody was told."""
    people = [make_person(f"reader-{number}", (halifax, "reader")) for number in range(3)]
    page = make_page(
        section_of(halifax), "Règle", page_type=MemoPage, rule=Rule("members"), acknowledge=True, responsible=people[0]
    )
    record = MemoRecord.objects.select_related("item__network").get(item=page.translation_key)
    ask(record, author=people[1], text="Pourquoi?", language="fr")
    note_reading(record, person=people[1], language="fr")
    correct_receipt(acknowledge(record, person=people[1], language="fr"), text="Trop tôt.", by=people[1])
    while expand_due():
        pass
    return record


FOLLOWER = ("memos:follow_up", "memos:follow_up_people", "memos:follow_up_record", "memos:history", "memos:questions")


@pytest.mark.parametrize("name", ["reader-0", "reader-1"])
def test_pages_of_what_a_person_owes_and_was_told_use_indexes(memo: MemoRecord, settings: Any, name: str) -> None:
    settings.ELASTICSEARCH_URL = ""
    reader = signed_in(User.objects.get(email=f"{name}@example.org"))
    with translation.override("fr"):
        addresses = (*READER, "/fr/halifax/regle/", reverse("notifications:to_do"))
    assert [scan for address in addresses for scan in whole_table_scans(reader, address)] == []


def test_follow_up_of_a_memo_uses_indexes(memo: MemoRecord, halifax: Network) -> None:
    coordinator = signed_in(make_person("carl", (halifax, "coordinator")))
    with translation.override("fr"):
        addresses = [reverse("memos:followed"), *(reverse(name, args=[memo.item_id]) for name in FOLLOWER)]
    assert [scan for address in addresses for scan in whole_table_scans(coordinator, address)] == []


WORK: dict[str, Callable[[MemoRecord], object]] = {
    "who owes the memo": lambda memo: list(people_owing(memo)),
    "its totals": lambda memo: totals_of(memo, None),
    "receipts of a person": lambda memo: list(
        Acknowledgement.objects.filter(person=memo.acknowledgements.get().person)
    ),
    "what is given to people": lambda memo: expand_due(),
    "who came later": lambda memo: tell_late(),
    "what goes into e-mails": lambda memo: plan_due(),
    "e-mails that are due": lambda memo: send_due(),
    "who is to be reminded": lambda memo: remind(),
    "what is long past": lambda memo: forget_old(),
    "names of people long gone": lambda memo: pseudonymise(),
}


@pytest.fixture
def noon() -> Iterator[None]:
    """Nobody's quiet hours: there are e-mails to send."""
    with time_machine.travel("2026-05-12T16:00Z", tick=False):
        yield


@pytest.mark.usefixtures("noon")
def test_worker_s_statements_use_indexes(memo: MemoRecord) -> None:
    found = []
    publish(MemoPage.objects.get(translation_key=memo.item_id), declaration=declared(fr="L’heure"))
    memo.refresh_from_db()
    for name, work in WORK.items():
        with CaptureQueriesContext(connection) as captured:
            work(memo)
        found += list(scans_in(captured, name))
    assert mail.outbox
    assert found == []
