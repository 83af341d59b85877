"""Words of terms in running text: the same key for a singular and a plural, with or without accents and articles.

The stemmers of search bring *house* and *housing* together, or *probable* and *probation*: right where a ranking
follows, too much where a term is explained. Here only number, gender and inclusive endings go.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from search.text import (
    APOSTROPHES,
    BARE_WORD,
    ELIDED_ARTICLE,
    HYPHENS,
    INCLUSIVE,
    WORD_CHARACTERS,
    fold,
    is_stop_word,
    plain_word,
)

#: A form has at most this many words, articles and the like aside.
MAX_WORDS = 6
#: Of a query this many words count.
QUERY_WORDS = 30
#: Of no account inside a form. Not *sans*, *without*, *non*: they turn the sense.
_LINK_WORDS = re.compile("a|an|and|the|of|to|for|in|on|aux?|d|de|des|du|en|et|l|la|le|les")

#: A word after its elided article, and what inclusive writing adds to it: intervenant·e·s, directeur(trice).
_WORD = re.compile(rf"(?:{ELIDED_ARTICLE})?(?P<word>{BARE_WORD})(?:{INCLUSIVE})?", re.IGNORECASE)
_CHUNK = re.compile(r"\S+")
#: A longer one is no acronym.
_CHUNK_CHARACTERS = 42
#: What may stand between two words of one form.
_BETWEEN = re.compile(rf"[{HYPHENS}\s–·{APOSTROPHES}]*(?:{ELIDED_ARTICLE})?", re.IGNORECASE)
_JOINED_BEFORE = re.compile(rf"[^\W_][{HYPHENS}]")
_JOINED_AFTER = re.compile(rf"[{HYPHENS}][^\W_]")
_POSSESSIVE = re.compile(rf"[{APOSTROPHES}]s?$", re.IGNORECASE)
_IRREGULAR = {"women": "woman", "men": "man", "children": "child", "people": "person", "wives": "wife"}
#: An English word that French would take for a feminine of *refuge*.
_NO_FEMININE = {"refugee": "refugie", "refugees": "refugie"}
#: Short everyday words, folded, that acronyms like to be spelled like.
_EVERYDAY = frozenset(
    re.findall(
        r"\w+",
        """
        aide ami art bal bar bas base bien bon bord bout but cap car carte cas cause champ chef cle coin corps cote
        cours dit dos droit eau ecole etat face feu fil fils fin foi fois fond force gare geste idee jeu jour lac lien
        lieu ligne loi lot main mal mer mois mot mur nom nord nuit ordre paix pays peu peur pied port prix role rue sain
        sens soi soin soins sort sud tard temps tour vent vie ville voix vol vrai vue
        able act age aid aim air all arm ask bad bed best big book call care case cast city cope data date day door ear
        east end eye fact fair fast fear feel few find fit food free fun gap give goal good hand hard head heal hear
        help here home hope idea job join just key kid kids know land last law lead leap learn left less life lift like
        line link list live long look love make man map mark may men mind move much name near new next no now old one
        open out own page pair part past path peer plan play plus press pride read rest ride right rise risk room run
        safe same say see self send set share side sign sit soon space star start state stay step stop story take talk
        team tell test time tip tool top try turn two up us use voice wait walk want war way week well west win wise
        women word work
        """,
    )
)
_FEMININE = (
    ("euse", "eur"),
    ("trice", "teur"),
    ("iere", "ier"),
    ("enne", "en"),
    ("onne", "on"),
    ("elle", "el"),
    ("ive", "if"),
    ("ee", "e"),
)


@dataclass(frozen=True)
class Window:
    """Some words that follow each other: where they stand, and the keys under which a form of them is known.

    ``is_part``: a hyphen joins them to another word, and the whole may mean something else.
    """

    start: int
    end: int
    keys: tuple[str, ...]
    word_count: int
    is_part: bool = False


@dataclass(frozen=True)
class _Word:
    """``text`` is without elided article and inclusive endings, ``end`` after them."""

    start: int
    end: int
    text: str
    is_link: bool


def is_acronym(text: str) -> bool:
    """Whether a form is written like an acronym: no blank, no small letter, two capitals at least."""
    if any(character.isspace() or character.islower() for character in text):
        return False
    return sum(character.isupper() for character in text) > 1


def letters(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(character for character in text if character.isalnum())


def acronym_key(text: str) -> str:
    """The key of an acronym, the same in every language; a bare ``=`` where there is no letter."""
    return f"={letters(fold(text))[:WORD_CHARACTERS]}"


def form_key(text: str, language: str) -> str:
    """The key of a form of words; empty where there is no word."""
    words = list(_words(text))
    return _key([word.text for word in words if not word.is_link] or [word.text for word in words], language)


def count_words(text: str) -> int:
    """How many words of a form count."""
    return sum(not word.is_link for word in _words(text))


def first_key(key: str) -> str:
    """The key of the first word of a form's key."""
    return key.partition(" ")[0]


