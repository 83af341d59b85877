"""Terms in the API."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intranet.glossary.models import Term
from tests.api.conftest import ApiClient, bring, guest, reader, site, write_lines
from tests.glossary.conftest import MakeTerm

__all__ = ["bring", "guest", "reader", "site", "write_lines"]

pytestmark = pytest.mark.django_db


def test_a_term_is_said_in_both_languages(reader: ApiClient, violence: Term) -> None:
    answer = reader.get("/glossary")
    assert answer.json() == {
        "results": [
            {
                "id": str(violence.pk),
                "slug": "gender-based-violence",
                "form": {"en": "gender-based violence", "fr": "violence fondée sur le genre"},
                "acronyms": {"en": ["GBV"], "fr": ["VFG", "VBG"]},
                "variants": {"en": [], "fr": ["violence basée sur le genre"]},
                "definition": {
                    "en": "Harm done to people because of their gender.",
                    "fr": "Tort causé à des personnes en raison de leur genre.",
                },
                "url": "/fr/glossaire/gender-based-violence/",
            }
        ]
    }
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("", ["gender-based-violence", "womens-shelter"]),
        ("VBG", ["gender-based-violence"]),
        ("HEBERG", ["womens-shelter"]),
        ("transition h", ["womens-shelter"]),
        ("%", []),
        ("rien", []),
    ],
)
def test_q_finds_any_form(reader: ApiClient, violence: Term, shelter: Term, text: str, slugs: list[str]) -> None:
    assert [term["slug"] for term in reader.get("/glossary", q=text).json()["results"]] == slugs


def test_inactive_terms_and_guests(reader: ApiClient, guest: ApiClient, violence: Term, shelter: Term) -> None:
    violence.is_active = False
    violence.save()
    assert [term["slug"] for term in reader.get("/glossary").json()["results"]] == ["womens-shelter"]
    assert guest.get("/glossary").json() == {"results": []}
    assert guest.get("/glossary", q="maison").json() == {"results": []}


def test_queries_are_as_many_for_one_as_for_thirty(reader: ApiClient, make_term: MakeTerm) -> None:
    counts = []
    reader.get("/glossary")
    for first, last in ((0, 1), (1, 3), (3, 30)):
        for number in range(first, last):
            make_term(form_en=f"word{number}", form_fr=f"mot{number}", acronyms_en=f"W{number}X")
        with CaptureQueriesContext(connection) as captured:
            assert len(reader.get("/glossary").json()["results"]) == last
        counts.append(len(captured))
    assert len(set(counts)) == 1
    assert len(reader.get("/glossary", size=3).json()["results"]) == 3
