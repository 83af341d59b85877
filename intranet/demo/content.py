"""Reads the demo's source files: networks, people, topics and terms in YAML, items and documents in Markdown.

A Markdown file holds one item or document in one or two languages::

    ---
    kind: memo
    topics: [vie-privee]
    ---
    # [fr] Titre
    > Résumé

    **Avertissement de contenu.** Une phrase, ou rien.

    Texte
    # [en] Title
    > Summary

    Text

Its path under ``items/`` (``halifax/court-support``) is its key; the folder is the network's slug.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTENT_FOLDER = Path(__file__).parent / "content"
_CONTENT_NOTE = re.compile(r"\*\*(?:Avertissement de contenu|Content note)\.\*\* (.+)\n?")
_LANGUAGE_HEADING = re.compile(r"^# \[(fr|en)\] (.+)$", re.MULTILINE)


class ContentError(ValueError):
    """A source file of the demo is not as it must be; the message names the file and the remedy."""


@dataclass(frozen=True)
class Text:
    """One language version: a title, a summary and a content note in plain text, a body in Markdown."""

    language: str
    title: str
    summary: str
    body: str
    content_note: str = ""


@dataclass(frozen=True)
class Source:
    """One Markdown file: its key, its front matter and its texts in the order in which they stand."""

    key: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    texts: tuple[Text, ...] = ()

    @property
    def network(self) -> str:
        """The slug of the network that owns the item."""
        return self.key.partition("/")[0]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the texts, the original's first."""
        return tuple(text.language for text in self.texts)


def read_yaml(name: str) -> Any:
    """Return what the YAML file *name* of the content folder holds."""
    return yaml.safe_load((CONTENT_FOLDER / name).read_text(encoding="utf-8"))


def parse_source(key: str, raw: str) -> Source:
    """Parse one Markdown file; raise ContentError when it has no front matter or no text."""
    parts = raw.split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise ContentError(f"{key}: begin the file with front matter between two lines of ---.")
    headings = list(_LANGUAGE_HEADING.finditer(parts[2]))
    if not headings:
        raise ContentError(f"{key}: begin each language with a line such as '# [fr] Titre'.")
    ends = [heading.start() for heading in headings[1:]] + [len(parts[2])]
    texts = tuple(
        _parse_text(heading, parts[2][heading.end() : end]) for heading, end in zip(headings, ends, strict=True)
    )
    return Source(key=key, meta=yaml.safe_load(parts[1]) or {}, texts=texts)


def _parse_text(heading: re.Match[str], content: str) -> Text:
    lines = content.strip().splitlines()
    summary: list[str] = []
    while lines and lines[0].startswith("> "):
        summary.append(lines.pop(0)[2:].strip())
    body = "\n".join(lines).strip()
    note = _CONTENT_NOTE.match(body)
    return Text(
        language=heading[1],
        title=heading[2].strip(),
        summary=" ".join(summary),
        body=body[note.end() :].strip() if note else body,
        content_note=note[1].strip() if note else "",
    )


def iter_sources(folder: str) -> Iterator[Source]:
    """Yield the Markdown files under *folder* (``items`` or ``documents``), sorted by key."""
    base = CONTENT_FOLDER / folder
    for path in sorted(base.rglob("*.md")):
        key = path.relative_to(base).with_suffix("").as_posix()
        yield parse_source(key, path.read_text(encoding="utf-8"))


@cache
def read_items() -> tuple[Source, ...]:
    """Return every item."""
    return tuple(iter_sources("items"))


@cache
def read_documents() -> Mapping[str, Source]:
    """Return every document that can be attached, by key."""
    return {source.key: source for source in iter_sources("documents")}
