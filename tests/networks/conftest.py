"""Networks and people for these tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from intranet.accounts.models import User
from intranet.networks.models import Network
from intranet.networks.services import add_membership, provision_network

MakeNetwork = Callable[..., Network]
MakePerson = Callable[..., User]


@pytest.fixture
def make_network(db: None) -> MakeNetwork:
    def make(slug: str, kind: str = "society", **fields: object) -> Network:
        return provision_network(
            slug=slug, kind=kind, name_en=f"{slug} in English", name_fr=f"{slug} en français", **fields
        )

    return make


@pytest.fixture
def make_person(db: None) -> MakePerson:
    def make(name: str, network: Network | None = None, role: str = "reader", **fields: object) -> User:
        person = User.objects.create_user(f"{name}@example.org", "correct horse battery", name=name, **fields)
        if network is not None:
            add_membership(person=person, network=network, role=role)
        return person

    return make


@pytest.fixture
def manager(make_network: MakeNetwork, make_person: MakePerson) -> User:
    """A coordinator of the office, who reads English."""
    return make_person("manager", make_network("office", "office"), "coordinator", language="en")
