"""Writes the demo as a content exchange file, with its attachments beside it."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from .content import read_documents, read_yaml
from .documents import write_document
from .item_lines import Attachments, item_lines, topic_names
from .typography import polish

ATTACHMENTS_FOLDER = "attachments"
_FIRST_DAY = date(2025, 9, 2)
"""The day from which memberships hold that say no other."""


def write_exchange_file(folder: Path) -> Path:
    """Write ``demo.jsonl`` and its attachments into *folder*; return the path of the exchange file."""
    attachments = write_attachments(folder)
    path = folder / "demo.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for line in exchange_lines(attachments):
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


def write_attachments(folder: Path) -> Attachments:
    """Make every document in each of its languages; return what items say of them."""
    target = folder / ATTACHMENTS_FOLDER
    target.mkdir()
    return {
        (source.key, text.language): {
            "path": write_document(source, text, target).relative_to(folder).as_posix(),
            "title": polish(text.title, text.language),
            "language": text.language,
        }
        for source in read_documents().values()
        for text in source.texts
    }


def exchange_lines(attachments: Attachments) -> Iterator[dict[str, Any]]:
    """Yield topics, terms, networks, people and items as the exchange format has them."""
    for slug, names in topic_names().items():
        yield {"type": "topic", "slug": slug, "name": names}
    yield from map(term_line, read_yaml("terms.yaml"))
    yield from map(network_line, read_yaml("networks.yaml"))
    yield from map(person_line, read_yaml("people.yaml")["people"])
    yield from item_lines(attachments)


def term_line(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line of one term of ``terms.yaml``."""
    line: dict[str, Any] = {"type": "term", "slug": entry["slug"]}
    for language in ("en", "fr"):
        said = entry[language]
        line.setdefault("form", {})[language] = polish(said["form"], language)
        line.setdefault("definition", {})[language] = polish(said["definition"], language)
        for name in ("acronyms", "variants"):
            line.setdefault(name, {})[language] = [polish(text, language) for text in said.get(name, ())]
    return line


def network_line(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line of one network of ``networks.yaml``."""
    names = {"en": polish(entry["en"], "en"), "fr": polish(entry["fr"], "fr")}
    others = {field: value for field, value in entry.items() if field not in names}
    return {"type": "network", "listed": True, "name": names} | others


def person_line(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line of one person of ``people.yaml``."""
    line = {
        "type": "person",
        "email": entry["email"],
        "name": polish(entry["name"], "en"),
        "language": entry["language"],
        "memberships": [_membership(network, said) for network, said in entry["memberships"].items()],
    }
    if "password" in entry:
        line["password"] = entry["password"]
    return line


def _membership(network: str, said: str | Mapping[str, Any]) -> dict[str, Any]:
    terms: Mapping[str, Any] = {"role": said} if isinstance(said, str) else said
    begins, ends = terms.get("from", _FIRST_DAY), terms.get("until")
    return {
        "network": network,
        "role": terms["role"],
        "from": begins.isoformat(),
        "until": ends.isoformat() if ends else None,
    }
