"""The one query type: nothing can be asked without an audience."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import zip_longest
from typing import Literal, TypeVar

from django.utils.translation import gettext as _

from search.conf import LANGUAGES
from search.exceptions import BadQuery
from search.expansion import MAX_FORMS, Expansion
from search.text import (
    APOSTROPHES,
    INCLUSIVE,
    capital_words,
    clean,
    has_words,
    is_stop_word,
    joined_words,
    plain_words,
    without_article,
    word_spans,
)
from search.types import VALUE_CHARACTERS
from search.weights import quorum

T = TypeVar("T")

#: A text is cut at this many characters, and at this many words.
TEXT_CHARACTERS = 400
TEXT_WORDS = 30
#: Of more words than this the longest count, the others only rank.
COUNTED_WORDS = 6
#: A longer word in capitals is shouted, not an acronym.
ACRONYM_LETTERS = 6
#: A shorter word has too many neighbours to guess at.
CORRECTABLE_LETTERS = 5
#: A longer one is no word.
MAX_CORRECTABLE_LETTERS = 40
MAX_SIZE = 100
#: Nobody reads further; Elasticsearch would refuse.
MAX_HITS = 10_000
MAX_FILTER_VALUES = 500
STANDARD_FACETS = ("kind", "network", "region", "topic", "language", "year")
_NUMBER_SIGN = re.compile(r"^(?:n[°º]|#)(?=\w*\d|\w+-\d)", re.IGNORECASE)
_QUOTES = str.maketrans(dict.fromkeys("«»“”„‟＂", '"'))
#: Of a sentence, not of a word in it; + and & may be a name's.
_SIGNS = ".,;:!?…<>‹›" + APOSTROPHES
#: Typed in capitals between words by who knows other searches; they are no acronyms.
_OPERATORS = frozenset({"and", "or", "not", "et", "ou"})
#: Between words without a blank (*abri/refuge*), where they are no address and the sign is no inclusive writing's.
_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_])[,;:|—…](?=[^\W\d_])|(?<=[^\W\d_]{4})/(?=[^\W\d_]{4})")
_CHUNK = re.compile(r"\S+")
_NOT_TAKEN_APART = re.compile(r"@|://|\.\w|^[-‐‑–−]")
_INCLUSIVE_SIGN = re.compile(INCLUSIVE, re.IGNORECASE)
_DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}")
#: Before a word a phone makes a dash of two hyphens.
_PIECE = re.compile(r'(?P<minus>(?<!\S)[-‐‑–−])?(?:"(?P<phrase>[^"]*)"?|(?P<chunk>[^\s"]+))')


@dataclass(frozen=True)
class Clause:
    """A word, or several that belong together (*post-formation*). ``is_exact``: no other form of it will do."""

    text: str
    is_exact: bool = False

    @property
    def in_capitals(self) -> str:
        """The acronym, folded, if it is one that is spelled like a function word; empty otherwise."""
        return "".join(capital_words(self.text)) if self.is_exact and self.text.isalpha() else ""


def form_clause(form: str) -> Clause:
    """What another form of a group is looked for as: an acronym is no word either where nobody typed it."""
    return Clause(form, is_exact(form))


@dataclass(frozen=True)
class Group:
    """Clauses that stand for one thing, all to be found, or else one of its other ``forms``."""

    clauses: tuple[Clause, ...]
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clauses:
    """A text taken apart.

    All ``phrases`` (what stood in quotes) must be found, ``quorum`` of the ``words``, none of the ``excluded``;
    ``optional`` clauses only rank.
    """

    words: tuple[Group, ...] = ()
    phrases: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()
    optional: tuple[Clause, ...] = ()

    @property
    def has_wanted(self) -> bool:
        """Whether there is something to be found, and so something to rank by."""
        return bool(self.words or self.phrases)

    @property
    def quorum(self) -> int:
        """How many of the words an item must have."""
        return quorum(len(self.words))

    @property
    def may_miss_words(self) -> bool:
        """Whether what is found may lack some of the words."""
        return self.quorum < len(self.words)

    @property
    def correctable(self) -> tuple[str, ...]:
        """The words in which a typing error can be told from a name, an acronym or a number."""
        singles = (group.clauses[0] for group in self.words if len(group.clauses) == 1 and not group.forms)
        return tuple(
            clause.text
            for clause in singles
            if not clause.is_exact
            and clause.text.isalpha()
            and CORRECTABLE_LETTERS <= len(clause.text) <= MAX_CORRECTABLE_LETTERS
        )

    @property
    def sought(self) -> tuple[str, ...]:
        """Every text whose words may be marked in what is found; function words only where nothing else is sought."""
        forms = (form for group in self.words for form in group.forms)
        texts = (*(clause.text for clause in (*self.typed, *self.optional)), *forms)
        return tuple(text for text in texts if not is_stop_word(text)) or texts

    @property
    def typed(self) -> tuple[Clause, ...]:
        """Every clause that says what is looked for, without other forms."""
        return (*(clause for group in self.words for clause in group.clauses), *self.phrases)


@dataclass(frozen=True)
class Query:
    """What a reader asks, within ``tokens``, the reader's audience tokens; an empty set is refused with BadQuery.

    Half of the words must be found, what has them all comes first, by date too (function words help to rank only),
    ``"a phrase"`` as it stands, ``-word`` must not be there. Values of one filter are alternatives; filters add up.
    Without a text everything visible comes, latest first. ``exact`` looks for nothing but what was typed, ``archived``
    among archived items too, ``since`` for nothing but what is dated later. ``expansions`` are other forms of what was
    typed, ``tolerant`` words are also met by a near spelling.
    """

    text: str
    tokens: frozenset[str]
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    facets: tuple[str, ...] = STANDARD_FACETS
    language: str = "en"
    sort: Literal["relevance", "date"] = "relevance"
    page: int = 1
    size: int = 20
    exact: bool = False
    archived: bool = False
    since: datetime | None = None
    expansions: tuple[Expansion, ...] = ()
    tolerant: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.tokens:
            raise BadQuery(_("A search needs an audience."))
        if self.language not in LANGUAGES:
            raise BadQuery(_("The language %(language)s is not known.") % {"language": self.language[:20]})
        if self.sort not in ("relevance", "date"):
            raise BadQuery(_("Results can be sorted by relevance or by date."))
        if self.page < 1:
            raise BadQuery(_("Pages are counted from 1."))
        if not 1 <= self.size <= MAX_SIZE:
            raise BadQuery(_("A page has between 1 and %(maximum)d results.") % {"maximum": MAX_SIZE})
        if self.page * self.size > MAX_HITS:
            raise BadQuery(
                _("Only the first %(maximum)d results can be shown. Please refine the search.") % {"maximum": MAX_HITS}
            )
        object.__setattr__(self, "text", normalize_text(self.text))
        object.__setattr__(self, "tokens", frozenset(self.tokens))
        object.__setattr__(self, "filters", _clean_filters(self.filters))
        object.__setattr__(self, "facets", tuple(dict.fromkeys(self.facets)))

    @cached_property
    def clauses(self) -> Clauses:
        """The text taken apart."""
        return parse_text(self.text, self.expansions)

    def says_loosely(self, typed: str) -> bool:
        """Whether the text has these words outside of its phrases and of what must not be there."""
        pieces = (piece for piece in _pieces(self.text) if not piece.is_phrase and not piece.is_excluded)
        words = " ".join(word for piece in pieces for word in piece.words)
        return f" {' '.join(plain_words(typed))} " in f" {words} "

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def is_sorted_by_date(self) -> bool:
        """By choice, or because without a word to look for there is no relevance."""
        return self.sort == "date" or not self.clauses.has_wanted


def normalize_text(text: str) -> str:
    """The text without what no engine can read, its white space collapsed, cut at the documented length."""
    return " ".join(clean(text[: TEXT_CHARACTERS * 50]).split())[:TEXT_CHARACTERS].rstrip()


@dataclass(frozen=True)
class _Piece:
    """A piece of a text between spaces or quotes."""

    text: str
    is_phrase: bool
    is_excluded: bool

    @cached_property
    def clause(self) -> Clause:
        return Clause(self.text, self.is_phrase or is_exact(self.text))

    @property
    def clause_as_word(self) -> Clause:
        """Its clause where capitals say nothing."""
        return Clause(self.text, is_exact(self.text.lower()) or _DOTTED.fullmatch(self.text) is not None)

    @property
    def is_acronym(self) -> bool:
        """Whether it is one even where the word is one that says nothing: *IT*, not *it*."""
        return len(self.text) > 1 and is_exact(self.text) and self.text.lower() not in _OPERATORS

    @property
    def is_word(self) -> bool:
        """Whether it has other forms at all, or is a name that stands for nothing else."""
        return not any(character.isdigit() or character == "@" for character in self.text)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(plain_words(self.text))


def parse_text(text: str, expansions: tuple[Expansion, ...] = ()) -> Clauses:
    """Take a query apart; nothing in it can be wrong: what is not understood is looked for as words."""
    pieces = _pieces(text)
    typed = [piece for piece in pieces if not piece.is_phrase and not piece.is_excluded]
    phrases = _once(piece.clause for piece in pieces if piece.is_phrase and not piece.is_excluded)
    excluded = _once(piece.clause for piece in pieces if piece.is_excluded)
    groups: list[Group] = []
    optional: list[Clause] = []
    is_shouted = all(piece.text.isupper() for piece in typed)
    # Of several words that are all in capitals only one that stands for something else is an acronym.
    is_all_shouted = text.isupper() and sum(piece.is_word for piece in typed) > 1
    position = 0
    while position < len(typed):
        length, forms = _expanded(typed[position:], expansions)
        run = typed[position : position + length]
        are_words = is_all_shouted and (length > 1 or not forms)
        clauses = {piece: piece.clause_as_word if are_words else piece.clause for piece in run}
        wanted = [
            clause
            for piece, clause in clauses.items()
            if not is_stop_word(piece.text) or (piece.is_acronym and not is_shouted)
        ]
        if forms:
            groups.append(Group(tuple(wanted or clauses.values()), forms))
        elif wanted:
            groups.append(Group(tuple(wanted), tuple(joined_words(run[0].text)) if run[0].is_word else ()))
        else:
            optional += clauses.values()
        position += length
    if not groups and not phrases and not excluded:
        groups, optional = [Group((clause,)) for clause in optional], []
    wanted_groups = _once(groups)
    # More words than that are a description: the longest ones say the most.
    kept = sorted(wanted_groups, key=lambda group: -max(len(clause.text) for clause in group.clauses))[:COUNTED_WORDS]
    rest = [clause for group in wanted_groups if group not in kept for clause in group.clauses]
    words = tuple(group for group in wanted_groups if group in kept)
    return Clauses(words, phrases, excluded, _once([*optional, *rest]))


def is_exact(text: str) -> bool:
    """Whether a piece is a name that has no forms: an acronym, a number, a memo's number, an address."""
    if any(character.isdigit() or character == "@" for character in text):
        return True
    return text.isupper() and 2 <= sum(character.isalpha() for character in text) <= ACRONYM_LETTERS


