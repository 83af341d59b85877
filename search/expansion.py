"""What a query is also looked for as: other words for the same thing, asked for anew with each query."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from search.stamps import Stamps
from search.text import is_stop_word

#: Of one typed text at most this many other forms are looked for, and at most this many texts of a query have any.
MAX_FORMS = 8
MAX_EXPANSIONS = 5
#: So many entries at most stand above results, of so many that are looked up, since not everybody may see all.
MAX_PINNED, MAX_PINNED_TRIED = 3, 50


@dataclass(frozen=True)
class Expansion:
    """``typed``, words of the query as they were typed, also looked for as each of ``forms``.

    ``key`` names the entry that explains them, if there is one, or, where it ``is_pinned``, that belongs above whatever
    is found.
    """

    typed: str
    forms: tuple[str, ...]
    key: str = ""
    is_pinned: bool = False


Expander = Callable[[str, frozenset[str], Stamps], Iterable[Expansion]]
_expanders: dict[str, Expander] = {}


def register_expander(name: str, expander: Expander) -> None:
    """Let ``expander`` be asked with each query's text; the same name replaces. It gives forms for words of the text.

    It is given the reader's tokens, since the page says what else was looked for, and the stamps that hold now, so that
    it can keep what it reads (:class:`search.stamps.Kept`). Whatever the forms lead to is still sought within the
    reader's audience.
    """
    _expanders[name] = expander


def expansions_of(text: str, tokens: frozenset[str], stamps: Stamps) -> tuple[Expansion, ...]:
    """What the expanders know about the words of a text, what is pinned first, then the longest; bounded.

    A form that reads as a function word (*IT*) would be met in every text, and is left out.
    """
    found = [expansion for expander in _expanders.values() for expansion in expander(text, tokens, stamps) if text]
    pinned = [expansion for expansion in found if expansion.is_pinned][:MAX_PINNED_TRIED]
    others = [expansion for expansion in found if not expansion.is_pinned]
    others.sort(key=lambda expansion: (-len(expansion.typed), expansion.typed))
    return tuple(
        replace(expansion, forms=tuple(form for form in expansion.forms if not is_stop_word(form))[:MAX_FORMS])
        for expansion in (*pinned, *others[:MAX_EXPANSIONS])
    )
