"""The benchmark itself, at a size that says nothing: it runs through, and what it prints is the issue's table."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from search.circuit import circuit
from tests.benchmarks import running
from tests.benchmarks.bench import Bench
from tests.benchmarks.manuals import FOLDERS, Paragraph, parse_manual

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
