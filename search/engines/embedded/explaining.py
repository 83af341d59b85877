"""The embedded engine's account of a score, without rarities and lengths: those count the texts of others too."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from search.conf import LANGUAGES
from search.engines.embedded.lexemes import TextRow, identifier_term
from search.query import Clause, Clauses, form_clause
from search.results import ScorePart
from search.text import identifier_of, stems

_FIELDS = ("title", "headings", "summary", "body", "attachments")


def parts_of(clauses: Clauses, row: TextRow, weights: Mapping[str, float]) -> Iterator[ScorePart]:
    """Where an entry has what is looked for: a field's weight, the field, its words, how often, and why they count.

    ``weights`` are those that the database gives to the fields of a row.
    """
    seen: set[str] = set()
    for clause, reason in _sought(clauses):
        for name, part in _found(clause, row, weights):
            if name not in seen:
                seen.add(name)
                yield ScorePart(part.weight, f"{part.what}, {reason}")


def _sought(clauses: Clauses) -> Iterator[tuple[Clause, str]]:
    """Everything that a match may have, with how it came to be looked for."""
    for clause in clauses.typed:
        yield clause, _("typed: %(words)s") % {"words": clause.text}
    for group in clauses.words:
        typed = " ".join(clause.text for clause in group.clauses)
        for form in group.forms:
            yield form_clause(form), _("other form of: %(words)s") % {"words": typed}


def _found(clause: Clause, row: TextRow, weights: Mapping[str, float]) -> Iterator[tuple[str, ScorePart]]:
    for language in LANGUAGES:
        words = stems(clause.text, language)
        terms = tuple(f"s{language}{stem}" for stem in words)
        for field in _FIELDS:
            if terms and (times := _times(terms, getattr(row, field))):
                name = f"{field}_{language}:{' '.join(words)}"
                yield name, ScorePart(weights[field], f"{name} ({times} ×)")
    if identifier_term(clause.text) in row.identifiers:
        name = f"identifiers:{identifier_of(clause.text)}"
        yield name, ScorePart(weights["identifiers"], f"{name} (1 ×)")


def _times(terms: tuple[str, ...], words: tuple[str, ...]) -> int:
    """How often the terms stand one after the other."""
    size = len(terms)
    return sum(words[place : place + size] == terms for place, word in enumerate(words) if word == terms[0])
