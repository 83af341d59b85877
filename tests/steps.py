"""How much work a text is, counted and not timed: what functions are handed, and the steps of regular expressions.

Python tells nothing of what goes on within a regular expression. So one is matched here as ``re`` would match it, by
going back, and each look at a character counts.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType, ModuleType
from typing import Any

Then = Callable[[int], int | None]
"""What comes after: where all of it ends if it begins here, None if it does not match."""


def handed(work: Callable[[str], Any], text: str) -> int:
    """How many functions are called while a text is worked on, with how many characters of pieces of it."""
    total = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal total
        if event == "call":
            total += 1 + sum(len(value) for value in _pieces(frame, text))
        elif event == "c_call":
            total += 1

    sys.setprofile(count)
    try:
        work(text)
    finally:
        sys.setprofile(None)
    return total


def _pieces(frame: FrameType, text: str) -> list[str]:
    arguments = frame.f_code.co_varnames[: frame.f_code.co_argcount]
    values = (frame.f_locals[name] for name in arguments if name in frame.f_locals)
    return [value for value in values if isinstance(value, str) and value is not text]


def patterns_of(module: ModuleType) -> dict[str, re.Pattern[str]]:
    """The regular expressions of a module, by their names."""
    return {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}


def steps(pattern: re.Pattern[str], text: str) -> int:
    """How often a character is looked at while the pattern is sought in all of the text."""
    search = _Search(pattern, text)
    at = 0
    while at <= len(text):
        end = search.match(at)
        at = max(end, at + 1) if end is not None else at + 1
    return search.looks


class _Search:
    """One pattern, one text."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self.parsed = list(parser.parse(pattern.pattern, pattern.flags))
        self.ignores_case = bool(pattern.flags & re.IGNORECASE)
        self.text = text
        self.looks = 0

    def match(self, at: int) -> int | None:
        """Where a match that begins here ends."""
        return self._run(self.parsed, at, lambda end: end)

    def _run(self, items: list[Any], at: int, then: Then) -> int | None:
        if not items:
            return then(at)
        (kind, value), rest = items[0], items[1:]

        def go_on(end: int) -> int | None:
            return self._run(rest, end, then)

        if kind in (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY):
            return go_on(at + 1) if self._is_one(kind, value, at) else None
        if kind in (op.MAX_REPEAT, op.POSSESSIVE_REPEAT, op.MIN_REPEAT):
            return self._repeat(value, at, go_on)
        if kind is op.SUBPATTERN:
            return self._run(list(value[-1]), at, go_on)
        if kind is op.BRANCH:
            ends = (self._run(list(branch), at, go_on) for branch in value[1])
            return next((end for end in ends if end is not None), None)
        if kind in (op.ASSERT, op.ASSERT_NOT):
            return go_on(at) if self._is_beside(value, at) == (kind is op.ASSERT) else None
        if kind is op.AT:
            self.looks += 1
            return (
                go_on(at)
                if at == (0 if value in (op.AT_BEGINNING, op.AT_BEGINNING_STRING) else len(self.text))
                else None
            )
        raise NotImplementedError(f"{kind} is not counted yet.")

    def _is_beside(self, value: tuple[int, Any], at: int) -> bool:
        direction, inner = value
        start = at if direction > 0 else at - inner.getwidth()[0]
        return start >= 0 and self._run(list(inner), start, lambda end: end) is not None

    def _repeat(self, value: tuple[int, int, Any], at: int, then: Then) -> int | None:
        least, most, inner = value
        items = list(inner)
        if len(items) == 1 and items[0][0] in (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY):
            end = at
            while end - at < most and self._is_one(*items[0], end):
                end += 1
            tried = (then(place) for place in range(end, at + least - 1, -1))
            return next((found for found in tried if found is not None), None)

        def again(times: int, begin: int) -> int | None:
            if times < most:
                more = self._run(items, begin, lambda end: again(times + 1, end) if end > begin else None)
                if more is not None:
                    return more
            return then(begin) if times >= least else None

        return again(0, at)

    def _is_one(self, kind: Any, value: Any, at: int) -> bool:
        self.looks += 1
        if at >= len(self.text):
            return False
        if kind is op.ANY:
            return self.text[at] != "\n"
        letters = {self.text[at]} | ({self.text[at].lower(), self.text[at].upper()} if self.ignores_case else set())
        if kind is op.IN:
            members = [member for member in value if member[0] is not op.NEGATE]
            is_in = any(_is_member(member, letter) for member in members for letter in letters)
            return is_in != (len(members) < len(value))
        return (chr(value) in letters) == (kind is op.LITERAL)


def _is_member(member: tuple[Any, Any], letter: str) -> bool:
    kind, value = member
    if kind is op.CATEGORY:
        return _CATEGORIES[value](letter)
    code = ord(letter[:1])
    return code == value if kind is op.LITERAL else value[0] <= code <= value[1]


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    op.CATEGORY_WORD: _is_word,
    op.CATEGORY_NOT_WORD: lambda letter: not _is_word(letter),
    op.CATEGORY_DIGIT: lambda letter: unicodedata.category(letter[:1]) == "Nd",
    op.CATEGORY_NOT_DIGIT: lambda letter: unicodedata.category(letter[:1]) != "Nd",
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda letter: not letter.isspace(),
}


def assert_in_proportion(cost: Callable[[str], int], piece: str, pieces: int) -> None:
    """Eight times the text costs eight times as much at most, and 64 times where something is quadratic."""
    once, eightfold = cost(piece * pieces), cost(piece * pieces * 8)
    assert eightfold <= 16 * once, (once, eightfold)


def steps_of(patterns: Iterable[re.Pattern[str]], text: str) -> int:
    """The steps of several patterns in a text."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        return sum(steps(pattern, text) for pattern in patterns)
    finally:
        sys.setrecursionlimit(limit)
