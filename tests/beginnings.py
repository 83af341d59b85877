"""What tests in a row begin with is made once, in a transaction around theirs; each gets a copy."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

Make = Callable[[], Any]


class Beginnings:
    """What is there for the tests of one process, and the transaction that it was made in."""

    def __init__(self) -> None:
        self._made: dict[Make, Any] = {}
        self._transaction: transaction.Atomic | None = None

    def prepare(self, item: pytest.Item) -> None:
        """Before a test's own transaction: keep what is there if it is what the test begins with."""
        makes = [] if _commits(item) else [make for make in map(_make_of, _fixtures(item)) if make]
        if makes == list(self._made):
            return
        self.clear()
        if makes:
            self._transaction = transaction.atomic()
            self._transaction.__enter__()
            with translation.override("en"):
                self._made = {make: make() for make in makes}

    def copy_of(self, make: Make) -> Any:
        """What ``make`` returned, as it was then; made now for a test that commits."""
        return copy.deepcopy(self._made[make]) if make in self._made else make()

    def clear(self) -> None:
        self._made = {}
        if self._transaction is not None:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)
            self._transaction = None


beginnings = Beginnings()


def beginning(make: Make) -> Any:
    """A fixture that gives each test what ``make`` makes in the database."""

    @pytest.fixture
    def copied(db: None) -> Any:
        return beginnings.copy_of(make)

    copied._get_wrapped_function().make = make
    return copied


def _fixtures(item: pytest.Item) -> list[Any]:
    definitions = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    return [definitions[name][-1].func for name in item.fixturenames if name in definitions]  # type: ignore[attr-defined]


def _make_of(function: Any) -> Make | None:
    return getattr(function, "make", None)


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))
