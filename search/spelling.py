"""Near spellings: how far a typing error may be from the word, and which word was meant."""

import re
from collections import Counter
from collections.abc import Iterable

from rapidfuzz.distance import DamerauLevenshtein

from search.conf import LANGUAGES
from search.text import plain_word, stem, without_article, without_possessive, word_spans

#: From this length on a word may have two errors; shorter ones one.
LONG_WORD = 9
MAX_SPELLINGS = 8
#: A word that at most so many visible items have is rare; what is near it in so many times as many may be meant.
RARE = 2
TIMES_AS_MANY = 5


def is_far_rarer(typed: int, near: int) -> bool:
    """Whether a word that so many items have as typed, and so many nearly so, may be a mistake for another."""
    return 0 < typed <= RARE and near - typed >= TIMES_AS_MANY * typed


def tolerance(word: str) -> int:
    """How many letters may be wrong."""
    return 2 if len(word) >= LONG_WORD else 1


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
    spellings, _times = _spellings(seen)
    better = text
    are_there = False
    for word in doubtful:
        if plain_word(word) in spellings:
            are_there = True
        elif found := nearest(word, spellings):
            better = _replaced(better, word, spellings[found[0]])
    return better if are_there or better != text else None


def commoner(text: str, rare: Iterable[str], seen: Iterable[str]) -> str | None:
    """The text with its rare words in the near spelling that most of the texts ``seen`` have; None where there is none.

    Another form of a word is no spelling of it.
    """
    spellings, times = _spellings(seen)
    better = text
    for word in rare:
        near = [spelling for spelling in nearest(word, spellings) if not _is_form(spelling, word)]
        best = max(near, key=lambda spelling: times[spelling], default="")
        if times[best] > times[plain_word(word)]:
            better = _replaced(better, word, spellings[best])
    return better if better != text else None


def _spellings(seen: Iterable[str]) -> tuple[dict[str, str], Counter[str]]:
    """The words of texts as they are first spelled there, by their folded form, and how many of the texts have each."""
    spellings: dict[str, str] = {}
    times: Counter[str] = Counter()
    for piece in seen:
        there = set()
        for _start, _end, word in word_spans(piece):
            whole = without_article(word.casefold())
            for form in (whole, without_possessive(whole)):
                spellings.setdefault(plain_word(form), form)
                there.add(plain_word(form))
        times.update(there)
    return spellings, times


def _is_form(spelling: str, word: str) -> bool:
    """Whether both have the same stem in a language."""
    return any(stem(spelling, language) == stem(word, language) for language in LANGUAGES)


def _replaced(text: str, word: str, better: str) -> str:
    """The text with another word in place of this one, where it stands alone or after an article.

    What was typed as a name stays one.
    """
    spelled = better[:1].upper() + better[1:] if word[:1].isupper() else better
    return re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", lambda _found: spelled, text)
