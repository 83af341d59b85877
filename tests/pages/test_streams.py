"""What is read from a body of blocks."""

from __future__ import annotations

import pytest

from intranet.pages.models import ContentPage
from intranet.pages.streams import lines_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_headings_within_a_text_are_headings_for_search() -> None:
    page = ContentPage(
        body=[
            ("heading", "Accueillir"),
            ("text", '<h3 data-block-key="a1">Premier <b>contact</b></h3><p>Écouter.</p><h4></h4><h4>Suivi</h4>'),
            ("quote", {"text": "<p>Rien</p>"}),
        ]
    )
    headings, body = page.search_text()
    assert headings == "Accueillir\nPremier contact\nSuivi"
    assert "Écouter." in body


def test_layout_of_a_table_is_no_word_of_it() -> None:
    table = {
        "data": [["Ville", "Places"], ["Halifax", "2"], [None, ""]],
        "cell": [{"row": 1, "col": 0, "className": "htCenter"}],
        "first_row_is_table_header": True,
        "table_header_choice": "row",
        "table_caption": "Par ville",
    }
    page = ContentPage(body=[("table", table)])
    assert page.search_text()[1].split() == ["Par", "ville", "Ville", "Places", "Halifax", "2"]
    assert lines_in(page.body) == ["Par ville", "Ville", "Places", "Halifax", "2"]
