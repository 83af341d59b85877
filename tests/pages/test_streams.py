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


def test_words_of_a_body_are_those_that_somebody_wrote() -> None:
    table = {
        "table_caption": "Délais",
        "table_header_choice": "row",
        "first_row_is_table_header": True,
        "first_col_is_header": False,
        "cell": [{"row": 0, "col": 1, "className": "htRight"}],
        "data": [["Avant", "Après"], ["72 heures", None]],
    }
    page = ContentPage(
        body=[
            ("callout", {"kind": "deadline", "text": "<p>D’ici vendredi.</p>"}),
            ("table", table),
            ("link_card", {"url": "https://example.org/", "title": "Carte", "text": ""}),
        ]
    )

    words = ["D’ici vendredi.", "Délais", "Avant", "Après", "72 heures", "https://example.org/", "Carte"]
    assert lines_in(page.body) == words
    assert page.search_text() == ("", "\n".join(words))
