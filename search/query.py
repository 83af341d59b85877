"""The one query type: nothing can be asked without an audience."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from django.utils.translation import gettext as _

from search.conf import LANGUAGES
from search.exceptions import BadQuery
from search.text import clean, has_words, is_stop_word, word_spans

#: A text is cut at this many characters, and at this many words.
TEXT_CHARACTERS = 400
TEXT_WORDS = 30
MAX_SIZE = 100
#: Nobody reads further; Elasticsearch would refuse.
MAX_HITS = 10_000
MAX_FILTER_VALUES = 500
STANDARD_FACETS = ("kind", "network", "topic", "language", "year")
_QUOTES = str.maketrans(dict.fromkeys("«»“”„‟＂", '"'))
_PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<chunk>[^\s"]+))')


@dataclass(frozen=True)
class Clauses:
    """A text taken apart. Each clause is a word or a phrase.

    All ``required`` ones must be found, none of the ``excluded``; ``optional`` ones only rank.
    """

    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.required or self.excluded)


@dataclass(frozen=True)
class Query:
    """What a reader asks, within ``tokens``, the reader's audience tokens; an empty set is refused with BadQuery.

    Words must all be found (function words help to rank only), ``"a phrase"`` as it stands, ``-word`` must not be.
    Values of one filter are alternatives; filters add up. Without a text everything visible comes, latest first.
    """

    text: str
    tokens: frozenset[str]
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    facets: tuple[str, ...] = STANDARD_FACETS
    language: str = "en"
    sort: Literal["relevance", "date"] = "relevance"
    page: int = 1
    size: int = 20

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
        return parse_text(self.text)

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def is_sorted_by_date(self) -> bool:
        """By choice, or because without a word to look for there is no relevance."""
        return self.sort == "date" or not self.clauses.required


def normalize_text(text: str) -> str:
    """The text without what no engine can read, its white space collapsed, cut at the documented length."""
    return " ".join(clean(text[: TEXT_CHARACTERS * 50]).split())[:TEXT_CHARACTERS].rstrip()


def parse_text(text: str) -> Clauses:
    """Take a query apart; nothing in it can be wrong: what is not understood is looked for as words."""
    required: list[str] = []
    excluded: list[str] = []
    optional: list[str] = []
    words_left = TEXT_WORDS
    for found in _PIECE.finditer(text.translate(_QUOTES)):
        content = _cut_words(found["phrase"] or found["chunk"] or "", words_left)
        if not has_words(content):
            continue
        words_left -= sum(1 for _word in word_spans(content))
        if found["minus"]:
            excluded.append(content)
        elif found["phrase"] is None and is_stop_word(content):
            optional.append(content)
        else:
            required.append(content)
        if words_left <= 0:
            break
    if not required and not excluded:
        required, optional = optional, []
    return Clauses(*(tuple(dict.fromkeys(clauses)) for clauses in (required, excluded, optional)))


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
            cleaned[clean(name)] = frozenset(clean(str(value)) for value in values)
    return cleaned
