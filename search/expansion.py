"""What a query is also looked for as: other words for the same thing, asked for anew with each query."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

logger = logging.getLogger(__name__)

#: Of one typed text at most this many other forms are looked for, and at most this many texts of a query have any.
MAX_FORMS = 8
MAX_EXPANSIONS = 5


@dataclass(frozen=True)
class Expansion:
    """``typed``, words of the query as they were typed, also looked for as each of ``forms``; ``key`` names the entry
    that explains them, if there is one."""

    typed: str
    forms: tuple[str, ...]
    key: str = ""


Expander = Callable[[str], Iterable[Expansion]]
_expanders: dict[str, Expander] = {}


def register_expander(name: str, expander: Expander) -> None:
    """Let ``expander`` be asked with each query's text; the same name replaces. It gives forms for words of the text.

    Expansions are vocabulary, not content: whatever they lead to is still sought within the reader's audience.
    """
    _expanders[name] = expander


def expansions_of(text: str) -> tuple[Expansion, ...]:
    """What the expanders know about the words of a text, the longest typed text first, bounded."""
    found = [expansion for expander in _expanders.values() for expansion in expander(text) if text]
    found.sort(key=lambda expansion: (-len(expansion.typed), expansion.typed))
    return tuple(
        Expansion(expansion.typed, expansion.forms[:MAX_FORMS], expansion.key) for expansion in found[:MAX_EXPANSIONS]
    )
