"""What is read from a body of blocks."""

from __future__ import annotations

import pytest

from intranet.pages.models import ContentPage

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