def windows(
    text: str,
    languages: Iterable[str],
    *,
    starting: Container[str] | None = None,
    limit: int | None = None,
    max_words: int = MAX_WORDS,
) -> Iterator[Window]:
    """Every run of at most ``max_words`` words, and every word that may be an acronym.

    ``starting`` keeps those whose first word has one of these keys; ``limit`` is how many words are read.
    """
    languages = tuple(languages)
    words: list[_Word] = []
    for word in _words(text):
        if limit is not None and len(words) >= limit:
            break
        words.append(word)
    yield from _acronym_windows(text, words, starting)
    for run in _runs(text, words):
        for place, word in enumerate(run):
            begun = [code for code in languages if starting is None or _key([word.text], code) in starting]
            for end in range(place + 1, min(place + max_words, len(run)) + 1) if begun else ():
                part = [each.text for each in run[place:end]]
                keys = tuple(filter(None, (_key(part, code) for code in begun)))
                last = run[end - 1].end
                yield Window(word.start, last, keys, len(part), _is_part(text, word.start, last))


@lru_cache(maxsize=50_000)
def word_key(word: str, language: str) -> str:
    """A word without accents, possessive, plural and feminine ending."""
    return _english(word) if language == "en" else _french(word)


def _english(written: str) -> str:
    word = plain_word(_POSSESSIVE.sub("", written))
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _french(written: str) -> str:
    word = _NO_FEMININE.get(plain_word(written), plain_word(written))
    if len(word) > 4 and word.endswith("aux") and not word.endswith("eaux"):
        word = word[:-3] + "al"
    elif len(word) > 3 and word.endswith(("s", "x")) and not word.endswith("ss"):
        word = word[:-1]
    for feminine, masculine in _FEMININE:
        if len(word) > len(feminine) + 2 and word.endswith(feminine):
            word = word.removesuffix(feminine) + masculine
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


@lru_cache(maxsize=50_000)
def _is_link(word: str) -> bool:
    return _LINK_WORDS.fullmatch(fold(word)) is not None


def _key(words: list[str], language: str) -> str:
    keys = [key for word in words if (key := word_key(word, language))]
    return f"{language}:{' '.join(keys)}" if keys else ""


def _words(text: str) -> Iterator[_Word]:
    for found in _WORD.finditer(text):
        # Beside a hyphen it is part of a word: de-escalation is not escalation, nor drop-in a drop.
        is_link = _is_link(found["word"]) and not _is_part(text, found.start("word"), found.end())
        yield _Word(found.start("word"), found.end(), found["word"], is_link)


def _is_part(text: str, start: int, end: int) -> bool:
    """Whether a hyphen joins what stands there to another word."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    return _JOINED_BEFORE.fullmatch(before) is not None or _JOINED_AFTER.fullmatch(after) is not None


def _runs(text: str, words: list[_Word]) -> Iterator[list[_Word]]:
    """The words that count, in runs that no other sign than a blank, hyphen or apostrophe interrupts."""
    run: list[_Word] = []
    before: _Word | None = None
    for word in words:
        if before is not None and not _BETWEEN.fullmatch(text, before.end, word.start):
            if run:
                yield run
            run = []
        if not word.is_link:
            run.append(word)
        before = word
    if run:
        yield run


def _acronym_windows(text: str, words: list[_Word], starting: Container[str] | None) -> Iterator[Window]:
    """Words, and chunks such as G.B.V. or R&D."""
    if not words:
        return
    spans = {(word.start, word.start + len(word.text)) for word in words}
    spans |= set(_chunks(text, words[0].start, words[-1].end))
    for start, end in sorted(spans):
        keys = tuple(key for key in _acronym_keys(text[start:end]) if starting is None or key in starting)
        if keys:
            yield Window(start, end, keys, 1)


def _chunks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where what stands between blanks begins and ends, without the signs around it."""
    for found in _CHUNK.finditer(text, start, end):
        first, last = found.span()
        while first < last and not text[first].isalnum():
            first += 1
        while first < last and not text[last - 1].isalnum():
            last -= 1
        if 2 <= last - first <= _CHUNK_CHARACTERS:
            yield first, last


@lru_cache(maxsize=50_000)
def _acronym_keys(written: str) -> tuple[str, ...]:
    """Of the word itself, and of what a possessive or plural (MOUs) stands for. Everyday words count in capitals."""
    bare = _POSSESSIVE.sub("", written)
    forms = [bare, bare[:-1]] if bare.endswith("s") and is_acronym(bare[:-1]) else [bare]
    keys = [acronym_key(form) for form in forms if form.isupper() or not _is_everyday(form)]
    return tuple(key for key in keys if len(key) > 2)


def _is_everyday(word: str) -> bool:
    """Whether a word in small letters stands for itself, whatever acronym is spelled like it."""
    return is_stop_word(word) or fold(word) in _EVERYDAY


def sort_key(text: str) -> str:
    """The text as an alphabetical list takes it: no accents, no signs, no elided article."""
    return " ".join(plain_word(word.text) for word in _words(text)) or fold(text)
