"""A new item is written with its audience; changes of audiences at the same time never pass each other."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from intranet.networks.audiences import INHERIT, Rule, computed_audiences, place_item, set_rule
from intranet.networks.models import AudienceEvent, AudienceToken, Item, Network
from search.models import Entry
from tests.pages.factories import make_network, make_page, section_of

pytestmark = pytest.mark.sqlite
A_MOMENT = 0.5
"""Seconds in which whoever does not wait has long gone on."""


def members() -> Rule:
    return Rule(Item.Rule.MEMBERS)


def chosen() -> Rule:
    return Rule(Item.Rule.NETWORKS, frozenset(Network.objects.values_list("pk", flat=True)), guests=True)


@pytest.mark.django_db
@pytest.mark.parametrize("above", [lambda: INHERIT, members, chosen], ids=["section", "members", "chosen"])
@pytest.mark.parametrize("own", [lambda: INHERIT, members, chosen], ids=["inherits", "members", "chosen"])
def test_new_item_has_the_audience_of_its_rules_at_once(above: Callable[[], Rule], own: Callable[[], Rule]) -> None:
    network, _other = make_network("halifax"), make_network("moncton")
    parent = place_item(uuid.uuid4(), network=network, parent=section_of(network).translation_key)
    set_rule(parent.pk, above(), by=None)

    made = place_item(uuid.uuid4(), network=network, parent=parent.pk, rule=own())

    source, tokens = next((source, tokens) for item, source, tokens in computed_audiences() if item.pk == made.pk)
    assert Item.objects.get(pk=made.pk).rule_from_id == source
    assert set(AudienceToken.objects.filter(item=made).values_list("token", flat=True)) == tokens
    # A dated row says what was chosen; what is inherited is nobody's choice.
    events = AudienceEvent.objects.filter(key=made.pk)
    assert [event.after["choice"] for event in events] == ([own().choice] if own().choice else [])


@pytest.mark.django_db
def test_new_item_takes_as_many_statements_below_many_networks_as_below_one() -> None:
    network = make_network("halifax")
    parent = place_item(uuid.uuid4(), network=network, parent=section_of(network).translation_key)
    counts = []
    for more in (0, 3, 30):
        for number in range(more):
            make_network(f"network-{more}-{number}")
        set_rule(parent.pk, chosen(), by=None)
        with CaptureQueriesContext(connection) as asked:
            place_item(uuid.uuid4(), network=network, parent=parent.pk)
        counts.append(len([query for query in asked if "SAVEPOINT" not in query["sql"] and "lock" not in query["sql"]]))

    assert counts == [5, 5, 5]


@contextmanager
def uncommitted(change: Callable[[], object]) -> Iterator[None]:
    """Somebody else changes something, and commits a moment after what is done within it has begun."""
    changed, begun = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic():
                change()
                changed.set()
                begun.wait(30)
                time.sleep(A_MOMENT)
        finally:
            changed.set()
            connection.close()

    with ThreadPoolExecutor(1) as somebody:
        done = somebody.submit(work)
        changed.wait(30)
        begun.set()
        yield
        done.result()


@pytest.mark.django_db(transaction=True)
def test_changes_at_the_same_time_leave_what_the_rules_say() -> None:
    network, other = make_network("halifax"), make_network("moncton")
    section = section_of(network).translation_key

    def place(parent: uuid.UUID, rule: Rule | None = None) -> uuid.UUID:
        key = uuid.uuid4()
        place_item(key, network=network, parent=parent, rule=rule)
        return key

    def narrow(key: uuid.UUID) -> None:
        set_rule(key, Rule(Item.Rule.SECTION), by=None)

    def move(key: uuid.UUID, to: uuid.UUID) -> None:
        place_item(key, network=network, parent=to)

    def wide() -> uuid.UUID:
        return place(section, Rule(Item.Rule.EVERYONE))

    # A page is made below what is narrowed; and where it is not the page's parent that has the rule.
    above = wide()
    with uncommitted(lambda: place(above)):
        narrow(above)
    between = place(above := wide())
    with uncommitted(lambda: place(between)):
        narrow(above)
    # What is below gets a rule of its own while the one above it changes, and the other way round.
    below = place(above := wide())
    with uncommitted(lambda: narrow(above)):
        set_rule(below, Rule(Item.Rule.NETWORKS, frozenset({other.pk})), by=None)
    below = place(above := wide())
    with uncommitted(lambda: set_rule(below, Rule(Item.Rule.NETWORKS, frozenset({other.pk})), by=None)):
        narrow(above)
    # Something comes below what is narrowed.
    moved, above = place(section), wide()
    with uncommitted(lambda: move(moved, above)):
        narrow(above)

    stored = {item.pk: set(item.audience.values_list("token", flat=True)) for item in Item.objects.all()}
    sources = dict(Item.objects.values_list("pk", "rule_from_id"))
    computed = {item.pk: (source, set(tokens)) for item, source, tokens in computed_audiences()}
    assert {key: (sources[key], tokens) for key, tokens in stored.items()} == computed


@pytest.mark.django_db(transaction=True)
def test_page_that_is_saved_meanwhile_is_found_by_those_for_whom_it_is_meant() -> None:
    above = make_page(section_of(make_network("halifax")), "Above", rule=Rule(Item.Rule.EVERYONE))
    below = make_page(above, "Below")

    with uncommitted(lambda: set_rule(above.translation_key, Rule(Item.Rule.SECTION), by=None)):
        below.save()

    entry = Entry.objects.get(key=str(below.translation_key))
    tokens = AudienceToken.objects.filter(item=below.translation_key)
    assert list(entry.tokens.values_list("token", flat=True)) == list(tokens.values_list("token", flat=True))
    assert tokens.get().token.startswith("network:")
