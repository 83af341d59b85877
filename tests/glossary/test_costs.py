"""A page is looked through for terms in steps that grow with its length, not with its square."""

import pytest

from intranet.glossary import words
from intranet.glossary.words import windows
from tests.steps import assert_in_proportion, handed, patterns_of, steps_of

PIECES = ["a", "a@b.ca,", "a-", "A.", "l'", "a[e]"]


@pytest.mark.parametrize("piece", PIECES)
def test_text_without_blanks_is_looked_through_in_proportion(piece: str) -> None:
    assert_in_proportion(lambda written: handed(lambda text: list(windows(text, ("fr",))), written), piece, 200)


@pytest.mark.parametrize("piece", PIECES)
def test_expressions_look_at_a_text_without_blanks_in_proportion(piece: str) -> None:
    for expression in patterns_of(words).values():
        assert_in_proportion(lambda text, expression=expression: steps_of([expression], text), piece, 12)
