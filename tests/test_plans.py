"""Every statement of the pages that people use finds its rows in the large tables by an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.pages.models import Topic
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in
from tests.search.conftest import elasticsearch

__all__ = ["elasticsearch"]
pytestmark = pytest.mark.django_db

#: Those that grow with what people write; the others have some hundreds of rows.
LARGE = (
    "networks_audiencetoken",
    "networks_item",
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
READER = (
    "/fr/",
    "/fr/halifax/",
    "/fr/halifax/plan-0/",
    "/fr/recherche/?q=plan+accueil&network=halifax",
    "/fr/notes-de-service/",
    "/fr/notifications/",
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
    statements = [each["sql"] for each in captured if each["sql"].lstrip("( ").upper().startswith(("SELECT", "WITH"))]
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


def test_editor_s_pages_use_indexes(halifax: Network) -> None:
    editor, section = signed_in(make_person("editor", (halifax, "publisher"))), section_of(halifax).pk
    assert [scan for address in EDITOR for scan in whole_table_scans(editor, address.format(section=section))] == []
