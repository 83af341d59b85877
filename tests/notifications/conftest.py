"""People, pages and the worker's work for the tests of notifications."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from intranet.accounts.models import User
from intranet.networks.models import Network
from intranet.notifications.jobs import DeliverJob
from tests.beginnings import beginning
from tests.pages.factories import make_halifax, make_person


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Time stands still at the module's ``NOON``, until a test moves it."""
    with time_machine.travel(request.module.NOON, tick=False) as traveller:
        yield traveller


network = beginning(make_halifax)


@pytest.fixture
def reader(network: Network) -> User:
    return make_person("lise", (network, "reader"))


@pytest.fixture
def deliver() -> Callable[[], None]:
    """What the worker does until nothing is due."""

    def run() -> None:
        while DeliverJob().run():
            pass

    return run
