"""What is to be matched, as a tree that both databases' full text can say in their own way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


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
class AtLeast:
    """So many of the parts. A dialect says that it is one of them: the index counts the others beside it."""

    number: int
    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Without:
    """What matches one and not the other."""

    wanted: Expression
    excluded: Expression


Expression = Phrase | Prefix | All | AnyOf | AtLeast | Without


@dataclass(frozen=True)
class Ranking:
    """What a score is made of: how well an entry matches ``wanted``, and whether it has all that was ``typed``."""

    wanted: Expression
    typed: Expression | None


def all_of(parts: Sequence[Expression]) -> Expression:
    """Every part; one alone stands for itself."""
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def any_of(parts: Sequence[Expression]) -> Expression:
    """At least one part; one alone stands for itself."""
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def at_least(number: int, parts: Sequence[Expression]) -> Expression:
    """So many of the parts."""
    if number in (1, len(parts)):
        return any_of(parts) if number == 1 else all_of(parts)
    return AtLeast(number, tuple(parts))


def quorums_of(expression: Expression) -> Iterator[AtLeast]:
    """What has to be counted of an expression that must match; alternatives have nothing of that kind."""
    if isinstance(expression, AtLeast):
        yield expression
    elif isinstance(expression, Without):
        yield from quorums_of(expression.wanted)
    elif isinstance(expression, All):
        for part in expression.parts:
            yield from quorums_of(part)


def count_of(quorum: AtLeast, has: str, say: Callable[[Expression], str]) -> tuple[str, list[object]]:
    """SQL for how many of the parts there are; ``has`` is 1 where the match that is its one value is there."""
    return f"({' + '.join([has] * len(quorum.parts))})", [say(part) for part in quorum.parts]


def counted(match: Expression, has: str, say: Callable[[Expression], str]) -> tuple[str, list[object]]:
    """The condition that what has to be counted is there often enough; empty where there is none."""
    conditions, values = "", list[object]()
    for quorum in quorums_of(match):
        count, parts = count_of(quorum, has, say)
        conditions += f" AND {count} >= {quorum.number}"
        values += parts
    return conditions, values


def phrases_of(expression: Expression) -> Iterator[Phrase | Prefix]:
    """Every phrase that what matches may have, as often as it is named."""
    if isinstance(expression, Phrase | Prefix):
        yield expression
    elif isinstance(expression, Without):
        yield from phrases_of(expression.wanted)
    else:
        for part in expression.parts:
            yield from phrases_of(part)


@dataclass(frozen=True)
class Dialect:
    """How a database's full text says an expression. Terms are letters and digits: there is nothing to escape."""

    phrase: Callable[[tuple[str, ...]], str]
    prefix: str
    every: str
    either: str
    without: str

    def say(self, expression: Expression) -> str:
        """The expression in this dialect."""
        if isinstance(expression, Phrase):
            return self.phrase(expression.terms)
        if isinstance(expression, Prefix):
            return self.prefix.format(expression.term)
        if isinstance(expression, Without):
            return f"({self.say(expression.wanted)}{self.without}{self.say(expression.excluded)})"
        between = self.every if isinstance(expression, All) else self.either
        return "(" + between.join(self.say(part) for part in expression.parts) + ")"
