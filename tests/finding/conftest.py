"""The two societies and the table of the tests of pages, and whoever may ask why."""

import pytest
from django.test import Client

from intranet.accounts.models import User
from tests.pages.factories import make_network, make_person, signed_in
from tests.pages.front.conftest import World, world
from tests.search.conftest import slow

__all__ = ["World", "slow", "world"]


@pytest.fixture
def officer(world: World) -> User:
    """A coordinator of the office, who reads English."""
    return make_person("officer", (make_network("office", "office"), "coordinator"), language="en")


@pytest.fixture
def office(officer: User) -> Client:
    return signed_in(officer)
