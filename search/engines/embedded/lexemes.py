"""Terms of the embedded engine's text index. A leading letter keeps stems, names, words, numbers and tokens apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from search.conf import LANGUAGES
from search.engines.embedded.expressions import All, AnyOf, Expression, Phrase, Prefix, all_of, any_of, at_least
from search.query import Clause, Clauses, Group, form_clause
from search.text import capital_words, identifier_forms, identifier_of, joined_words, plain_forms, plain_words, stems
from search.types import EntryData, TextVersion

#: Words of one text beyond this are not indexed by the embedded engine.
WORDS_PER_TEXT = 30_000


@dataclass(frozen=True)
class TextRow:
    """The terms of one entry by field; each field holds all language versions.

    ``names`` are the words of titles, aliases and identifiers, ``plain`` all words, each once, unstemmed, and those
    that are acronyms only in capitals.
    """

    entry_id: int
    title: tuple[str, ...]
    headings: tuple[str, ...]
    summary: tuple[str, ...]
    body: tuple[str, ...]
    attachments: tuple[str, ...]
    identifiers: tuple[str, ...]
    names: tuple[str, ...]
    plain: tuple[str, ...]
    tokens: tuple[str, ...]


def row_of(entry_id: int, data: EntryData, tokens: Iterable[str]) -> TextRow:
    """The terms of an entry."""
    texts = [passage.text for attachment in data.attachments for passage in attachment.passages]
    return row_from(entry_id, data.versions, texts, data.identifiers, tokens)


def row_from(
    entry_id: int,
    versions: Iterable[TextVersion],
    passages: Iterable[str],
    identifiers: Iterable[str],
    tokens: Iterable[str],
) -> TextRow:
    """The terms of an entry's language versions, attachments, identifiers and audience."""
    texts = sorted(versions, key=lambda version: version.language)
    attached = "\n".join(passages)
    numbers = list(identifiers)
    names = [*numbers, *(name for version in texts for name in (version.title, *version.aliases))]
    said = [text for version in texts for text in (version.headings, version.summary, _with_joined_words(version))]
    return TextRow(
        entry_id=entry_id,
        # A number is also found by its pieces, typed with other signs between them.
        title=_field(
            [(version.language, "\n".join((version.title, *version.aliases))) for version in texts]
            + [(language, number) for number in numbers for language in LANGUAGES]
        ),
        headings=_field((version.language, version.headings) for version in texts),
        summary=_field((version.language, version.summary) for version in texts),
        body=_field((version.language, _with_joined_words(version)) for version in texts),
        # An attachment may be in any language, whatever its entry is in.
        attachments=_field((language, attached) for language in LANGUAGES),
        identifiers=tuple(sorted({identifier_term(form) for number in numbers for form in identifier_forms(number)})),
        names=tuple(sorted({f"w{word}" for name in names for word in plain_words(name)})),
        plain=tuple(sorted({term for text in (*names, *said, attached) for term in _plain(text)})),
        tokens=token_terms(tokens),
    )


def expression_of(clauses: Clauses, near: Mapping[str, tuple[str, ...]]) -> Expression | None:
    """What a query's clauses match, None if nothing is wanted; ``near`` maps a word to spellings that will do too."""
    wanted = [clause_expression(phrase) for phrase in clauses.phrases]
    if clauses.words:
        wanted.append(at_least(clauses.quorum, [_group(group, near) for group in clauses.words]))
    return all_of(wanted) if wanted else None


def every_word_of(clauses: Clauses, near: Mapping[str, tuple[str, ...]]) -> Expression | None:
    """Every word or a form of it, None where whatever is found has that."""
    return all_of([_group(group, near) for group in clauses.words]) if clauses.may_miss_words else None


def typed_expression_of(clauses: Clauses, near: Mapping[str, tuple[str, ...]]) -> Expression | None:
    """Every word just as it was typed or in a near spelling, None where this says no more than what is wanted."""
    if len(clauses.words) < 2 and not any(group.forms for group in clauses.words):
        return None
    return all_of([word_expression(clause, near) for clause in clauses.typed])


def numbers_of(clauses: Clauses) -> Expression | None:
    """That one of the clauses is a whole identifier, None where nothing is wanted."""
    numbers = [Phrase((identifier_term(clause.text),)) for clause in clauses.typed]
    return any_of(numbers) if numbers else None


def excluded_by(clauses: Clauses) -> Expression | None:
    """What must not match, None if nothing is excluded."""
    return any_of([clause_expression(clause) for clause in clauses.excluded]) if clauses.excluded else None


def clause_expression(clause: Clause) -> Expression:
    """What a clause may stand for: its stems in each language (exact: with its very words), or an identifier."""
    stemmed = [
        Phrase(tuple(f"s{language}{stem}" for stem in words))
        for language in LANGUAGES
        if (words := stems(clause.text, language))
    ]
    text: Expression = any_of(stemmed) if stemmed else Phrase((identifier_term(clause.text),))
    if clause.is_exact and stemmed:
        terms = [f"c{clause.in_capitals}"] if clause.in_capitals else [f"p{word}" for word in plain_words(clause.text)]
        text = All((text, *(Phrase((term,)) for term in terms)))
    return AnyOf((text, Phrase((identifier_term(clause.text),))))


def identifier_term(identifier: str) -> str:
    """An identifier as one term, whatever characters it has."""
    return "i" + identifier_of(identifier).encode().hex()[:400]


def is_identifier(phrase: Phrase | Prefix) -> bool:
    """Whether a phrase is a whole identifier."""
    return isinstance(phrase, Phrase) and phrase.terms[0].startswith("i")


def token_terms(tokens: Iterable[str]) -> tuple[str, ...]:
    """Audience tokens as terms: exact, never parsed, never stemmed."""
    return tuple(sorted("t" + token.encode().hex() for token in tokens))


def _group(group: Group, near: Mapping[str, tuple[str, ...]]) -> Expression:
    whole = all_of([word_expression(clause, near) for clause in group.clauses])
    return any_of([whole, *(clause_expression(form_clause(form)) for form in group.forms)])


def word_expression(clause: Clause, near: Mapping[str, tuple[str, ...]]) -> Expression:
    """A word in its forms, or one of its near spellings: in all forms of that, and as it is written."""
    spellings = near.get(clause.text, ())
    forms = [clause_expression(Clause(spelling)) for spelling in spellings]
    return any_of([clause_expression(clause), *forms, *(Phrase((f"p{spelling}",)) for spelling in spellings)])


def _with_joined_words(version: TextVersion) -> str:
    said = (version.title, version.headings, version.summary, version.body)
    return "\n".join([version.body, *joined_words("\n".join(said))])


def _plain(text: str) -> list[str]:
    words = plain_forms(text, limit=WORDS_PER_TEXT)
    return [*(f"p{word}" for word in words), *(f"c{word}" for word in capital_words(text))]


def _field(texts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(
        f"s{language}{stem}" for language, text in texts for stem in stems(text, language, limit=WORDS_PER_TEXT)
    )
