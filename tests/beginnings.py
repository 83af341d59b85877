"""What tests in a row begin with is made once, in a transaction around theirs; each gets a copy."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

Make = Callable[[], Any]


@dataclass(frozen=True)
class Beginning:
    """What was made, and the transaction that it was made in."""

    make: Make
    made: Any
    transaction: transaction.Atomic


class Beginnings:
    """What is there for the tests of one process, one within the other."""

    def __init__(self) -> None:
        self._stack: list[Beginning] = []

    def prepare(self, item: pytest.Item) -> None:
        """Before a test's own transaction: keep of what is there what the test begins with, too."""
        makes = [] if _commits(item) else [make for make in map(_make_of, _fixtures(item)) if make]
        while [each.make for each in self._stack] != makes[: len(self._stack)]:
            self._undo_last()
        for make in makes[len(self._stack) :]:
            self._add(make)

    def copy_of(self, make: Make) -> Any:
        """What ``make`` returned, as it was then; made now for a test that commits."""
        made = [each.made for each in self._stack if each.make == make]
        return copy.deepcopy(made[0]) if made else make()

    def clear(self) -> None:
        while self._stack:
            self._undo_last()

    def _add(self, make: Make) -> None:
        around = transaction.atomic()
        around.__enter__()
        try:
            with translation.override("en"):
                made = make()
        except BaseException:
            _undo(around)
            raise
        self._stack.append(Beginning(make, made, around))

    def _undo_last(self) -> None:
        _undo(self._stack.pop().transaction)


beginnings = Beginnings()


def beginning(make: Make) -> Any:
    """A fixture that gives each test what ``make`` makes in the database."""

    @pytest.fixture
    def copied(db: None) -> Any:
        return beginnings.copy_of(make)

    copied._get_wrapped_function().make = make
    return copied


def _undo(around: transaction.Atomic) -> None:
    transaction.set_rollback(True)
    around.__exit__(None, None, None)


def _fixtures(item: pytest.Item) -> list[Any]:
    definitions = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    return [definitions[name][-1].func for name in item.fixturenames if name in definitions]  # type: ignore[attr-defined]


def _make_of(function: Any) -> Make | None:
    return getattr(function, "make", None)


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))
