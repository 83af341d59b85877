"""A new item is written with its audience; changes of audiences at the same time never pass each other."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from intranet.networks.audiences import INHERIT, Rule, computed_audiences, place_item, set_rule
from intranet.networks.exceptions import AudienceError
from intranet.networks.models import AudienceEvent, AudienceToken, Item, Network
from intranet.networks.services import update_network
from intranet.pages.models import Topic
from search.models import Entry, EntryFacet
from tests.meanwhile import uncommitted
from tests.pages.factories import make_network, make_page, section_of

pytestmark = pytest.mark.sqlite


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
        counts.append(
            len([query for query in asked if "SAVEPOINT" not in query["sql"] and "FOR KEY SHARE" not in query["sql"]])
        )

    assert counts == [5, 5, 5]


def assert_audiences_are_what_the_rules_say() -> None:
    stored = {item.pk: set(item.audience.values_list("token", flat=True)) for item in Item.objects.all()}
    sources = dict(Item.objects.values_list("pk", "rule_from_id"))
    computed = {item.pk: (source, set(tokens)) for item, source, tokens in computed_audiences()}
    assert {key: (sources[key], tokens) for key, tokens in stored.items()} == computed
    found = Entry.objects.filter(is_deleted=False, key__in=map(str, stored))
    entries = {uuid.UUID(entry.key): set(entry.tokens.values_list("token", flat=True)) for entry in found}
    assert entries == {key: stored[key] for key in entries}


def narrow(key: uuid.UUID) -> None:
    set_rule(key, Rule(Item.Rule.SECTION), by=None)


def widen(key: uuid.UUID) -> None:
    set_rule(key, Rule(Item.Rule.EVERYONE), by=None)


@pytest.mark.django_db(transaction=True)
def test_changes_at_the_same_time_leave_what_the_rules_say() -> None:
    network, other = make_network("halifax"), make_network("moncton")
    section = section_of(network).translation_key

    def place(parent: uuid.UUID, rule: Rule | None = None) -> uuid.UUID:
        key = uuid.uuid4()
        place_item(key, network=network, parent=parent, rule=rule)
        return key

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
    with uncommitted(lambda: widen(above)):
        place(between)
    # What is below gets a rule of its own while the one above it changes, and the other way round.
    below = place(above := wide())
    with uncommitted(lambda: narrow(above)):
        set_rule(below, Rule(Item.Rule.NETWORKS, frozenset({other.pk})), by=None)
    below = place(above := wide())
    with uncommitted(lambda: set_rule(below, Rule(Item.Rule.NETWORKS, frozenset({other.pk})), by=None)):
        narrow(above)
    # Something comes below what is narrowed, itself or with what it hangs below.
    moved, above = place(section), wide()
    with uncommitted(lambda: move(moved, above)):
        narrow(above)
    moved, above = place(section), wide()
    with uncommitted(lambda: move(moved, above)):
        place(moved)

    assert_audiences_are_what_the_rules_say()


@pytest.mark.django_db(transaction=True)
def test_page_that_is_saved_meanwhile_is_found_by_those_for_whom_it_is_meant() -> None:
    above = make_page(section_of(make_network("halifax")), "Above", rule=Rule(Item.Rule.EVERYONE))
    below = make_page(above, "Below")

    with uncommitted(lambda: narrow(above.translation_key)):
        below.save()

    entry = Entry.objects.get(key=str(below.translation_key))
    assert entry.tokens.get().token.startswith("network:")
    assert_audiences_are_what_the_rules_say()


@pytest.mark.django_db(transaction=True)
def test_who_makes_pages_waits_for_nobody_who_does() -> None:
    section = section_of(make_network("halifax"))
    one, two = make_page(section, "One"), make_page(section, "Two")

    with uncommitted(lambda: make_page(one, "By an import"), lambda: make_page(two, "By it, too")) as waited:
        make_page(two, "By an editor")

    # SQLite has one writer at a time.
    assert waited == [connection.vendor == "sqlite"]
    assert_audiences_are_what_the_rules_say()


@pytest.mark.django_db(transaction=True)
def test_page_leaves_a_network_while_the_one_above_it_is_narrowed() -> None:
    section = section_of(make_network("halifax"))
    above = make_page(section, "Above", rule=Rule(Item.Rule.EVERYONE))
    below = make_page(above, "Below")
    target = section_of(make_network("moncton"))

    with uncommitted(lambda: make_page(section, "Another"), lambda: narrow(above.translation_key)):
        below.move(target, pos="last-child")

    assert Item.objects.get(pk=below.translation_key).parent_id == target.translation_key
    assert_audiences_are_what_the_rules_say()


@pytest.mark.django_db(transaction=True)
def test_topic_goes_while_a_page_that_has_it_is_narrowed() -> None:
    topic = Topic.objects.create(slug="housing", name_en="Housing", name_fr="Logement")
    above = make_page(section_of(make_network("halifax")), "Above", rule=Rule(Item.Rule.EVERYONE))
    for page in (above, *(make_page(above, f"Below {number}") for number in range(9))):
        page.topics = [topic]
        page.save()

    def begin_to_narrow() -> None:
        Item.objects.select_for_update().get(pk=above.translation_key)

    with uncommitted(begin_to_narrow, lambda: narrow(above.translation_key)):
        topic.delete()

    assert not EntryFacet.objects.filter(name="topic").exists()
    assert_audiences_are_what_the_rules_say()


@pytest.mark.django_db(transaction=True)
def test_page_in_two_languages_moves_while_another_comes_below_it() -> None:
    section, english = section_of(make_network("halifax")), Locale.objects.get(language_code="en")
    moved, place = make_page(section, "Moved"), make_page(section, "Place")
    version = moved.copy_for_translation(english)
    target = place.copy_for_translation(english)

    with uncommitted(lambda: make_page(moved, "Below"), lambda: make_page(moved, "And another")), transaction.atomic():
        version.move(target, pos="last-child")

    moved.refresh_from_db()
    assert (moved.get_parent().pk, moved.get_children().count()) == (place.pk, 2)
    assert_audiences_are_what_the_rules_say()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_first", [True, False], ids=["unlisted-first", "opened-first"])
def test_section_is_not_opened_while_its_network_becomes_unlisted(is_first: bool) -> None:
    network = make_network("halifax")
    section = section_of(network).translation_key

    def unlist() -> None:
        update_network(Network.objects.get(pk=network.pk), listed=False)

    if is_first:
        with uncommitted(unlist), pytest.raises(AudienceError, match="not listed"):
            widen(section)
    else:
        with uncommitted(lambda: widen(section)):
            unlist()

    assert list(AudienceToken.objects.filter(item=section).values_list("token", flat=True)) == [f"network:{network.pk}"]
    assert_audiences_are_what_the_rules_say()
