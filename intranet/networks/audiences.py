"""Audiences: the rule on the item, and the effective audience that is stored with it.

The only writer of ``Item``, ``AudienceToken`` and ``AudienceEvent``. Every function runs in the caller's transaction
or opens one, and ends by sending ``audiences_changed`` when tokens of items that were there changed.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from intranet.networks.access import EVERYONE, MEMBERS, PARTNERS, guest_token, network_token, tokens_for
from intranet.networks.exceptions import AudienceError
from intranet.networks.models import AudienceEvent, AudienceToken, Item, Network
from intranet.networks.signals import audiences_changed
from search.chunks import chunked

CHUNK = 2_000
_WAY_UP = """
    WITH RECURSIVE way (key) AS (
        SELECT unnest(%s::uuid[])
        UNION
        SELECT item.parent_id FROM networks_item item JOIN way ON way.key = item.key WHERE item.parent_id IS NOT NULL
    )
    SELECT key, parent_id FROM networks_item WHERE key IN (SELECT key FROM way) ORDER BY key FOR KEY SHARE
"""
"""Locks that keep nobody but who wants an item for themselves; each row as it is once it is locked."""


@dataclass(frozen=True)
class Rule:
    """An item's own choice. ``choice`` is a value of ``Item.Rule``, or empty to inherit."""

    choice: str = ""
    networks: frozenset[int] = frozenset()
    guests: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"choice": self.choice, "networks": sorted(self.networks), "guests": self.guests}


INHERIT = Rule()


def rule_of(item: Item) -> Rule:
    """The item's own rule (one query when networks are chosen)."""
    if item.rule != Item.Rule.NETWORKS:
        return Rule(item.rule)
    return Rule(item.rule, frozenset(item.rule_networks.values_list("pk", flat=True)), item.rule_guests)


def tokens_of(rule: Rule, network_id: int | None) -> frozenset[str]:
    """The tokens that ``rule`` gives an item of ``network_id``; the owning section always sees its own.

    ``partners`` means societies, the office and partners; ``members`` societies and the office.
    """
    tokens = {network_token(network_id)} if network_id else set()
    if rule.choice == Item.Rule.EVERYONE:
        tokens.add(EVERYONE)
    elif rule.choice == Item.Rule.PARTNERS:
        tokens |= {MEMBERS, PARTNERS}
    elif rule.choice == Item.Rule.MEMBERS:
        tokens.add(MEMBERS)
    elif rule.choice == Item.Rule.NETWORKS:
        tokens |= {network_token(pk) for pk in rule.networks}
        if rule.guests and network_id:
            tokens.add(guest_token(network_id))
    return frozenset(tokens)


def hold_way_up(keys: Iterable[uuid.UUID | str]) -> None:
    """Until this transaction ends nobody moves these items or what is above them, or changes a rule there.

    What governs an item, and what is below it, are read and written by several statements. Two changes that pass each
    other would leave an item with an audience that what is above it no longer has. Who only places, saves or indexes
    something waits for nobody else who does. SQLite has one writer at a time.

    Whoever changes both locks pages before items: an editor's new page has its parent's row when it gets here.
    """
    if connection.vendor != "postgresql":
        return
    parents: dict[uuid.UUID, uuid.UUID | None] = {}
    wanted: set[Any] = set(keys)
    with connection.cursor() as cursor:
        # Once, unless something on the way was moved while we waited for it.
        while wanted:
            cursor.execute(_WAY_UP, [list(wanted)])
            parents.update(cursor.fetchall())
            wanted = {parent for parent in parents.values() if parent} - parents.keys()


def _hold(item: Item, *others: uuid.UUID | None) -> Item:
    """The item as it is now, whose rule, place and what is below it are ours until this transaction ends."""
    hold_way_up(key for key in (item.parent_id, *others) if key)
    # What it names is asked for afterwards: joined to a row that we waited for, it would be as it was before.
    held = Item.objects.select_for_update().get(pk=item.pk)
    if held.parent_id and held.parent_id != item.parent_id:
        hold_way_up([held.parent_id])
    return held


@transaction.atomic
def place_item(
    key: uuid.UUID,
    *,
    network: Network | None,
    parent: uuid.UUID | None,
    rule: Rule | None = None,
    by: Any = None,
) -> Item:
    """Make the item, or move it with all that is below it; ``rule`` None leaves its own rule as it is.

    Raises:
        AudienceError: the parent is the item itself or below it.
    """
    item = Item.objects.filter(pk=key).first()
    if item is None:
        return _make_item(key, network, parent, rule or INHERIT, by)
    item = _hold(item, parent)
    before, place = rule_of(item), _place_of(item)
    is_moved = item.parent_id != parent or item.network_id != (network.pk if network else None)
    is_other_rule = rule is not None and rule != before
    if is_moved:
        _refuse_cycle(item, parent)
        item.parent_id = parent
        item.network = network
        item.save(update_fields=["parent", "network"])
    if rule is not None and is_other_rule:
        _write_rule(item, rule)
    if is_moved or is_other_rule:
        _record(item, before, before if rule is None else rule, by, place)
        _recompute(item)
    return item


