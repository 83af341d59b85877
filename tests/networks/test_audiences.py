"""A new item is written with its audience, which is the one that its rules give it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intranet.networks.audiences import INHERIT, Rule, computed_audiences, place_item, set_rule
from intranet.networks.models import AudienceEvent, AudienceToken, Item, Network
from tests.pages.factories import make_network, section_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def members() -> Rule:
    return Rule(Item.Rule.MEMBERS)


def chosen() -> Rule:
    return Rule(Item.Rule.NETWORKS, frozenset(Network.objects.values_list("pk", flat=True)), guests=True)


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
        counts.append(len([query for query in asked if "SAVEPOINT" not in query["sql"]]))

    assert counts == [5, 5, 5]
