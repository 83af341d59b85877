"""Terms go out and come in again as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from wagtail.models import ModelLogEntry

from intranet.exchange.exporting import export_file
from intranet.exchange.importing import import_file
from intranet.glossary.models import Term
from tests.exchange.conftest import Bring, bring, write_lines
from tests.exchange.lines import network

__all__ = ["bring", "write_lines"]

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

VIOLENCE = {
    "type": "term",
    "slug": "gbv",
    "form": {"en": "gender-based violence", "fr": "violence fondée sur le genre"},
    "acronyms": {"en": ["GBV"], "fr": ["VFG", "VBG"]},
    "variants": {"en": [], "fr": ["violence basée sur le genre"]},
    "definition": {"en": "Harm because of gender.", "fr": "Tort en raison du genre."},
    "active": True,
}
REMAND = {"type": "term", "slug": "remand", "form": {"fr": "détention provisoire"}, "active": False}


def exported(path: Path, **options: Any) -> list[dict[str, Any]]:
    export_file(path, **options)
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_goes_out_comes_in_again(bring: Bring, tmp_path: Path) -> None:
    assert bring(VIOLENCE, REMAND, network()).errors == []
    path = tmp_path / "site.jsonl"
    lines = exported(path)
    assert [line for line in lines if line["type"] == "term"] == [
        VIOLENCE,
        {
            "type": "term",
            "slug": "remand",
            "form": {"en": "", "fr": "détention provisoire"},
            "acronyms": {"en": [], "fr": []},
            "variants": {"en": [], "fr": []},
            "definition": {"en": "", "fr": ""},
            "active": False,
        },
    ]
    report = import_file(path)
    assert (report.created, report.updated, report.unchanged, report.errors) == (0, 0, len(lines), [])
    Term.objects.all().delete()
    report = import_file(path)
    assert (report.created, report.errors) == (2, [])
    assert exported(tmp_path / "again.jsonl") == lines


def test_the_same_slug_updates_and_an_absent_field_is_empty(bring: Bring) -> None:
    bring(VIOLENCE)
    report = bring({"type": "term", "slug": "gbv", "form": {"en": "gender-based violence"}})
    assert (report.updated, report.errors) == (1, [])
    term = Term.objects.get()
    assert (term.form_fr, term.acronyms_fr, term.definition_en) == ("", "", "")
    assert list(ModelLogEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "glossary.add_term",
        "glossary.change_term",
    ]


def test_terms_are_not_one_network_s(bring: Bring, tmp_path: Path) -> None:
    bring(VIOLENCE, network("halifax"))
    assert [line["type"] for line in exported(tmp_path / "one.jsonl", network="halifax")] == ["network"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"slug": "x"}, "“form” is missing."),
        ({"slug": "x", "form": {}}, "“form.en”: Give the term in English or in French, or in both."),
        ({"slug": "x y", "form": {"en": "x"}}, "“slug” is wrong: use letters without accents"),
        ({"slug": "x", "form": {"en": 3}}, "“form.en” must be a text."),
        ({"slug": "x", "form": {"en": "x"}, "acronyms": {"en": ["A B"]}}, "“acronyms.en”: “A B” is no acronym"),
        (
            {"slug": "x", "form": {"en": "GBV"}},
            "“form.en”: “GBV” is a form of the term “gender-based violence” already",
        ),
        ({"slug": "gbv", "form": {"en": "x"}}, "“slug” is the one of line 1: “gbv”."),
        ({"slug": "x", "form": {"en": "x" * 121}}, "“form.en”"),
    ],
)
def test_a_wrong_line_is_named_and_the_rest_goes_in(bring: Bring, line: dict[str, Any], reason: str) -> None:
    report = bring(VIOLENCE, {"type": "term", **line})
    ((place, said),) = [(error.line, error.reason) for error in report.errors]
    assert place == 2
    assert said.startswith(reason)
    assert Term.objects.count() == 1


def test_a_dry_run_leaves_nothing(bring: Bring) -> None:
    assert bring(VIOLENCE, dry_run=True).created == 1
    assert not Term.objects.exists()
