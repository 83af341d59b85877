"""Queries that are the name of a kind: *notes de service* looks for service memos before what speaks of them."""

from collections import defaultdict
from functools import lru_cache

from django.utils.translation import override

from search.conf import LANGUAGES
from search.query import Query
from search.registry import Source, sources
from search.text import is_stop_word, stems

Name = tuple[str, ...]


def kinds_named(query: Query) -> tuple[str, ...]:
    """The kinds whose name, in either language and in any form, is all that the query says."""
    clauses = query.clauses
    if clauses.phrases or clauses.excluded or not clauses.words:
        return ()
    said = " ".join(clause.text for clause in clauses.typed)
    names = _names(sources())
    return tuple(dict.fromkeys(kind for language in LANGUAGES for kind in names.get(_name(said, language), ())))


@lru_cache(maxsize=8)
def _names(known: tuple[Source, ...]) -> dict[Name, tuple[str, ...]]:
    found: dict[Name, list[str]] = defaultdict(list)
    for language in LANGUAGES:
        with override(language):
            for source in known:
                found[_name(str(source.label), language)].append(source.kind)
    return {name: tuple(kinds) for name, kinds in found.items()}


def _name(text: str, language: str) -> Name:
    """The stems of the words that say something, in whatever order, after their language."""
    words = " ".join(word for word in text.split() if not is_stop_word(word))
    return (language, *sorted(stems(words, language)))
