"""People, pages and the worker's work for the tests of notifications."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from intranet.notifications.jobs import DeliverJob


@pytest.fixture
def deliver() -> Callable[[], None]:
    """What the worker does until nothing is due."""

    def run() -> None:
        while DeliverJob().run():
            pass

    return run
