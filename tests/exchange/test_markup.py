"""From HTML to blocks."""

from __future__ import annotations

import pytest

from intranet.exchange.markup import to_blocks


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("<strong>VPI</strong>, violence", "VPI, violence"),
        ("(<a href='https://example.org/'>ici</a>)", "(ici)"),
        ("un<br>deux", "un deux"),
        ("<p>un</p><p>deux</p>trois", "un deux trois"),
        ("<b>in<i>sé</i>parable</b>", "inséparable"),
    ],
)
def test_words_of_a_cell_are_apart_where_a_line_ends_alone(cell: str, words: str) -> None:
    html = f"<table><tr><td>{cell}</td></tr></table>"
    (table,) = to_blocks(html, lambda address: {"href": address}, lambda *_image: None, lambda _path: None)
    assert table["value"]["data"] == [[words]]
