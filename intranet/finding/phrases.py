"""Queries that come to the same: two people type one question in two ways."""

from __future__ import annotations

from search.conf import LANGUAGES
from search.text import is_stop_word, stem, word_spans

MAX_WORDS = 12
"""A longer text is no question that others ask too."""


def phrase_key(text: str, language: str) -> str:
    """The stems of the words that count, in the order of the alphabet; empty where there is none, or too many.

    A word that quotes keep exact is a word like another here.
    """
    words = [word for _start, _end, word in word_spans(text)]
    counted = [word for word in words if not is_stop_word(word)] or words
    if len(counted) > MAX_WORDS:
        return ""
    stems = sorted({found for word in counted if (found := stem(word, language))})
    return f"{language}:{' '.join(stems)}" if stems else ""


def keys_of(text: str) -> list[str]:
    """The keys of a query, whose language nobody knows."""
    return [key for language in LANGUAGES if (key := phrase_key(text, language))]