def _make_item(key: uuid.UUID, network: Network | None, parent: uuid.UUID | None, rule: Rule, by: Any) -> Item:
    """Nothing is below a new item, and nothing is found under it yet: its audience is written with it."""
    if parent is not None:
        hold_way_up([parent])
    above = Item.objects.select_related("rule_from").get(pk=parent) if parent else None
    item = Item(pk=key, network=network, parent=above, rule=rule.choice, rule_guests=rule.guests)
    if rule.choice:
        item.rule_from = item
    elif above is not None:
        item.rule_from = above.rule_from
    item.save(force_insert=True)
    if rule.choice == Item.Rule.NETWORKS:
        item.rule_networks.set(rule.networks)
    if rule.choice:
        _record(item, INHERIT, rule, by)
    tokens = tokens_of(rule if rule.choice else rule_in_force(item), item.network_id)
    AudienceToken.objects.bulk_create(AudienceToken(item=item, token=token) for token in sorted(tokens))
    return item


@transaction.atomic
def set_rule(key: uuid.UUID, rule: Rule, *, by: Any) -> None:
    """Give the item its own rule, or ``INHERIT``. True for the next request; a dated entry is kept.

    Raises:
        AudienceError: a network is unknown, or strangers would see the section of an unlisted network, which bears
            its name.
    """
    if rule.choice and rule.choice not in Item.Rule.values:
        raise AudienceError(_("“%(choice)s” is not an audience.") % {"choice": rule.choice})
    known = set(Network.objects.filter(pk__in=rule.networks).values_list("pk", flat=True))
    if known != set(rule.networks):
        raise AudienceError(_("One of the chosen networks does not exist any more. Choose again."))
    item = _hold(Item.objects.get(pk=key))
    before = rule_of(item)
    if before == rule:
        return
    if _names_unlisted_network(item, rule):
        raise AudienceError(
            _("This network is not listed, and its section bears its name. Share pages of the section instead.")
        )
    _write_rule(item, rule)
    _record(item, before, rule, by)
    _recompute(item)


def open_sections(user: Any, networks: Iterable[Network]) -> frozenset[int]:
    """The keys of those of ``networks`` whose section the person may see, as one of its people or not. One query."""
    sections = Item.objects.sections().filter(network__in=[network.pk for network in networks])
    return frozenset(sections.visible_to_tokens(tokens_for(user)).values_list("network_id", flat=True))


@transaction.atomic
def close_section(network: Network, *, by: Any = None) -> None:
    """Give the section itself back to the network's own people: it becomes unlisted, and its section bears its name."""
    for item in map(_hold, Item.objects.sections().filter(network=network)):
        if _names_unlisted_network(item, rule_of(item)):
            set_rule(item.pk, Rule(Item.Rule.SECTION), by=by)


def _names_unlisted_network(item: Item, rule: Rule) -> bool:
    """Whether the item is the section of an unlisted network, and ``rule`` shows it to others than its people."""
    if item.network is None or item.network.listed or (item.parent is not None and item.parent.network_id is not None):
        return False
    own = {network_token(item.network.pk), guest_token(item.network.pk)}
    return not rule.choice or not tokens_of(rule, item.network.pk) <= own


@transaction.atomic
def remove_items(keys: Iterable[uuid.UUID]) -> None:
    """Forget items whose last version is gone; what was below them must be gone or moved before."""
    left = set(keys)
    for part in chunked(left, CHUNK):
        AudienceToken.objects.filter(item__in=part).delete()
        Item.objects.filter(pk__in=part).update(rule_from=None)
    # Deepest first: a parent is protected while a child names it.
    while left:
        inner: set[uuid.UUID | None] = set()
        for part in chunked(left, CHUNK):
            inner.update(Item.objects.filter(parent__in=part).values_list("parent_id", flat=True))
        leaves = left - inner
        if not leaves:
            raise AudienceError(_("An item still has items below it; move or delete them first."))
        for part in chunked(leaves, CHUNK):
            Item.objects.filter(pk__in=part).delete()
        left -= leaves


def rule_in_force(item: Item) -> Rule:
    """The rule that decides who sees the item: its own, or the nearest one on the way up; else the section."""
    if item.rule_from is None:
        return Rule(Item.Rule.SECTION)
    return rule_of(item.rule_from)


def computed_audiences() -> Iterator[tuple[Item, uuid.UUID | None, frozenset[str]]]:
    """Each item with the ``rule_from`` and the tokens it should have, computed afresh from the rules alone."""
    rules = _own_rules(None)
    parents = dict(Item.objects.values_list("pk", "parent_id"))
    for item in Item.objects.order_by("pk").iterator(CHUNK):
        key: uuid.UUID | None = item.pk
        while key is not None and key not in rules:
            key = parents[key]
        yield item, key, tokens_of(rules[key] if key else Rule(Item.Rule.SECTION), item.network_id)


