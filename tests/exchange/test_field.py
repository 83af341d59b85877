"""A federation's file as one brings it in: all its lines, who then finds what, and the same site from its export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from intranet.accounts.models import User
from intranet.exchange.importing import import_file
from tests.pages.factories import signed_in

FIELD = Path(__file__).parent / "field.jsonl"
MEMBER, DIRECTOR, OFFICE = "equipe@example.org", "direction@example.org", "edition@example.org"
PARTNER, NEIGHBOUR, ENGLISH = "partenaire@example.org", "voisine@example.org", "team@example.org"

pytestmark = pytest.mark.django_db

FOUND: dict[str, dict[str, set[str]]] = {
    "notes de service": {
        MEMBER: {"f-3", "f-4", "f-5"},
        PARTNER: {"f-3", "f-5"},
        NEIGHBOUR: set(),
    },
    "cartographie des ressources": {who: {"f-6"} for who in (MEMBER, PARTNER, NEIGHBOUR)},
    "VFG": {
        MEMBER: {"f-5", "f-8", "f-9", "term"},
        PARTNER: {"f-5", "f-8", "term"},
        NEIGHBOUR: {"f-8", "term"},
        ENGLISH: {"f-5", "f-8", "term"},
    },
    # What only the table has.
    "tourtière": {DIRECTOR: {"f-2"}, MEMBER: set(), OFFICE: set(), PARTNER: set(), NEIGHBOUR: set()},
    "directrices": {DIRECTOR: {"f-2"}, MEMBER: set(), OFFICE: set(), PARTNER: set(), NEIGHBOUR: set()},
    # What stands only in a table of the text.
    "friperie": {who: {"f-7"} for who in (MEMBER, PARTNER, NEIGHBOUR)},
}
"""By what is asked and by whom: the items that are found."""


def found_by_all(engine: str) -> dict[str, dict[str, set[str]]]:
    """What ``FOUND`` says, as the engine answers it."""
    return {text: {who: ask(who, text, engine) for who in people} for text, people in FOUND.items()}


def ask(who: str, text: str, engine: str) -> set[str]:
    """The ids of what a person finds; a term has none."""
    answer = signed_in(User.objects.get(email=who)).get("/api/v1/search", {"q": text}).json()
    assert (answer["engine"], answer["degraded"], answer["did_you_mean"]) == (engine, False, None)
    assert answer["total"] == len(answer["results"])
    assert sum(value["count"] for value in answer["facets"]["kind"]) == answer["total"]
    return {result["external_id"] or result["kind"] for result in answer["results"]}


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """What the site takes out that the file made, which is then gone."""
    path = tmp_path / "out" / "site.jsonl"
    path.parent.mkdir()
    with transaction.atomic():
        assert import_file(FIELD).errors == []
        call_command("export_content", path)
        transaction.set_rollback(True)
    return path


def test_every_line_goes_in() -> None:
    report = import_file(FIELD)

    assert (report.errors, report.warnings) == ([], [])
    assert report.created == len(FIELD.read_text().splitlines())
    again = import_file(FIELD)
    assert (again.unchanged, again.errors) == (report.created, [])


def test_everybody_finds_what_is_theirs(engine: str, sync: Callable[[], None]) -> None:
    import_file(FIELD)
    sync()

    assert found_by_all(engine) == FOUND


@pytest.mark.sqlite
def test_export_brings_the_same_site(exported: Path, without_elasticsearch: None, tmp_path: Path) -> None:
    report = import_file(exported)

    topics = 6
    assert (report.errors, report.warnings) == ([], [])
    assert report.created == len(FIELD.read_text().splitlines()) + topics
    call_command("export_content", tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_text() == exported.read_text()
    assert found_by_all("embedded") == FOUND
