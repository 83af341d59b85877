"""Real texts in both languages: the manual pages that Debian packages, the same ones in English and in French."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.services.machine import cache_folder, download_packages

PACKAGES = ("manpages", "manpages-dev", "manpages-fr", "manpages-fr-dev")
#: Where a package keeps them, below its root.
FOLDERS = {"en": "usr/share/man", "fr": "usr/share/man/fr"}
MIN_WORDS = 8
_NO_TEXT = {".nf": ".fi", ".EX": ".EE", ".TS": ".TE"}
_HEADINGS = (".SH", ".SS")
_NEW_PARAGRAPH = (".PP", ".P", ".LP", ".TP", ".TQ", ".IP", ".HP", ".sp", ".RS", ".RE")
#: Words in bold or italics; two letters take turns, and leave no space between.
_FONTS = dict.fromkeys((".B", ".I", ".SM", ".SB"), " ") | dict.fromkeys((".BR", ".IR", ".BI", ".IB", ".RB", ".RI"), "")
_ESCAPES = [
    (re.compile(r"\\f(?:\[[^\]]*\]|\(..|.)|\\s[+-]?\d|\\\*(?:\[[^\]]*\]|\(..|.)|\\[&|^%/,:]"), ""),
    (re.compile(r"\\[ ~0]"), " "),
    (re.compile(r"\\-"), "-"),
    (re.compile(r"\\(?:\(aq|\[aq\]|')"), "'"),
    (re.compile(r"\\(?:\(..|\[[^\]]*\]|.)"), " "),
    (re.compile(r"\s+"), " "),
]
_ARGUMENT = re.compile(r'"((?:[^"]|"")*)"|(\S+)')


@dataclass(frozen=True)
class Paragraph:
    """Plain text, and the heading that it stands under."""

    heading: str
    text: str


@dataclass(frozen=True)
class Manual:
    """A manual page in one language: ``name`` such as ``open.2``, and what the thing is for."""

    name: str
    language: str
    purpose: str
    paragraphs: tuple[Paragraph, ...]


def read_manuals(folder: Path | None = None) -> list[Manual]:
    """All manual pages that have running text, in ``folder`` or in Debian's packages (brought once, into a cache)."""
    root = folder or _brought()
    manuals = [manual for language in FOLDERS for manual in _read(root / FOLDERS[language], language)]
    if {manual.language for manual in manuals} != set(FOLDERS):
        raise SystemExit(f"There are no manual pages in both languages below {root}.")
    return manuals


def _brought() -> Path:
    cache = cache_folder("intranet-benchmarks")
    folder = cache / "manuals"
    if folder.is_dir():
        return folder
    work = cache / "unpacking"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for package in download_packages(work, *PACKAGES):
        subprocess.run(["dpkg-deb", "--extract", package, work / "manuals"], check=True)
    (work / "manuals").rename(folder)
    shutil.rmtree(work)
    return folder


def _read(folder: Path, language: str) -> Iterator[Manual]:
    for path in sorted(folder.glob("man[1-9]/*.gz")):
        if not path.is_symlink():
            manual = parse_manual(path.name.removesuffix(".gz"), language, gzip.decompress(path.read_bytes()).decode())
            if manual.paragraphs:
                yield manual


def parse_manual(name: str, language: str, source: str) -> Manual:
    """A page in the language of ``man``. What is no running text (code, tables) is left out."""
    purpose, heading, sections = "", "", 0
    paragraphs: list[Paragraph] = []
    words: list[str] = []

    def finish() -> None:
        text = _plain(" ".join(words))
        words.clear()
        if len(text.split()) >= MIN_WORDS:
            paragraphs.append(Paragraph(heading, text))

    for request, rest in _running_lines(source):
        if request in _HEADINGS:
            finish()
            heading = _plain(rest.strip('" ')).capitalize()
            sections += request == ".SH"
        elif request in _NEW_PARAGRAPH:
            finish()
        elif request in _FONTS:
            arguments = [quoted or bare for quoted, bare in _ARGUMENT.findall(rest)]
            words.append(_FONTS[request].join(arguments))
        elif not request and sections == 1:
            # The first section says what the thing is called and what it is for.
            purpose = purpose or _plain(rest).partition(" - ")[2]
        elif not request:
            words.append(rest)
    finish()
    return Manual(name, language, purpose or name, tuple(paragraphs))


def _running_lines(source: str) -> Iterator[tuple[str, str]]:
    """The lines outside of code and tables, each as a request (empty for text) and what follows it."""
    until = ""
    for line in source.splitlines():
        request, _space, rest = line.partition(" ") if line.startswith((".", "'")) else ("", "", line)
        if until:
            until = "" if request == until else until
        elif request in _NO_TEXT:
            until = _NO_TEXT[request]
            yield _NEW_PARAGRAPH[0], ""
        else:
            yield request, rest


def _plain(text: str) -> str:
    for pattern, instead in _ESCAPES:
        text = pattern.sub(instead, text)
    return text.strip()
