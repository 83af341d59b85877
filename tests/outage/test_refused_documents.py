"""A document that the index refuses is set aside with its reason, holds up no other, and gets another chance."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from search import search
from search.deliveries import try_again
from search.engines.elasticsearch.client import writer
from search.models import Delivery, Entry, SearchIndex
from search.query import Query
from tests.outage.conftest import MEMBERS, Reader, assert_nothing_lost, check_differences, key, work, write_plans
from tests.outage.gate import Answer, Gate

pytestmark = pytest.mark.django_db


def make_number(facet: str) -> None:
    """In the live index this facet is a number, as it may be after somebody's experiment."""
    index = SearchIndex.objects.get(state="live").name
    numbers = {"properties": {"facets": {"properties": {facet: {"type": "long"}}}}}
    writer().indices.put_mapping(index=index, body=numbers)


@pytest.fixture
def refused(reader: Reader) -> Delivery:
    """One among a thousand: its facet is no number."""
    work()
    make_number("pages")
    write_plans(0, 500)
    write_plans(500, 501, facets={"pages": ("seven secret pages",)})
    write_plans(501, 1_000)
    assert work() == 999
    return Delivery.objects.in_use().refused().select_related("entry", "index").get()


def test_one_among_a_thousand_is_set_aside_with_its_reason(refused: Delivery, reader: Reader) -> None:
    assert (refused.entry.key, refused.index.state) == (key(500), "live")
    assert refused.error.startswith("document_parsing_exception: ")
    assert refused.error.endswith("failed to parse field [facets.pages] of type [long] in document with id "
                                  f"'{key(500)}'.")  # fmt: skip
    assert search(Query("plan", MEMBERS)).total == 999
    assert reader.visit().total == 999
    assert work() == 0
    assert check_differences() == [f"{key(500)}: Elasticsearch refuses it ({refused.error})."]
    with pytest.raises(CommandError, match="Elasticsearch refuses 1 entry; search_check names it."):
        call_command("search_sync")


def test_what_was_refused_is_tried_again_after_a_change(refused: Delivery) -> None:
    write_plans(500, 501, facets={"pages": ("7",)})
    assert work() == 1
    assert_nothing_lost(1_000)
    refused.refresh_from_db()
    assert (refused.error, refused.attempts) == ("", 0)


def test_what_was_refused_is_tried_again_when_asked(refused: Delivery) -> None:
    assert try_again(Delivery.objects.filter(pk=refused.pk)) == 1
    assert work() == 0
    assert Delivery.objects.in_use().refused().count() == 1
    assert try_again(Delivery.objects.exclude(pk=refused.pk)) == 0
    with pytest.raises(CommandError, match="refuses 1 entry"):
        call_command("search_sync", refused=True)


def test_what_was_refused_goes_into_a_new_index(refused: Delivery) -> None:
    call_command("search_rebuild", stdout=StringIO())
    assert_nothing_lost(1_000)


def test_refused_narrowing_stays_hidden(reader: Reader) -> None:
    write_plans(0, 3, facets={"pages": ("7",)})
    work()
    index = SearchIndex.objects.get(state="live").name
    writer().indices.put_settings(index=index, settings={"index.mapping.total_fields.limit": 1})
    write_plans(0, 1, tokens=frozenset({"network:0"}), facets={"colour": ("red",)})
    assert work() == 0
    assert Delivery.objects.refused().count() == 1
    assert reader.visit().total == 2
    writer().indices.put_settings(index=index, settings={"index.mapping.total_fields.limit": 1_000})
    assert try_again(Delivery.objects.all()) == 1
    assert work() == 1
    assert_nothing_lost(2)


def test_document_too_large_for_the_way_holds_up_no_other(reader: Reader, gate: Gate) -> None:
    """A proxy before the server refuses large bodies; so does the server itself above 100 MB."""
    gate.decide = lambda asked: Answer.TOO_LARGE if asked.size > 100_000 else Answer.PASS
    write_plans(0, 40)
    write_plans(40, 41, body="word " * 40_000)
    write_plans(41, 80)
    assert work() == 79
    assert [delivery.entry.key for delivery in Delivery.objects.in_use().refused()] == [key(40)]
    write_plans(40, 41, body="word")
    assert work() == 1
    assert_nothing_lost(80)


def test_document_that_the_server_has_no_room_for_steps_aside(reader: Reader) -> None:
    limit = "network.breaker.inflight_requests.limit"
    work()
    write_plans(0, 1, body="word " * 40_000)
    writer().cluster.put_settings(persistent={limit: "100kb"})
    try:
        assert work() == 0
        write_plans(1, 30)
        assert work() == 29
        assert Delivery.objects.behind().get().attempts == 1
    finally:
        writer().cluster.put_settings(persistent={limit: None})
    assert_nothing_lost(30)


def test_entry_that_cannot_be_made_into_a_document_holds_up_no_other(reader: Reader) -> None:
    write_plans(0, 30)
    Entry.objects.filter(key=key(3)).update(date=None)
    assert work() == 29
    (refused,) = Delivery.objects.in_use().refused()
    assert refused.error == "no document can be made of it: AssertionError"
