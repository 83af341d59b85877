"""Terms of the embedded engine's text index. A leading letter keeps words, identifiers, titles and tokens apart."""

from collections.abc import Iterable
from dataclasses import dataclass

from search.conf import LANGUAGES
from search.query import Clauses
from search.text import fold, plain_words, stems
from search.types import EntryData, TextVersion

#: Words of one text beyond this are not indexed by the embedded engine.
WORDS_PER_TEXT = 30_000

Term = tuple[str, ...]


@dataclass(frozen=True)
class TextRow:
    """The terms of one entry by field; each field holds all language versions."""

    entry_id: int
    title: tuple[str, ...]
    headings: tuple[str, ...]
    summary: tuple[str, ...]
    body: tuple[str, ...]
    identifiers: tuple[str, ...]
    words: tuple[str, ...]
    tokens: tuple[str, ...]


def row_of(entry_id: int, data: EntryData, tokens: Iterable[str]) -> TextRow:
    """The terms of an entry."""
    return row_from(entry_id, data.versions, data.identifiers, tokens)


def row_from(
    entry_id: int, versions: Iterable[TextVersion], identifiers: Iterable[str], tokens: Iterable[str]
) -> TextRow:
    """The terms of an entry's language versions, identifiers and audience."""
    texts = sorted(versions, key=lambda version: version.language)
    return TextRow(
        entry_id=entry_id,
        title=_field((version.language, version.title) for version in texts),
        headings=_field((version.language, version.headings) for version in texts),
        summary=_field((version.language, version.summary) for version in texts),
        body=_field((version.language, version.body) for version in texts),
        identifiers=tuple(sorted({identifier_term(identifier) for identifier in identifiers})),
        words=tuple(sorted({f"w{word}" for version in texts for word in plain_words(version.title)})),
        tokens=token_terms(tokens),
    )


def clause_terms(clause: str) -> list[Term]:
    """What a word or phrase of a query may stand for: its stems in each language, or an identifier as a whole."""
    found = [
        tuple(f"s{language}{stem}" for stem in words) for language in LANGUAGES if (words := stems(clause, language))
    ]
    return [*found, (identifier_term(clause),)]


def terms_of(clauses: Clauses) -> tuple[list[list[Term]], list[list[Term]]]:
    """The alternatives of each required and of each excluded clause."""
    return [clause_terms(clause) for clause in clauses.required], [clause_terms(clause) for clause in clauses.excluded]


def identifier_term(identifier: str) -> str:
    """An identifier as one term, whatever characters it has."""
    return "i" + fold(identifier.strip()).encode().hex()[:400]


def token_terms(tokens: Iterable[str]) -> tuple[str, ...]:
    """Audience tokens as terms: exact, never parsed, never stemmed."""
    return tuple(sorted("t" + token.encode().hex() for token in tokens))


def _field(texts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(
        f"s{language}{stem}" for language, text in texts for stem in stems(text, language, limit=WORDS_PER_TEXT)
    )