def _pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    words_left = TEXT_WORDS
    for found in _PIECE.finditer(_CHUNK.sub(_apart, text.translate(_QUOTES))):
        content = _cut_words(found["phrase"] or without_article(_bare(found["chunk"] or "")), words_left)
        if not has_words(content):
            continue
        words_left -= sum(1 for _word in word_spans(content))
        pieces.append(_Piece(content, found["phrase"] is not None, bool(found["minus"])))
        if words_left <= 0:
            break
    return pieces


def _apart(chunk: re.Match[str]) -> str:
    """A chunk with blanks for the signs that keep its words apart."""
    text = chunk.group()
    if _NOT_TAKEN_APART.search(text):
        return text
    return _BETWEEN_WORDS.sub(lambda sign: sign.group() if _INCLUSIVE_SIGN.match(text, sign.start()) else " ", text)


def _expanded(pieces: list[_Piece], expansions: tuple[Expansion, ...]) -> tuple[int, tuple[str, ...]]:
    """How many of the pieces the first fitting expansion covers, with the forms of all that are of the same words;
    one piece without any otherwise."""
    for expansion in expansions:
        wanted = tuple(plain_words(expansion.typed))
        words: tuple[str, ...] = ()
        for length, piece in enumerate(pieces, 1):
            words += piece.words
            if words == wanted and words:
                same = (other.forms for other in expansions if tuple(plain_words(other.typed)) == wanted)
                return length, _once(form for forms in zip_longest(*same) for form in forms if form)[:MAX_FORMS]
            if len(words) >= len(wanted):
                break
    return 1, ()


