"""What the random lives of memos share: three networks, four people, who come and go, and rules that change."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, precondition, rule

from intranet.networks.exceptions import AudienceError
from tests.leaks.world import World

NETWORKS = Bundle("networks")
PEOPLE = Bundle("people")
MEMOS = Bundle("memos")


class SmallFederation(RuleBasedStateMachine):
    """One transaction, which is rolled back at the end; machines add memos, what is done with them, what must hold."""

    networks, people, memos = NETWORKS, PEOPLE, MEMOS

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = World()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(target=NETWORKS)
    def first_networks(self) -> Any:
        return multiple(*(self.world.add_network(kind, kind != "table") for kind in ("office", "society", "table")))

    @initialize(target=PEOPLE)
    def first_people(self) -> Any:
        return multiple(*(self.world.add_person(False) for _each in range(4)))

    @rule(
        person=PEOPLE,
        network=NETWORKS,
        role=st.sampled_from(["reader", "reader", "publisher", "coordinator", "guest"]),
    )
    def join(self, person: str, network: str, role: str) -> None:
        self.world.join(person, network, role, "now")

    @precondition(lambda self: self.world.memberships)
    @rule(data=st.data())
    def end_membership(self, data: Any) -> None:
        self.world.end_membership(data.draw(st.integers(0, len(self.world.memberships) - 1)))

    @rule(person=PEOPLE, is_active=st.sampled_from([True, True, False]))
    def set_active(self, person: str, is_active: bool) -> None:
        self.world.set_active(person, is_active)

    @rule(
        name=MEMOS,
        choice=st.sampled_from(["", "section", "members", "partners", "everyone", "networks"]),
        network=NETWORKS,
        guests=st.booleans(),
    )
    def set_rule(self, name: str, choice: str, network: str, guests: bool) -> None:
        chosen = frozenset({network}) if choice == "networks" else frozenset()
        try:
            self.world.set_rule(name, choice, chosen, guests)
        except AudienceError:
            return

    def needs_readers(self, network: str, *roles: str) -> None:
        """The first people belong to the network, in these roles: somebody is there to be told."""
        for person, role in zip(self.world.people, roles, strict=False):
            if not self.world.model.belongs(person, network):
                self.world.join(person, network, role, "now")
