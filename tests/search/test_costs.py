"""What anybody may write is taken apart in steps that grow with its length, not with its square; so is a question."""

import re

import pytest

from search import Expansion, Query, text, wordforms
from search.engines.embedded import engine as embedded
from search.expansion import MAX_FORMS
from search.text import joined_words, plain_words, stems
from tests.steps import assert_in_proportion, handed, patterns_of, steps_of

EVERYONE = frozenset({"everyone"})
PIECES = ["a", "a-", "a.", "a@", "'", "a'", "a[e]"]
RULES = [rule for table in (wordforms._ACCENTED, wordforms._FOLDED) for rules in table.values() for rule, _new in rules]


@pytest.mark.parametrize("piece", PIECES)
def test_text_without_blanks_is_taken_apart_in_proportion(piece: str) -> None:
    for work in (joined_words, plain_words, lambda written: stems(written, "fr")):
        assert_in_proportion(lambda written, work=work: handed(work, written), piece, 200)


@pytest.mark.parametrize("piece", PIECES)
def test_expressions_look_at_a_text_without_blanks_in_proportion(piece: str) -> None:
    for expression in (*patterns_of(text).values(), *RULES):
        assert_in_proportion(lambda written, expression=expression: steps_of([expression], written), piece, 12)


def test_steps_of_what_is_quadratic_are_told() -> None:
    slow = re.compile(r"\w+-x")
    assert (steps_of([slow], "a" * 10), steps_of([slow], "a" * 80)) == (121, 6_561)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_half_of_the_words_is_asked_for_in_proportion_to_them() -> None:
    # Twice the words are a question of twice the length; six of them have twenty halves.
    assert length_of_question(6) < 2.5 * length_of_question(3)


def length_of_question(count: int) -> int:
    """How much the database is given to find what has half of so many words, each with other forms."""
    words = ["lanterne", "entretien", "horaire", "gardienne", "hiver", "huile"][:count]
    forms = tuple(f"autre forme numero {number}" for number in range(MAX_FORMS))
    query = Query(" ".join(words), EVERYONE, expansions=tuple(Expansion(word, forms) for word in words))
    statement = embedded._matching(query, {}, ranked=False)
    return len(statement.sql) + sum(len(str(value)) for value in statement.values)