def _bare(chunk: str) -> str:
    """A chunk without the signs around it and *n°* before a number.

    The last stop of *V.F.G.* stays, and so do the brackets of *directeur(trice)*.
    """
    chunk = _NUMBER_SIGN.sub("", chunk)
    while True:
        inner = chunk.strip(_SIGNS)
        if _DOTTED.fullmatch(f"{inner}.") and f"{inner}." in chunk:
            return f"{inner}."
        for opening, closing in ("()", "[]"):
            surplus = inner.count(opening) - inner.count(closing)
            begin = inner.startswith(opening) and (surplus > 0 or (surplus == 0 and inner.endswith(closing)))
            end = inner.endswith(closing) and (surplus < 0 or (surplus == 0 and begin))
            inner = inner[int(begin) : len(inner) - int(end)]
        if inner == chunk:
            return inner
        chunk = inner


def _once(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _cut_words(text: str, words: int) -> str:
    spans = list(word_spans(text))
    return text if len(spans) <= words else text[: spans[words - 1][1]]


def _clean_filters(filters: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    cleaned: dict[str, frozenset[str]] = {}
    for name, values in sorted(filters.items()):
        if len(values) > MAX_FILTER_VALUES:
            raise BadQuery(
                _("At most %(maximum)d values can be chosen in one filter.") % {"maximum": MAX_FILTER_VALUES}
            )
        if values:
            # No entry has a longer value: nothing is lost.
            cleaned[clean(name)] = frozenset(clean(str(value))[: VALUE_CHARACTERS + 1] for value in values)
    return cleaned
