"""What anybody may write is taken apart in a time that grows with its length, not with its square."""

import time

import pytest

from search.text import joined_words, plain_words, stems

SHORT = 50_000


def cost(text: str) -> float:
    """The least of three times: what else the machine does adds to them."""
    return min(cost_once(text) for _time in range(3))


def cost_once(text: str) -> float:
    start = time.process_time()
    joined_words(text), plain_words(text), stems(text, "fr")
    return time.process_time() - start


@pytest.mark.parametrize("piece", ["a", "a-", "a.", "a@", "'", "a'", "a[e]"])
def test_text_without_blanks_costs_in_proportion(piece: str) -> None:
    # Eight times the text costs eight times as much, and 64 times where something is quadratic.
    assert cost(piece * 8 * SHORT) < 32 * max(cost(piece * SHORT), 0.02)
