"""What is no document, or is one against us, gives a reason and costs no more than it may."""

from __future__ import annotations

import io
import json
import socket
import subprocess
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from django.core.files.base import ContentFile

from intranet.pages.extraction import reading, running
from intranet.pages.extraction.limits import Limits
from intranet.pages.extraction.reading import read_document
from intranet.pages.models import GuardedDocument
from tests.pages.extraction import files


def state_of(name: str, content: bytes, **limits: int) -> str:
    return read_document(ContentFile(content), name, Limits(**limits)).state


@pytest.mark.parametrize(
    ("name", "content", "state"),
    [
        ("scan.pdf", files.scanned_pdf(), "empty"),
        ("blank.docx", files.word(" ", "—"), "empty"),
        ("blank.txt", b"", "empty"),
        ("locked.pdf", files.pdf("secret", user_password="pass"), "encrypted"),
        ("locked.docx", files.office_with_password(), "encrypted"),
        ("locked.odt", files.opendocument("text", "", manifest="<encryption-data/>"), "encrypted"),
        ("junk.pdf", b"not a PDF", "broken"),
        ("none.pdf", b"", "broken"),
        ("cut.pdf", files.pdf("one", "two")[:600], "broken"),
        ("cut.docx", files.word("one")[:-200], "broken"),
        ("old.docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000), "broken"),
        ("other.docx", files.workbook(a=[["x"]]), "broken"),
        ("other.odt", files.word("x"), "broken"),
        ("bytes.txt", bytes(range(128, 256)) * 20 + bytes(range(32)) * 20, "broken"),
        ("photos.zip", b"PK\x03\x04", "unsupported"),
        ("old.doc", b"", "unsupported"),
        ("nothing", b"words", "unsupported"),
    ],
)
def test_what_cannot_be_read_has_its_reason(name: str, content: bytes, state: str) -> None:
    found = read_document(ContentFile(content), name, Limits())
    assert (found.state, found.passages) == (state, ())


def test_large_file_is_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_run", None)
    assert state_of("a.txt", b"x" * 101, file_bytes=100) == "too_large"


@pytest.mark.django_db
def test_missing_file_is_said() -> None:
    document = GuardedDocument(title="a", file="documents/nowhere/a.txt")
    assert read_document(document.file, "a.txt", Limits()).state == "missing"


def test_zip_bomb_is_refused_by_what_it_says() -> None:
    assert state_of("a.docx", files.zip_bomb(450)) == "unpacks"


def test_zip_bomb_that_lies_is_not_unpacked_further_than_it_says() -> None:
    assert state_of("a.docx", files.lying_zip_bomb(), memory_bytes=120 * 1024**2) == "broken"


def test_billion_laughs_is_not_laughed() -> None:
    found = read_document(ContentFile(files.word_of(files.billion_laughs())), "a.docx", Limits(seconds=5))
    assert "laugh" not in str(found.passages)
    assert found.state == "broken"


def test_no_other_file_is_read_into_the_text(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("password")
    xml = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>' + files.body(
        "<w:p><w:r><w:t>before</w:t></w:r></w:p><w:p><w:r><w:t>&x;</w:t></w:r></w:p>"
    )
    found = read_document(ContentFile(files.word_of(xml)), "a.docx", Limits())
    assert [piece.text for piece in found.passages] == ["before"]


def test_document_that_never_ends_is_ended() -> None:
    assert state_of("a.pdf", files.slow_pdf(), seconds=1) == "timed_out"


def test_document_that_eats_memory_is_refused() -> None:
    content = files.word_of(files.body("<w:p/>" * 4_000_000))
    assert state_of("a.docx", content, memory_bytes=250 * 1024**2) == "too_complex"


def test_document_that_kills_its_reader_harms_nobody() -> None:
    # Four million saved graphics states, which the library aborts at when memory ends.
    assert state_of("a.pdf", files.pdf_of_commands(b"q " * 4_000_000), memory_bytes=150 * 1024**2) == "failed"


def test_reader_that_writes_anything_else_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    end = '{"state": "extracted", "is_cut": false, "error": ""}'
    passage = '{"page": 1, "text": "x"}'
    wrong = [
        "",
        passage,
        "words",
        end.replace("extracted", "waiting"),
        f'{passage[:-1]}, "html": true}}\n{end}',
        f"{passage.replace('1', '501')}\n{end}",
        f"{passage.replace('1', '-1')}\n{end}",
        f"{passage.replace('x', 'x' * 4001)}\n{end}",
        f"{(passage.replace('x', 'x' * 4000) + chr(10)) * 126}{end}",
        f"{passage}\n{end}".replace("x", "\\ud800")[:-1],
    ]
    for output in wrong:
        assert reading._checked(_file_with(output), "pdf").state == "failed", output[:80]
    assert reading._checked(_file_with(f"{passage}\n{end}"), "pdf").passages == ((1, "x"),)


def _file_with(output: str) -> io.BytesIO:
    return io.BytesIO(output.encode())


PROBE = """
import json, os, resource, socket, subprocess, sys
from intranet.pages.extraction.confinement import confine
import intranet.pages.extraction.__main__, intranet.pages.extraction.formats.word, intranet.pages.extraction.formats.pdf
confine(5, 1024**3)
def refused(act):
    try:
        act()
    except PermissionError:
        return True
    return False
def is_open(descriptor):
    try:
        return bool(os.fstat(descriptor))
    except OSError:
        return False
print(json.dumps({
    "open files": [number for number in range(256) if is_open(number)],
    "environment": sorted(os.environ),
    "site": sorted({"django", "wagtail", "psycopg", "search", "intranet.settings"} & set(sys.modules)),
    "connects": not refused(lambda: socket.create_connection(("127.0.0.1", 9))),
    "asks for names": not refused(lambda: socket.getaddrinfo("localhost", 80)),
    "runs": not refused(lambda: subprocess.run(["true"])),
    "shell": not refused(lambda: os.system("true")),
    "forks": not refused(os.fork),
    "writes": not refused(lambda: open("/tmp/written", "w")),
    "reads": [
        path for path in ("/etc/passwd", "manage.py", "intranet/settings/base.py", "/proc/self/environ")
        if not refused(lambda: open(path, "rb"))
    ],
    "lists": [path for path in (None, "/", "intranet") if not refused(lambda: os.listdir(path))],
    "reads a library": not refused(lambda: open(json.__file__, "rb")),
    "limits": [resource.getrlimit(kind) for kind in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_CORE)],
}))
"""


def test_reader_has_no_site_no_secrets_no_network_and_no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe stands where the reader does, and is started by the same lines."""
    started: list[list[str]] = []
    popen = subprocess.Popen

    def start(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        started.append(command)
        return popen([*command[: command.index("-m")], "-c", PROBE], **options)

    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    monkeypatch.setattr(running.subprocess, "Popen", start)
    with TemporaryFile() as output, TemporaryFile() as source, socket.socket() as database:
        # As careless as a library can be.
        database.set_inheritable(True)
        assert reading._run("txt", source, output, Limits()) == ""
        output.seek(0)
        found = json.load(output)
    assert started[0][-5:] == ["-m", "intranet.pages.extraction", "txt", "30", str(1024**3)]
    assert found.pop("limits") == [[6, 6], [1024**3, 1024**3], [0, 0]]
    assert found == {
        "open files": [0, 1, 2],
        "environment": ["LANG", "PATH"],
        "site": [],
        "connects": False,
        "asks for names": False,
        "runs": False,
        "shell": False,
        "forks": False,
        "writes": False,
        "reads": [],
        "lists": [],
        "reads a library": True,
    }
