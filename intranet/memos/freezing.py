"""What an edition holds, and its digest: pure functions, the same for every way to make one.

The format is written down in docs/editions.md: who has the database and the files can recompute every digest.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from typing import Any, BinaryIO

FORMAT = 1
_BLOCK = frozenset({"type", "value", "id"})


def canonical(content: Mapping[str, Any]) -> bytes:
    """``content`` as RFC 8785 writes it: keys in order, no white space, UTF-8. It holds no fractions."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def digest_of_file(file: BinaryIO) -> str:
    """SHA-256 of what is left to read of ``file``, in hexadecimal, in bounded memory."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def moment(at: datetime.datetime) -> str:
    """``2026-11-21T20:00:00.000000Z``."""
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def text_of(page: Any) -> dict[str, Any]:
    """The text of one language version."""
    return {
        "title": page.title,
        "summary": page.summary,
        "content_note": page.content_note,
        "body": _plain(page.body.get_prep_value()),
    }


def facts_of(record: Any) -> dict[str, Any]:
    """What the memo says of itself beside its text."""
    return {
        "effective_on": record.effective_on.isoformat() if record.effective_on else None,
        "contact": record.contact,
        "acknowledge": record.acknowledge,
        "acknowledge_by": record.acknowledge_by.isoformat() if record.acknowledge_by else None,
        "replaces": str(record.replaces_id) if record.replaces_id else None,
    }


def asked_of(record: Any, *, asks_beyond: bool) -> dict[str, Any]:
    """Whom of its audience the memo asks to acknowledge it; empty lists for any role or network.

    ``beyond``: not the people of the issuing network alone. Two queries.
    """
    return {
        "roles": sorted(record.asked_roles.values_list("role", flat=True)),
        "networks": sorted(record.asked_networks.values_list("slug", flat=True)),
        "beyond": asks_beyond,
    }


def described(file: Any) -> dict[str, Any]:
    """What the content says of a file of the edition."""
    names = ("kind", "original", "title", "language", "name", "size", "sha256")
    return {name: str(value) if name == "kind" else value for name in names for value in [getattr(file, name)]}


def says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two contents have the same texts, facts and files, and ask the same roles and networks, whatever their
    numbers. What an older content does not say is not compared."""
    if any(one[name] != other[name] for name in ("texts", "facts", "files")):
        return False
    # “beyond” follows from a grant to the network, which no publication changes.
    asked, before = one.get("asked"), other.get("asked")
    return not (asked and before) or all(asked[name] == before[name] for name in ("roles", "networks"))


def _plain(value: Any) -> Any:
    """Blocks without the ids that the editor gives them, and without fractions, which have many spellings."""
    if isinstance(value, dict):
        is_block = value.keys() <= _BLOCK and "type" in value and "value" in value
        return {key: _plain(each) for key, each in value.items() if not (is_block and key == "id")}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, float) else value
