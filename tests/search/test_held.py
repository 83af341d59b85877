"""What an index holds of an entry is told as it is, or not at all."""

from typing import Any

import pytest

from search import delete_entries
from search.circuit import circuit
from search.held import held_versions
from search.models import Entry, SearchIndex
from search.worker import sync_once
from tests.search.factories import entry, version, write


@pytest.mark.django_db
def test_version_that_an_index_holds_is_told(elasticsearch: str) -> None:
    write(entry("a"), entry("b"))
    while sync_once():
        pass
    [name] = SearchIndex.objects.filter(state="live").values_list("name", flat=True)
    write(entry("a", version(title="Later")))
    delete_entries(["b"])
    assert Entry.objects.get(key="a").version == 2
    assert held_versions("a", [name, f"{name}-gone"]) == {name: 1, f"{name}-gone": None}
    assert held_versions("c", [name]) == {name: None}
    while sync_once():
        pass
    assert held_versions("a", [name]) == held_versions("b", [name]) == {name: 2}


@pytest.mark.django_db
def test_nothing_is_told_where_nobody_answers(settings: Any, silent_url: str) -> None:
    settings.ELASTICSEARCH_URL, settings.SEARCH_TIMEOUT, settings.SEARCH_RETRY_SECONDS = silent_url, 0.3, 60
    circuit.reset()
    try:
        assert held_versions("a", ["x-1"]) is None
        assert not circuit.allows_request()
        settings.SEARCH_TIMEOUT = 60
        assert held_versions("a", ["x-1"]) is None
    finally:
        circuit.reset()


@pytest.mark.sqlite
def test_nobody_is_asked_where_elasticsearch_is_switched_off(settings: Any) -> None:
    settings.ELASTICSEARCH_URL = ""
    assert held_versions("a", ["x-1"]) is None
