"""Random lives of a federation: who is asked and who owes are what the rules say, by a model that reads them afresh."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from intranet.accounts.models import User
from intranet.memos.exceptions import MemoWithdrawn, StaleEdition
from intranet.memos.listing import memos_for
from intranet.memos.models import Acknowledgement, Edition, MemoPage, MemoRecord
from intranet.memos.owing import people_asked, people_owing
from intranet.memos.services import acknowledge, withdraw
from intranet.memos.verifying import verify
from intranet.networks import services
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from tests.memos.factories import declared, make_memo, publish, record_of
from tests.pages.factories import make_network, set_rule

EXAMPLES, STEPS = 12, 25
START = datetime.datetime(2026, 3, 2, 15, tzinfo=datetime.UTC)
ROLES = ("reader", "publisher", "coordinator", "guest")
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
    edition: int = 1
    states: int = 1
    receipts: set[tuple[str, int]] = field(default_factory=set)


class Federation(RuleBasedStateMachine):
    """Publications, editions, joins, leaves, audiences, receipts and the calendar, in any order."""

    people, networks, memos = Bundle("people"), Bundle("networks"), Bundle("memos")

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(START, tick=False)
        self.time = self.clock.start()
        self.mark = transaction.savepoint()
        self.kinds: dict[str, str] = {}
        self.open: dict[str, bool] = {}
        self.may_ask_others: dict[str, bool] = {}
        self.active: dict[str, bool] = {}
        self.held: list[Held] = []
        self.said: dict[str, Memo] = {}
        self.rows: dict[str, Any] = {}

    def teardown(self) -> None:
        self.clock.stop()
        transaction.savepoint_rollback(self.mark)

    # What happens --------------------------------------------------------------------------------------------

    @rule(target=networks, kind=st.sampled_from(["office", "society", "society", "partner", "table"]))
    def add_network(self, kind: str) -> str:
        slug = f"n{uuid.uuid4().hex[:8]}"
        self.rows[slug] = make_network(slug, kind, code=slug.upper())
        self.kinds[slug], self.open[slug], self.may_ask_others[slug] = kind, True, False
        return slug

    @rule(target=people)
    def add_person(self) -> str:
        name = f"p{uuid.uuid4().hex[:8]}"
        self.rows[name] = User.objects.create_user(f"{name}@example.org", None, name=name, language="en")
        self.active[name] = True
        return name

    @rule(
        person=people, network=networks, role=st.sampled_from(ROLES), first=st.integers(-2, 3), days=st.integers(0, 9)
    )
    def join(self, person: str, network: str, role: str, first: int, days: int) -> None:
        """``days`` 0: without an end."""
        begins = timezone.localdate() + datetime.timedelta(days=first)
        last = begins + datetime.timedelta(days=days) if days else None
        row = services.add_membership(
            person=self.rows[person], network=self.rows[network], role=role, starts_on=begins, until=last
        )
        for other in self.held:
            other.row.refresh_from_db()
            other.ended = other.row.ended_at is not None
        self.held.append(Held(person, network, role, begins, last, row))

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        held = [each for each in self.held if not each.ended]
        if held:
            one = data.draw(st.sampled_from(range(len(held))))
            services.end_membership(held[one].row)
            held[one].ended = True

    @rule(person=people)
    def leave_or_return(self, person: str) -> None:
        self.active[person] = not self.active[person]
        self.rows[person].is_active = self.active[person]
        self.rows[person].save(update_fields=["is_active"])

    @rule(network=networks)
    def close_or_open(self, network: str) -> None:
        self.open[network] = not self.open[network]
        services.set_network_state(self.rows[network], "active" if self.open[network] else "closed")

    @rule(network=networks)
    def let_ask_others(self, network: str) -> None:
        self.may_ask_others[network] = True
        Network.objects.filter(pk=self.rows[network].pk).update(may_ask_others=True)

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self.time.shift(datetime.timedelta(days=days))
        services.sync_due_memberships()

    @rule(target=memos, network=networks, data=st.data(), asks=st.booleans())
    def issue(self, network: str, data: st.DataObject, asks: bool) -> str:
        older = data.draw(st.sampled_from([None, *self.said]))
        name = f"m{uuid.uuid4().hex[:8]}"
        replaced = MemoPage.objects.get(pk=self.said[older].page.pk) if older else None
        page = make_memo(self.rows[network], name, acknowledge=asks, replaces=replaced)
        self.said[name] = Memo(network, page, asks=asks, replaces=older)
        return name

    @rule(memo=memos, choice=st.sampled_from(RULES), guests=st.booleans(), data=st.data())
    def address(self, memo: str, choice: str, guests: bool, data: st.DataObject) -> None:
        chosen = frozenset(data.draw(st.sets(st.sampled_from(list(self.kinds)), max_size=2)))
        if choice != "networks":
            chosen, guests = frozenset(), False
        set_rule(self.said[memo].page, Rule(choice, frozenset(self.rows[slug].pk for slug in chosen), guests))
        self.said[memo].rule, self.said[memo].chosen, self.said[memo].guests = choice, chosen, guests

    @rule(memo=memos, roles=st.sets(st.sampled_from(ROLES), max_size=2), data=st.data())
    def choose_whom(self, memo: str, roles: set[str], data: st.DataObject) -> None:
        said = self.said[memo]
        said.networks = frozenset(data.draw(st.sets(st.sampled_from(list(self.kinds)), max_size=2)))
        said.roles, said.asks = frozenset(roles), True
        self._publish(
            said,
            acknowledge=True,
            asked_roles=sorted(roles),
            asked_networks=[self.rows[slug] for slug in said.networks],
        )

    @rule(memo=memos, is_material=st.booleans(), words=st.sampled_from(["", "a", "b"]))
    def change(self, memo: str, is_material: bool, words: str) -> None:
        said = self.said[memo]
        declaration = {"declaration": declared(en="Said.")} if is_material else {}
        self._publish(said, summary=words, **declaration)
        said.edition += is_material

    def _publish(self, said: Memo, **changes: Any) -> None:
        """A second later, so that a withdrawn memo is back in force."""
        self.time.shift(datetime.timedelta(seconds=1))
        publish(said.page, **changes)
        said.withdrawn = False

    @rule(memo=memos)
    def withdraw(self, memo: str) -> None:
        if not self.said[memo].withdrawn:
            withdraw(record_of(self.said[memo].page), reason="Wrong.", language="en", by=None)
            self.said[memo].withdrawn = True

    @rule(memo=memos, person=people, behind=st.integers(0, 1))
    def acknowledge(self, memo: str, person: str, behind: int) -> None:
        """Also twice, also an edition that is no longer the current one, also by somebody who is not asked."""
        said = self.said[memo]
        edition = said.edition - behind
        try:
            acknowledge(record_of(said.page), person=self.rows[person], language="en", edition=edition)
        except StaleEdition:
            assert behind
            assert not said.withdrawn
        except MemoWithdrawn:
            assert said.withdrawn
        else:
            assert (behind, said.withdrawn) == (0, False)
            said.receipts.add((person, edition))

    # What the rules say --------------------------------------------------------------------------------------

    def memberships(self, person: str) -> list[Held]:
        today = timezone.localdate()
        return [each for each in self.held if each.person == person and each.counts(today) and self.open[each.network]]

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

    def is_asked(self, person: str, name: str) -> bool:
        memo = self.said[name]
        if not memo.asks or memo.withdrawn or not self.sees(person, memo):
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
        titles = {record.item_id: name for name, memo in self.said.items() for record in [record_of(memo.page)]}
        for person in self.active:
            asked = {name for name in self.said if self.is_asked(person, name)}
            owed = {name for name in asked if (person, self.said[name].edition) not in self.said[name].receipts}
            listed = memos_for(self.rows[person], "to_acknowledge")
            assert [titles[key] for key in listed.values_list("item_id", flat=True) if titles[key] not in owed] == []
            assert listed.count() == len(owed)

    @invariant()
    def receipts_are_one_for_each_edition_and_stay(self) -> None:
        for memo in self.said.values():
            kept = Acknowledgement.objects.filter(record__item=memo.page.translation_key)
            pairs = list(kept.values_list("person__name", "edition"))
            assert len(pairs) == len(set(pairs))
            assert set(pairs) == memo.receipts

    @invariant()
    def editions_prove_themselves(self) -> None:
        assert [found for found in verify() if found[1]] == []
        for memo in self.said.values():
            numbers = Edition.objects.filter(record__item=memo.page.translation_key, revision=1)
            assert sorted(numbers.values_list("number", flat=True)) == list(range(1, memo.edition + 1))


@pytest.mark.django_db
@pytest.mark.sqlite
def test_who_is_asked_and_who_owes_are_what_the_rules_say() -> None:
    run_state_machine_as_test(
        Federation,
        settings=hypothesis_settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            print_blob=True,
        ),
    )
