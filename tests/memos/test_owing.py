"""Random lives of a federation: who is asked, who owes and what the follow-up tells are what the rules say, by a model
that reads them afresh.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from intranet.accounts.models import User
from intranet.memos.archiving import archive, bring_back
from intranet.memos.exceptions import MemoArchived, MemoWithdrawn, StaleEdition
from intranet.memos.follow_up.figures import Figures, follow_up_of, totals_of_each
from intranet.memos.follow_up.overview import is_in, memos_followed, with_totals
from intranet.memos.follow_up.people import people_in
from intranet.memos.follow_up.permissions import Scope
from intranet.memos.listing import memos_for
from intranet.memos.models import Acknowledgement, Edition, MemoPage, MemoRecord
from intranet.memos.owing import people_asked, people_owing
from intranet.memos.services import acknowledge, note_reading, withdraw
from intranet.memos.verifying import verify
from intranet.networks import services
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from tests.lives import run_lives
from tests.memos.factories import declared, make_memo, publish, record_of
from tests.pages.factories import make_network, set_rule

EXAMPLES, STEPS = 4, 15
START = datetime.datetime(2026, 3, 2, 15, tzinfo=datetime.UTC)
ROLES = ("reader", "publisher", "coordinator", "guest")
ANY = st.integers(0, 10**6)
"""Stands for one of those that there are."""
RULES = ("section", "members", "partners", "everyone", "networks")


@dataclass
class Held:
    """A membership as it was given."""

    person: str
    network: str
    role: str
    first: datetime.date
    last: datetime.date | None
    row: Any
    ended: bool = False

    def counts(self, day: datetime.date) -> bool:
        return not self.ended and self.first <= day and (self.last is None or day <= self.last)


@dataclass
class Memo:
    """What was said of a memo."""

    network: str
    page: MemoPage
    rule: str = "section"
    chosen: frozenset[str] = frozenset()
    guests: bool = False
    asks: bool = True
    roles: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    replaces: str | None = None
    withdrawn: bool = False
    archived: bool = False
    """By itself; what a closed network issued is archived too."""
    edition: int = 1
    due: datetime.date | None = None
    receipts: set[tuple[str, int]] = field(default_factory=set)
    opened: set[tuple[str, int]] = field(default_factory=set)
    days: dict[tuple[str, int], datetime.date] = field(default_factory=dict)
    """When each receipt was given."""


def figures(found: Figures) -> tuple[int, int, int, int]:
    return found.asked, found.acknowledged, found.unopened, found.overdue


class Federation(RuleBasedStateMachine):
    """Publications, editions, joins, leaves, audiences, receipts and the calendar, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(START, tick=False)
        self.time = self.clock.start()
        self.mark = transaction.savepoint()
        self.kinds: dict[str, str] = {}
        self.is_open: dict[str, bool] = {}
        self.may_ask_others: dict[str, bool] = {}
        self.active: dict[str, bool] = {}
        self.held: list[Held] = []
        self.said: dict[str, Memo] = {}
        self.rows: dict[str, Any] = {}

    def teardown(self) -> None:
        try:
            self.check_editions()
            self.check_follow_up()
        finally:
            self.clock.stop()
            transaction.savepoint_rollback(self.mark)

    def check_editions(self) -> None:
        """They prove themselves, and are numbered without a gap."""
        assert [found for found in verify() if found[1]] == []
        for memo in self.said.values():
            numbers = Edition.objects.filter(record__item=memo.page.translation_key, revision=1)
            assert sorted(numbers.values_list("number", flat=True)) == list(range(1, memo.edition + 1))

    def check_follow_up(self) -> None:
        """In all, for each network, over time; for those who follow everything and for one network's coordinator."""
        wanted = []
        for name, memo in self.said.items():
            record = MemoRecord.objects.select_related("item__network").get(item=memo.page.translation_key)
            wanted.append((record, None))
            told = follow_up_of(record, Scope(None, None))
            assert figures(told.total) == self.figures(name)
            each = {slug: self.figures(name, {slug}) for slug in self.kinds}
            assert {self.slug_of(pk): figures(one) for pk, one in told.networks.items()} == {
                slug: counts for slug, counts in each.items() if counts[0]
            }
            slug = self._network_at(len(wanted))
            own = frozenset({self.rows[slug].pk})
            part = follow_up_of(record, Scope(own, own))
            assert figures(part.total) == each[slug]
            assert part.days == self.days_of(name, {slug})
            assert len(people_in(record, own, "owing")) == each[slug][0] - each[slug][1]
        totals = totals_of_each(wanted)
        assert [figures(totals[record.pk]) for record, _all in wanted] == [self.figures(name) for name in self.said]
        self.check_overviews()

    def check_overviews(self) -> None:
        """What is overdue over all memos, for each person who follows some."""
        names = {memo.page.translation_key: name for name, memo in self.said.items()}
        for person in self.active:
            held = self.memberships(person) if self.active[person] else []
            publishes = {each.network for each in held if each.role in ("publisher", "coordinator")}
            coordinates = {each.network for each in held if each.role == "coordinator"}
            if not publishes:
                continue
            expected = set()
            for name, memo in self.said.items():
                counts = self.figures(name, None if memo.network in publishes else coordinates)
                if self.sees(person, memo) and counts[3]:
                    expected.add(name)
            cache.clear()
            listed = with_totals(self.rows[person], memos_followed(self.rows[person], "overdue"))
            assert {names[each.memo.id] for each in listed if is_in("overdue", each.figures)} == expected

    def figures(self, name: str, networks: set[str] | None = None) -> tuple[int, int, int, int]:
        """Asked, acknowledged, never opened, overdue; of the people of these networks."""
        memo = self.said[name]
        asked = self.asked_of(name, networks)
        done = {person for person in asked if (person, memo.edition) in memo.receipts}
        unopened = {person for person in asked - done if (person, memo.edition) not in memo.opened}
        is_late = memo.due is not None and memo.due < timezone.localdate()
        return len(asked), len(done), len(unopened), len(asked - done) if is_late else 0

    def asked_of(self, name: str, networks: set[str] | None) -> set[str]:
        asked = {person for person in self.active if self.is_asked(person, name)}
        if networks is None:
            return asked
        return {
            person
            for person in asked
            if any(each.network in networks and each.role != "guest" for each in self.memberships(person))
        }

    def days_of(self, name: str, networks: set[str]) -> dict[datetime.date, int]:
        memo = self.said[name]
        given = [memo.days.get((person, memo.edition)) for person in self.asked_of(name, networks)]
        return dict(Counter(day for day in given if day))

    def slug_of(self, pk: int) -> str:
        return next(slug for slug in self.kinds if self.rows[slug].pk == pk)

    # What happens --------------------------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        """An office, two societies and a table, each with people of several roles, one in two of them; two memos."""
        slugs = [self._network(kind) for kind in ("office", "society", "society", "table")]
        for slug in slugs:
            for role in ("reader", "publisher", "guest"):
                self._join(self._person(), slug, role)
        self._join(self.held[0].person, slugs[1], "publisher")
        for slug in slugs[:2]:
            self._issue(slug, asks=True, older=None)

    def _network_at(self, number: int) -> str:
        return list(self.kinds)[number % len(self.kinds)]

    def _person_at(self, number: int) -> str:
        return list(self.active)[number % len(self.active)]

    def _memo_at(self, number: int) -> Memo:
        return list(self.said.values())[number % len(self.said)]

    @rule(kind=st.sampled_from(["society", "partner"]), role=st.sampled_from(ROLES))
    def add_network(self, kind: str, role: str) -> None:
        self._join(self._person(), self._network(kind), role)

    def _network(self, kind: str) -> str:
        slug = f"n{uuid.uuid4().hex[:8]}"
        self.rows[slug] = make_network(slug, kind, code=slug.upper())
        self.kinds[slug], self.is_open[slug], self.may_ask_others[slug] = kind, True, False
        return slug

    def _person(self) -> str:
        name = f"p{uuid.uuid4().hex[:8]}"
        self.rows[name] = User.objects.create_user(f"{name}@example.org", None, name=name, language="en")
        self.active[name] = True
        return name

    @rule(person=ANY, network=ANY, role=st.sampled_from(ROLES), first=st.integers(-2, 3), days=st.integers(0, 9))
    def join(self, person: int, network: int, role: str, first: int, days: int) -> None:
        """``days`` 0: without an end."""
        self._join(self._person_at(person), self._network_at(network), role, first, days)

    def _join(self, person: str, network: str, role: str, first: int = 0, days: int = 0) -> None:
        begins = timezone.localdate() + datetime.timedelta(days=first)
        last = begins + datetime.timedelta(days=days) if days else None
        row = services.add_membership(
            person=self.rows[person], network=self.rows[network], role=role, starts_on=begins, until=last
        )
        for other in self.held:
            other.row.refresh_from_db()
            other.ended, other.last = other.row.ended_at is not None, other.row.until
        self.held.append(Held(person, network, role, begins, last, row))

    @rule(number=ANY)
    def leave(self, number: int) -> None:
        held = [each for each in self.held if not each.ended]
        if held:
            services.end_membership(held[number % len(held)].row)
            held[number % len(held)].ended = True

    @rule(number=ANY)
    def close_or_open_an_account(self, number: int) -> None:
        person = self._person_at(number)
        self.active[person] = not self.active[person]
        self.rows[person].is_active = self.active[person]
        self.rows[person].save(update_fields=["is_active"])

    @rule(number=ANY)
    def close_or_open_a_network(self, number: int) -> None:
        network = self._network_at(number)
        self.is_open[network] = not self.is_open[network]
        services.set_network_state(self.rows[network], "active" if self.is_open[network] else "closed")

    @rule(number=ANY)
    def let_ask_others(self, number: int) -> None:
        network = self._network_at(number)
        self.may_ask_others[network] = True
        Network.objects.filter(pk=self.rows[network].pk).update(may_ask_others=True)

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self.time.shift(datetime.timedelta(days=days))
        services.sync_due_memberships()

    @rule(network=ANY, older=st.none() | ANY, asks=st.booleans(), days=st.none() | st.integers(0, 3))
    def issue(self, network: int, older: int | None, asks: bool, days: int | None) -> None:
        replaced = None if older is None else list(self.said)[older % len(self.said)]
        self._issue(self._network_at(network), asks, replaced, days)

    def _issue(self, network: str, asks: bool, older: str | None, days: int | None = 1) -> None:
        name = f"m{uuid.uuid4().hex[:8]}"
        replaced = MemoPage.objects.get(pk=self.said[older].page.pk) if older else None
        due = timezone.localdate() + datetime.timedelta(days=days) if asks and days is not None else None
        page = make_memo(self.rows[network], name, acknowledge=asks, acknowledge_by=due, replaces=replaced)
        self.said[name] = Memo(network, page, asks=asks, replaces=older, due=due)

    @rule(memo=ANY, choice=st.sampled_from(RULES), guests=st.booleans(), chosen=st.sets(st.integers(0, 4), max_size=2))
    def address(self, memo: int, choice: str, guests: bool, chosen: set[int]) -> None:
        said = self._memo_at(memo)
        is_named = choice == "networks"
        said.chosen = frozenset(map(self._network_at, chosen)) if is_named else frozenset()
        said.rule, said.guests = choice, guests and is_named
        set_rule(said.page, Rule(choice, frozenset(self.rows[slug].pk for slug in said.chosen), said.guests))

    @rule(memo=ANY, roles=st.sets(st.sampled_from(ROLES), max_size=2), networks=st.sets(st.integers(0, 4), max_size=2))
    def choose_whom(self, memo: int, roles: set[str], networks: set[int]) -> None:
        said = self._memo_at(memo)
        said.roles, said.networks, said.asks = frozenset(roles), frozenset(map(self._network_at, networks)), True
        asked = {"asked_roles": sorted(roles), "asked_networks": [self.rows[slug] for slug in said.networks]}
        self._publish(said, acknowledge=True, **asked)

    @rule(memo=ANY, is_material=st.booleans(), words=st.sampled_from(["", "a", "b"]))
    def change(self, memo: int, is_material: bool, words: str) -> None:
        said = self._memo_at(memo)
        declaration = {"declaration": declared(en="Said.")} if is_material else {}
        self._publish(said, summary=words, **declaration)
        said.edition += is_material

    def _publish(self, said: Memo, **changes: Any) -> None:
        """A second later, so that a withdrawn memo is back in force."""
        self.time.shift(datetime.timedelta(seconds=1))
        publish(said.page, **changes)
        said.withdrawn = False

    @rule(memo=ANY)
    def withdraw(self, memo: int) -> None:
        said = self._memo_at(memo)
        if not said.withdrawn:
            withdraw(record_of(said.page), reason="Wrong.", language="en", by=None)
            said.withdrawn = True

    @rule(memo=ANY)
    def archive_or_bring_back(self, memo: int) -> None:
        said = self._memo_at(memo)
        key = said.page.translation_key
        if said.archived and self.is_open[said.network]:
            bring_back(key, by=None)
            said.archived = False
        elif not said.archived and not said.withdrawn:
            archive(key, reason="Old.", language="en", by=None)
            said.archived = True

    @rule(memo=ANY, number=ANY, behind=st.sampled_from([0, 0, 1]))
    def acknowledge(self, memo: int, number: int, behind: int) -> None:
        """Also twice, also an edition that is no longer the current one, also by somebody who is not asked."""
        said, person = self._memo_at(memo), self._person_at(number)
        edition = said.edition - behind
        try:
            acknowledge(record_of(said.page), person=self.rows[person], language="en", edition=edition)
        except StaleEdition:
            assert (behind, self.is_in_force(said)) == (1, True)
        except (MemoWithdrawn, MemoArchived) as refusal:
            assert not self.is_in_force(said)
            assert isinstance(refusal, MemoWithdrawn) == said.withdrawn
        else:
            assert (behind, self.is_in_force(said)) == (0, True)
            said.receipts.add((person, edition))
            said.days.setdefault((person, edition), timezone.localdate())

    @rule(memo=ANY, number=ANY)
    def open(self, memo: int, number: int) -> None:
        """It is noted of whoever is asked, and of nobody else: see tests/memos/test_receipts.py."""
        said, person = self._memo_at(memo), self._person_at(number)
        note_reading(record_of(said.page), person=self.rows[person], language="fr")
        said.opened.add((person, said.edition))

    # What the rules say --------------------------------------------------------------------------------------

    def memberships(self, person: str) -> list[Held]:
        today = timezone.localdate()
        return [
            each for each in self.held if each.person == person and each.counts(today) and self.is_open[each.network]
        ]

    def brings_into(self, held: Held, memo: Memo) -> bool:
        """Whether this membership alone makes the memo visible."""
        if held.role == "guest":
            return memo.rule == "networks" and memo.guests and held.network == memo.network
        if held.network == memo.network or memo.rule == "everyone":
            return True
        kinds = {"members": {"office", "society"}, "partners": {"office", "society", "partner"}}.get(memo.rule, set())
        return self.kinds[held.network] in kinds or (memo.rule == "networks" and held.network in memo.chosen)

    def sees(self, person: str, memo: Memo) -> bool:
        if not self.active[person]:
            return False
        held = self.memberships(person)
        if any(self.brings_into(each, memo) for each in held):
            return True
        was_guest = any(each.person == person and each.role == "guest" for each in self.held)
        return memo.rule == "everyone" and not was_guest

    def is_in_force(self, memo: Memo) -> bool:
        return not memo.withdrawn and not memo.archived and self.is_open[memo.network]

    def is_asked(self, person: str, name: str) -> bool:
        memo = self.said[name]
        if not memo.asks or not self.is_in_force(memo) or not self.sees(person, memo):
            return False
        newer = (other for other in self.said.values() if other.replaces == name and not other.withdrawn)
        if any(self.sees(person, other) for other in newer):
            return False
        beyond = self.may_ask_others[memo.network] or self.kinds[memo.network] == "office"
        held = [each for each in self.memberships(person) if beyond or each.network == memo.network]
        if memo.roles or memo.networks:
            return any(
                self.brings_into(each, memo)
                and (not memo.roles or each.role in memo.roles)
                and (not memo.networks or each.network in memo.networks)
                for each in held
            )
        return beyond or any(each.role != "guest" for each in held)

    # What must hold ------------------------------------------------------------------------------------------

    @invariant()
    def memos_ask_whom_the_rules_name(self) -> None:
        for name, memo in self.said.items():
            record = MemoRecord.objects.select_related("item__network").get(item=memo.page.translation_key)
            asked = {person for person in self.active if self.is_asked(person, name)}
            owing = {person for person in asked if (person, memo.edition) not in memo.receipts}
            assert {person.name for person in people_asked(record)} == asked
            assert {person.name for person in people_owing(record)} == owing
            assert record.edition == memo.edition

    @invariant()
    def people_are_asked_for_what_the_rules_name(self) -> None:
        names = {memo.page.translation_key: name for name, memo in self.said.items()}
        for person in self.active:
            asked = {name for name in self.said if self.is_asked(person, name)}
            owed = {name for name in asked if (person, self.said[name].edition) not in self.said[name].receipts}
            listed = memos_for(self.rows[person], "to_acknowledge").values_list("item_id", flat=True)
            assert sorted(names[key] for key in listed) == sorted(owed)

    @invariant()
    def receipts_are_one_for_each_edition_and_stay(self) -> None:
        for memo in self.said.values():
            kept = Acknowledgement.objects.filter(record__item=memo.page.translation_key)
            pairs = list(kept.values_list("person__name", "edition"))
            assert len(pairs) == len(set(pairs))
            assert set(pairs) == memo.receipts


@pytest.mark.django_db
def test_who_is_asked_and_who_owes_are_what_the_rules_say() -> None:
    run_lives(Federation, examples=EXAMPLES, steps=STEPS)
