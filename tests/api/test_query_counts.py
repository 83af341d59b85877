"""The number of queries does not grow with the number of results."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search.worker import sync_once
from tests.api.conftest import ApiClient
from tests.exchange.conftest import Bring
from tests.exchange.lines import item

pytestmark = pytest.mark.django_db


def queries(reader: ApiClient, path: str, **params: object) -> int:
    reader.get(path, **params)
    with CaptureQueriesContext(connection) as captured:
        assert reader.get(path, **params).status_code == 200
    return len(captured)


def test_queries_are_as_many_for_one_as_for_thirty(reader: ApiClient, bring: Bring) -> None:
    asked = {
        "/search": {"q": "bulletin"},
        "/suggest": {"q": "bulletin"},
        "/networks": {},
        "/me": {},
        "/memos": {},
        "/home": {},
    }
    counts: dict[str, list[int]] = {path: [] for path in asked}
    for first, last in ((0, 1), (1, 3), (3, 30)):
        lines = [item(f"b-{n}", title=f"Bulletin {n}", kind="memo", audience="members") for n in range(first, last)]
        assert bring(*lines).errors == []
        for path, params in asked.items():
            counts[path].append(queries(reader, path, **params))
    assert {path: len(set(numbers)) for path, numbers in counts.items()} == dict.fromkeys(asked, 1), counts


def test_a_search_takes_five_statements(reader: ApiClient, bring: Bring, elasticsearch: str) -> None:
    lines = [item(f"b-{n}", title=f"Bulletin {n}", kind="memo", audience="members") for n in range(3)]
    assert bring(*lines).errors == []
    while sync_once():
        pass
    # Token and person, grants, live index with stamps, hits, names of networks and topics.
    assert reader.get("/search", q="bulletin").json()["engine"] == "elasticsearch"
    assert queries(reader, "/search", q="bulletin") == 5
