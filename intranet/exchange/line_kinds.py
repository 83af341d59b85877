"""Lines of other types than networks, people, topics and items: what a plugin keeps for the whole federation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import BaseModel


class LineKind(ABC):
    """One type of line. A plugin registers an instance in its ``ready()``: ``register_line_kind(TermLines())``.

    ``type`` is the value of ``type`` in a line, ``key`` the field that finds what is there, ``schema`` what a line may
    say. Such lines depend on no other line and go in after the topics; an export of one network leaves them out.
    """

    type: ClassVar[str]
    key: ClassVar[str]
    schema: ClassVar[type[BaseModel]]

    @abstractmethod
    def write(self, line: Any) -> str:
        """Make what is there what the checked ``line`` says; ``created``, ``updated`` or ``unchanged``.

        Raises:
            ValidationError: Django's, whose reasons are said at the line.
        """

    @abstractmethod
    def lines(self) -> Iterator[dict[str, Any]]:
        """Every object as a line, in an order that stays."""


_kinds: dict[str, LineKind] = {}


def register_line_kind(kind: LineKind) -> None:
    """Make a type of line known; the same class again changes nothing."""
    _kinds[kind.type] = kind


def line_kinds() -> dict[str, LineKind]:
    """The plugins' types of lines by their names, in the order of the names."""
    return dict(sorted(_kinds.items()))
