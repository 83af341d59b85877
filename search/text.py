"""Words: cleaning, folding and stems, the same for what is written and what is asked."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

import snowballstemmer

from search.wordforms import INCLUSIVE_BEGINNING, INCLUSIVE_ENDING, accented_form, common_form, python_pattern

#: Longer words are cut: nobody types them, and they would burst the database's indexes.
WORD_CHARACTERS = 64
#: French articles and pronouns that lose their vowel before one.
ELIDED = ("l", "m", "t", "qu", "n", "s", "j", "d", "c", "jusqu", "quoiqu", "lorsqu", "puisqu")
APOSTROPHES = "'’‘ʼ＇`´"
#: What word processors and phones put in place of a hyphen: hyphens, dashes, the minus sign.
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_LEADING_ZEROS = re.compile(r"(?<![^\W_])0+(?=\d+(?![^\W_]))")
_STRAIGHT = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"}
)
#: Patterns of words in running text: with their apostrophes, an elided article before, an inclusive ending behind.
BARE_WORD = rf"[^\W_]+(?:[{APOSTROPHES}][^\W_]+)*"
ELIDED_ARTICLE = rf"(?:{'|'.join(ELIDED)})[{APOSTROPHES}]"
INCLUSIVE = python_pattern(INCLUSIVE_BEGINNING + INCLUSIVE_ENDING)
HYPHENS = "-\u2010\u2011"
_INCLUSIVE = re.compile(INCLUSIVE, re.IGNORECASE)
_WORD = re.compile(rf"{BARE_WORD}(?:{INCLUSIVE})?", re.IGNORECASE)
_JOINED = re.compile(
    rf"(?<![^\W_])[^\W\d_]+(?:[{HYPHENS}][^\W\d_]+)+|(?<![^\W_])(?:[^\W\d_]\.){{2,}}(?:[^\W\d_](?![^\W_]))?"
)
_JOINING = frozenset(f"{HYPHENS}.")
#: In suggestions a shorter word is that very word.
_SUGGESTED_LETTERS = 4
#: More words than these are not looked for at once in the database's own texts.
BEGINNINGS = 40
_WITH_ACCENTS = {
    letter: f"[{letter}{accented}{accented.upper()}]"
    for letter, accented in {
        "a": "àâäáåã",
        "c": "ç",
        "e": "éèêë",
        "i": "îïíì",
        "n": "ñ",
        "o": "ôöóõ",
        "u": "ùûüú",
    }.items()
}
_OE = _WITH_ACCENTS["o"] + _WITH_ACCENTS["e"]
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
#: Never seen, and in the middle of a word: what says where a line may be broken, or turns the direction of writing.
#: Joiners are not among them: scripts and emoji need these.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_ELISION = re.compile(rf"^{ELIDED_ARTICLE}", re.IGNORECASE)
_POSSESSIVE = re.compile(rf"[{APOSTROPHES}]s$", re.IGNORECASE)
_STEMMERS = {"en": "english", "fr": "french"}
_local = threading.local()

#: Words that say nothing alone. They are indexed (phrases need them) but a query does not insist on them.
#: The lists that come with analysers contain "été" (summer), so these are our own; without accents.
STOP_WORDS = frozenset(
    _WORD.findall(
        """
        a afin ai ainsi au aussi aux avec avez avoir avons c ce cela celle celles celui ces cet cette ceux chez combien
        comme comment d dans de des doit doivent dois donc dont du elle elles en entre est et etaient etait etes etre
        eux faire fait faut il ils j je l la le les leur leurs lors lorsque lui m ma mais me mes moi moins mon n ne nos
        notre nous on ont ou par pas peut peuvent peux plus pour pourquoi puis qu quand que quel quelle quelles quels
        qui quoi s sa sans se selon sera seront ses si soit son sont sous suis sur t ta te tes toi ton tous tout toute
        toutes tres tu un une vers vos votre vous y
        about also am an and any are as at be because been being between but by can could did do does for from get had
        has have he her his how i if in into is it its me must my need not of or our she should so than that the their
        them then there these they this to until very was we were what when where which while who whom whose why will
        with would you your
        """
    )
)

#: As acronyms these are found in capitals only: *CA* is no *ça*, *IT* no *it*.
_ACRONYMS_IN_CAPITALS = STOP_WORDS | {"ca"}
_CAPITALS = re.compile(r"(?<![^\W_])(?:[A-ZÀ-Þ]{2,6}|(?:[A-ZÀ-Þ]\.){2,6}[A-ZÀ-Þ]?)(?![^\W_])")


def clean(text: str) -> str:
    """The text in composed form without NUL, control characters and lone surrogates, which databases refuse.

    Nor does it have what stands unseen in words, such as soft hyphens.
    """
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _UNPRINTABLE.sub(" ", text)))


def fold(text: str) -> str:
    """Lower case, no accents, no ligatures, straight apostrophes."""
    lowered = text.casefold().translate(_STRAIGHT).translate(_LIGATURES)
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()


def word_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Every word with the place where it begins and ends."""
    for found in _WORD.finditer(text):
        yield found.start(), found.end(), found.group()


def without_article(word: str) -> str:
    """A word as it stands, without a French article that is elided before it: *l'abri* is *abri*."""
    return _ELISION.sub("", word)


def without_possessive(word: str) -> str:
    """A word as it stands, without an English possessive at its end."""
    return _POSSESSIVE.sub("", word)


