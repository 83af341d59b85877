"""Nothing that anybody may write takes more than a moment to be taken apart."""

import time

import pytest

from search.query import parse_text
from search.text import joined_words, plain_words, stems

LONG = 200_000


@pytest.mark.parametrize("text", ["a" * LONG, "a-" * (LONG // 2), "a." * (LONG // 2), "a@" * (LONG // 2), "'" * LONG])
def test_a_long_text_without_blanks_is_read_in_linear_time(text: str) -> None:
    start = time.process_time()
    for piece in (text[: LONG // 8], text):
        joined_words(piece), plain_words(piece), stems(piece, "fr")
        parse_text(piece[:400])
    # A quadratic step would take minutes; a linear one takes a second on the slowest machine.
    assert time.process_time() - start < 30
