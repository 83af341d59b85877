"""The numbers that decide an order, in one place. ``SEARCH_WEIGHTS`` in the settings overrides some by name.

The embedded engine uses those of title, headings, summary (SQLite), body and attachments, of an identifier, of every
word, of a kind that was named, and what is left of a score; it has no others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from django.conf import settings

from search.exceptions import InvalidSetting


@dataclass(frozen=True)
class Weights:
    """How much counts what. A plain word found in a body counts 1."""

    title: float = 5.0
    aliases: float = 5.0
    headings: float = 2.0
    summary: float = 2.0
    body: float = 1.0
    attachments: float = 0.6
    #: A word in one piece that the text has in several: *email* where it says *e-mail*.
    compounds: float = 0.8
    #: A whole identifier (a memo's number), whatever else is found: more than every word of a query.
    identifier: float = 1000.0
    #: Of what a word's weaker fields say, this part is added to what its best field says.
    tie: float = 0.3
    #: The reader's own language before the other one.
    own_language: float = 1.15
    #: The words of the query close together and in their order: in the title, and in the texts.
    title_phrase: float = 6.0
    text_phrase: float = 1.5
    #: Of more words two that follow each other, close together wherever.
    pair: float = 1.0
    #: Every word of the query in the title.
    whole_title: float = 6.0
    #: Every word of the query, wherever, for each of them: more than the others may earn where one is missing.
    every_word: float = 100.0
    #: Words that a query does not insist on.
    optional: float = 0.2
    #: Another form of what was typed (glossary), and a spelling near it.
    expansion: float = 0.5
    near_spelling: float = 0.5
    #: So many times the score has an item of the kind that the query names (*notes de service*).
    named_kind: float = 2.0
    #: What is left of the score of an item that was replaced.
    replaced: float = 0.25
    #: What is left of the score of an entry that only explains words: the page shows it apart, above the results.
    explaining: float = 0.05
    #: What is left of the score of dated news after ``aging_days``, and after twice that time its square.
    aged: float = 0.7
    aging_days: float = 730.0


#: What is left of something.
_PARTS = ("replaced", "explaining", "aged")


def weights() -> Weights:
    """The weights in force. Raises InvalidSetting for a name that is unknown or a value that is no positive number,
    or no part where a part of a score is meant.
    """
    changes = getattr(settings, "SEARCH_WEIGHTS", None) or {}
    if not isinstance(changes, Mapping):
        raise InvalidSetting(f"SEARCH_WEIGHTS must be a mapping of names to numbers; it is {changes!r}.")
    known = {field.name for field in fields(Weights)}
    for name, value in changes.items():
        if name not in known:
            raise InvalidSetting(f"SEARCH_WEIGHTS has no {name!r}; known are {', '.join(sorted(known))}.")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise InvalidSetting(f"SEARCH_WEIGHTS[{name!r}] must be a number above 0; it is {value!r}.")
        if name in _PARTS and value >= 1:
            raise InvalidSetting(f"SEARCH_WEIGHTS[{name!r}] must be below 1, a part of a score; it is {value!r}.")
    return replace(Weights(), **changes)


def quorum(words: int) -> int:
    """How many of a query's words an item must have: half. What has them all comes first; a query is a description."""
    return -(-words // 2)