def has_words(text: str) -> bool:
    """Whether there is anything to look for."""
    return _WORD.search(text) is not None


@lru_cache(maxsize=100_000)
def plain_word(word: str) -> str:
    """A word as suggestions know it: folded, without a French article in front, not stemmed."""
    return _only_letters(without_article(fold(_INCLUSIVE.sub("", word))))


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The stem of one word; folding comes before it, so that a query without accents has the same stem as the text."""
    bare = unicodedata.normalize("NFC", _INCLUSIVE.sub("", word).casefold())
    bare = without_article(bare) if language == "fr" else without_possessive(bare)
    folded = fold(accented_form(bare, language))
    return _only_letters(_stemmer(language).stemWord(common_form(_only_letters(folded), language)))


def stems(text: str, language: str, *, limit: int | None = None) -> list[str]:
    """The stems of a text in their order, at most ``limit``."""
    found: list[str] = []
    for match in _WORD.finditer(text):
        value = stem(match.group(), language)
        if value:
            found.append(value)
        if limit is not None and len(found) >= limit:
            break
    return found


def plain_words(text: str, *, limit: int | None = None) -> list[str]:
    """The folded words of a text in their order, at most ``limit``."""
    return [word for found in islice(_WORD.finditer(text), limit) if (word := plain_word(found.group()))]


def plain_forms(text: str, *, limit: int | None = None) -> set[str]:
    """The folded words of a text, of at most ``limit``; one with an English possessive also without it."""
    words = (match.group() for match in islice(_WORD.finditer(text), limit))
    return {plain for word in words for form in (word, without_possessive(word)) if (plain := plain_word(form))}


def beginnings_pattern(texts: Iterable[str]) -> str:
    """A regular expression, for either database, of the beginnings of the words of these texts: every form of a word
    begins so, and other words may. Empty where there is no word.
    """
    words = (word for text in texts for word in plain_words(text) if not is_stop_word(word))
    # As far as the endings of wordforms.py reach: *coordonnateurs* begins as *coordonnatrice* does.
    begins = dict.fromkeys(word[: max(4 if len(word) > 4 else 3, len(word) - _longest_ending(word))] for word in words)
    written = (
        "".join(_WITH_ACCENTS.get(letter, letter) for letter in begin).replace(_OE, f"(?:{_OE}|[œŒ])")
        for begin in islice(begins, BEGINNINGS)
    )
    either = "|".join(written)
    return rf"(?:^|\W)(?:{either})" if either else ""


def _longest_ending(word: str) -> int:
    """How many letters at the end of a folded word its other forms may have others for, or lack."""
    return 7 if re.search("(?:[st]ions?|bilites?)$", word) else 4


def in_either_number(word: str) -> tuple[str, ...]:
    """The words of a name that a finished word of a suggestion stands for: with a plural's end, and without."""
    if len(word) < _SUGGESTED_LETTERS:
        return (word,)
    bare = word[:-1] if len(word) > _SUGGESTED_LETTERS and word[-1] in "sxSX" else word
    return (bare, f"{bare}s", f"{bare}x")


def joined_words(text: str) -> list[str]:
    """The words of a text that are also written in one piece, so written: *courriel* is no such, *e-mail* is *email*.

    Words with hyphens, and acronyms with full stops (*V.F.G.*); each once, without its inclusive ending.
    """
    # Looking at every letter of a long text takes three times as long.
    near = " ".join(piece for piece in text.split() if not _JOINING.isdisjoint(piece))
    found = (_only_letters(fold(_INCLUSIVE.sub("", match.group()))) for match in _JOINED.finditer(near))
    return list(dict.fromkeys(word for word in found if len(word) > 1))


def capital_words(text: str) -> list[str]:
    """The words in capitals that are spelled like function words (*CA*, *I.T.*), folded, each once."""
    words = (fold(match.group().replace(".", "")) for match in _CAPITALS.finditer(text))
    return [word for word in dict.fromkeys(words) if word in _ACRONYMS_IN_CAPITALS]


def identifier_of(text: str) -> str:
    """An identifier as it is compared: folded, with plain hyphens, its numbers without leading zeros; else as it is."""
    return _LEADING_ZEROS.sub("", fold(text.strip()).translate(_DASHES))


def identifier_forms(identifier: str) -> list[str]:
    """An identifier, and as people write it: ``HFX-2026-014`` is ``2026-14`` too, and ``hfx2026014``."""
    parts = identifier_of(identifier).split("-")
    glued = fold(identifier.strip()).translate(_DASHES).replace("-", "")
    forms = ["-".join(parts[start:]) for start in range(max(1, len(parts) - 1))]
    return list(dict.fromkeys([*forms, glued]))


def is_stop_word(text: str) -> bool:
    """Whether a query should not insist on this text: a function word, or several (*est-ce*)."""
    return all(word in STOP_WORDS for piece in _WORD.findall(fold(text)) for word in piece.split("'"))


def _only_letters(word: str) -> str:
    return "".join(character for character in word if character.isalnum())[:WORD_CHARACTERS]


def _stemmer(language: str) -> "snowballstemmer.stemmer":
    """The stemmer of this thread: one keeps its word in itself while it works."""
    stemmers = _local.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        stemmers[language] = snowballstemmer.stemmer(_STEMMERS[language])
    return stemmers[language]
