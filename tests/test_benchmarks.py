"""The benchmark itself, at a size that says nothing: it runs through, and what it prints is the issue's table."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.test import utils

from search.circuit import circuit
from tests.benchmarks import report, running, site
from tests.benchmarks.__main__ import main
from tests.benchmarks.bench import Bench
from tests.benchmarks.manuals import FOLDERS, Paragraph, parse_manual
from tests.benchmarks.report import Result

PAGE = r"""
.\" A remark.
.TH open 2
.SH NOM
open, creat \- Ouvrir un fichier
.SH DESCRIPTION
L'appel \fBopen\fP() ouvre le fichier
.IR chemin ,
s'il existe\ : sinon, il peut le créer.
.PP
Trop court.
.nf
int open(const char *chemin, int attributs, mode_t droits, et rien de plus);
.fi
.SS "Valeur renvoyée"
Un descripteur, c'est\-à\-dire un petit entier positif, ou \(aqmoins un\(aq.
"""


def test_manual_is_read_as_running_text() -> None:
    manual = parse_manual("open.2", "fr", PAGE)

    assert (manual.name, manual.language, manual.purpose) == ("open.2", "fr", "Ouvrir un fichier")
    assert manual.paragraphs == (
        Paragraph("Description", "L'appel open() ouvre le fichier chemin, s'il existe : sinon, il peut le créer."),
        Paragraph("Valeur renvoyée", "Un descripteur, c'est-à-dire un petit entier positif, ou 'moins un'."),
    )


RESULTS = [
    Result("full page", "≤ 4 times", "1.28 times", is_within=True),
    Result("rebuild", "≥ 0.7", "0.35", is_within=False),
]


@pytest.mark.parametrize(
    ("results", "beyond", "code", "said"),
    [
        (RESULTS, [], 1, "bench: beyond its bound: rebuild: 0.35 (bound: ≥ 0.7)\n"),
        (RESULTS[:1], [], 0, ""),
        (RESULTS[:1], ["reader, home: 21 queries (bound: 20)"], 1,
         "bench: beyond its bound: reader, home: 21 queries (bound: 20)\n"),
    ],
)  # fmt: skip
def test_exit_code_says_whether_everything_is_within_its_bound(
    results: list[Result],
    beyond: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("setup_test_environment", "setup_databases", "teardown_databases"):
        monkeypatch.setattr(utils, name, lambda *args, **options: None)
    monkeypatch.setattr(running, "run", lambda *args: results)
    monkeypatch.setattr(site, "run", lambda *args: beyond)

    assert main(["rebuild", "site", "--documents", "40", "--networks", "10"]) == code
    assert capsys.readouterr().err == said


def test_growing_site_is_held_to_its_bounds() -> None:
    small = {
        "editor": {"explorer": site.Cost(100, 30), "dashboard": site.Cost(100, 9), "chooser": site.Cost(100, 40)},
        "reader": {"home": site.Cost(50, 21), "page": site.Cost(50, 12)},
    }
    large = {
        "editor": {"explorer": site.Cost(150, 30), "dashboard": site.Cost(151, 9), "chooser": site.Cost(90, 41)},
        "reader": {"home": site.Cost(50, 21), "page": site.Cost(50, 12)},
    }

    assert site.beyond_bounds(small, large) == [
        "editor, dashboard: 100 → 151 ms, 9 → 9 queries (bound: 1.5 times, as many queries)",
        "editor, chooser: 100 → 90 ms, 40 → 41 queries (bound: 1.5 times, as many queries)",
        "reader, home: 21 queries (bound: 20)",
    ]


def test_page_begins_as_the_program_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "machine", lambda: "a machine")
    begins, _table, _rest = report.document_of([], running.DOCUMENTS, running.NETWORKS, 1).partition("\n| what |")

    assert report.DOCUMENT.read_text().startswith(begins)


@pytest.mark.django_db(transaction=True)
def test_every_row_is_measured(elasticsearch_url: str, settings: Any, tmp_path: Path) -> None:
    settings.ELASTICSEARCH_URL = elasticsearch_url
    settings.SEARCH_TIMEOUT = 10
    circuit.reset()
    for language, folder in FOLDERS.items():
        for number, place in enumerate(("kitchen", "garden", "office", "library")):
            path = tmp_path / folder / "man2" / f"{place}.2.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            words = " ".join(f"{language}{place}{chr(97 + word)}" for word in range(20))
            text = f".SH NAME\n{place} \\- visit the {place} of {language}\n.SH TEXT\n{words} {number}.\n"
            path.write_bytes(gzip.compress(text.encode()))

    results = running.run(Bench(40, 10, tmp_path), output=tmp_path / "benchmarks.md")

    written = (tmp_path / "benchmarks.md").read_text()
    assert [result.what for result in results] == [row.what for row in running.ROWS]
    assert all(f"| {result.what} | {result.bound} | {result.measured} |" in written for result in results)
    assert "10 networks" in written
