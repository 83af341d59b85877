"""What is to be matched, as a tree that both databases' full text can say in their own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True)
class Phrase:
    """Terms one after the other."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class Prefix:
    """A term that begins like this."""

    term: str


@dataclass(frozen=True)
class All:
    """Every part."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Without:
    """What matches one and not the other."""

    wanted: Expression
    excluded: Expression


Expression = Phrase | Prefix | All | AnyOf | Without


def all_of(parts: Sequence[Expression]) -> Expression:
    """Every part; one alone stands for itself."""
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def any_of(parts: Sequence[Expression]) -> Expression:
    """At least one part; one alone stands for itself."""
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def at_least(number: int, parts: Sequence[Expression]) -> Expression:
    """So many of the parts."""
    return any_of([all_of(chosen) for chosen in combinations(parts, number)])