def _write_rule(item: Item, rule: Rule) -> None:
    item.rule, item.rule_guests = rule.choice, rule.guests
    item.save(update_fields=["rule", "rule_guests"])
    item.rule_networks.set(rule.networks if rule.choice == Item.Rule.NETWORKS else [])


def _place_of(item: Item) -> dict[str, Any]:
    return {"network": item.network_id, "parent": str(item.parent_id) if item.parent_id else None}


def _record(item: Item, before: Rule, after: Rule, by: Any, place_before: dict[str, Any] | None = None) -> None:
    """Keep what the item's rule and place were and are: who could see it on a day follows from these rows."""
    AudienceEvent.objects.create(
        key=item.pk,
        by=by if by is not None and by.is_authenticated else None,
        before=before.as_json() | (place_before or _place_of(item)),
        after=after.as_json() | _place_of(item),
    )


def _refuse_cycle(item: Item, parent: uuid.UUID | None) -> None:
    while parent is not None:
        if parent == item.pk:
            raise AudienceError(_("An item cannot be placed below itself."))
        parent = Item.objects.values_list("parent_id", flat=True).get(pk=parent)


def _own_rules(keys: Sequence[uuid.UUID] | None) -> dict[uuid.UUID, Rule]:
    items = Item.objects.exclude(rule="")
    links = Item.rule_networks.through.objects.all()
    if keys is not None:
        items, links = items.filter(pk__in=keys), links.filter(item__in=keys)
    chosen: dict[uuid.UUID, set[int]] = defaultdict(set)
    for item_id, network_id in links.values_list("item_id", "network_id"):
        chosen[item_id].add(network_id)
    return {
        pk: Rule(choice, frozenset(chosen[pk]), guests)
        for pk, choice, guests in items.values_list("pk", "rule", "rule_guests")
    }


def _recompute(root: Item) -> None:
    """Store rule and tokens for ``root`` and everything below it, level by level."""
    parent_rule = Item.objects.values_list("rule_from", flat=True).get(pk=root.parent_id) if root.parent_id else None
    changed: list[uuid.UUID] = []
    level = [(root.pk, root.rule, root.network_id, root.rule_from_id, parent_rule)]
    while level:
        below: list[tuple[uuid.UUID, str, int | None, uuid.UUID | None, uuid.UUID | None]] = []
        for part in chunked(level, CHUNK):
            below += _store_level(part, root.network_id, changed)
        level = below
    if changed:
        audiences_changed.send(sender=Item, keys=list(dict.fromkeys(changed)))


def _store_level(
    part: list[tuple[uuid.UUID, str, int | None, uuid.UUID | None, uuid.UUID | None]],
    network_id: int | None,
    changed: list[uuid.UUID],
) -> list[tuple[uuid.UUID, str, int | None, uuid.UUID | None, uuid.UUID | None]]:
    wanted = {key: (key if rule else inherited) for key, rule, _network, _from, inherited in part}
    rules = _own_rules([key for key in set(wanted.values()) if key])
    by_source: dict[uuid.UUID | None, list[uuid.UUID]] = defaultdict(list)
    networks: dict[uuid.UUID, int | None] = {}
    for key, _rule, old_network, old_from, _inherited in part:
        # Below a section root everything belongs to that section's network; sections hang below the home item.
        networks[key] = old_network if network_id is None else network_id
        if old_from != wanted[key] or old_network != networks[key]:
            by_source[wanted[key]].append(key)
    for source, keys in by_source.items():
        Item.objects.filter(pk__in=keys).update(rule_from=source)
        changed += keys
    moved = [key for key, _rule, old_network, *_ in part if old_network != networks[key]]
    if moved:
        Item.objects.filter(pk__in=moved).update(network=network_id)
    _store_tokens({key: tokens_of(_rule_at(wanted[key], rules), networks[key]) for key in wanted}, changed)
    children = Item.objects.filter(parent__in=list(wanted)).values_list(
        "pk", "rule", "network_id", "rule_from_id", "parent_id"
    )
    return [(pk, rule, network, old, wanted[parent]) for pk, rule, network, old, parent in children if parent]


def _rule_at(source: uuid.UUID | None, rules: dict[uuid.UUID, Rule]) -> Rule:
    return rules[source] if source else Rule(Item.Rule.SECTION)


def _store_tokens(wanted: dict[uuid.UUID, frozenset[str]], changed: list[uuid.UUID]) -> None:
    stored: dict[uuid.UUID, set[str]] = {key: set() for key in wanted}
    for key, token in AudienceToken.objects.filter(item__in=list(wanted)).values_list("item_id", "token"):
        stored[key].add(token)
    stale = [key for key, tokens in wanted.items() if stored[key] != tokens]
    if not stale:
        return
    AudienceToken.objects.filter(item__in=stale).delete()
    AudienceToken.objects.bulk_create(
        (AudienceToken(item_id=key, token=token) for key in stale for token in sorted(wanted[key])), batch_size=CHUNK
    )
    changed += stale
