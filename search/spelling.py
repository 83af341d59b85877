"""Near spellings: how far a typing error may be from the word, and which word was meant."""

import re
from collections.abc import Iterable

from rapidfuzz.distance import DamerauLevenshtein

from search.text import plain_word, without_article, without_possessive, word_spans

#: From this length on a word may have two errors; shorter ones one.
_LONG_WORD = 8
MAX_SPELLINGS = 8


def tolerance(word: str) -> int:
    """How many letters may be wrong."""
    return 2 if len(word) >= _LONG_WORD else 1


def nearest(word: str, candidates: Iterable[str]) -> list[str]:
    """The candidates that a typing error may have turned into the word, the nearest first. The first letter counts."""
    typed = plain_word(word)
    allowed = tolerance(typed)
    near = [
        (distance, candidate)
        for candidate in set(candidates)
        if candidate[:1] == typed[:1]
        and (distance := DamerauLevenshtein.distance(typed, candidate, score_cutoff=allowed)) <= allowed
    ]
    return [candidate for _distance, candidate in sorted(near)[:MAX_SPELLINGS]]


def corrected(text: str, doubtful: Iterable[str], seen: Iterable[str]) -> str | None:
    """The text with its doubtful words as the texts ``seen`` spell them; None where these spell none of them.

    Where they have just what was typed (*womens*, as *women's* is without its sign), the text comes back as it is.
    """
    spellings: dict[str, str] = {}
    for piece in seen:
        for _start, _end, word in word_spans(piece):
            whole = without_article(word.casefold())
            for form in (whole, without_possessive(whole)):
                spellings.setdefault(plain_word(form), form)
    better = text
    are_there = False
    for word in doubtful:
        if plain_word(word) in spellings:
            are_there = True
        elif found := nearest(word, spellings):
            better = _replaced(better, word, spellings[found[0]])
    return better if are_there or better != text else None


def _replaced(text: str, word: str, better: str) -> str:
    """The text with another word in place of this one, where it stands alone or after an article."""
    return re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", lambda _found: better, text)
