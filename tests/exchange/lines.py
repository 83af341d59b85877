"""Lines of the exchange format that are right; a test changes what it needs."""

from __future__ import annotations

from typing import Any


def network(slug: str = "halifax", **fields: Any) -> dict[str, Any]:
    names = {"en": f"{slug.title()} society", "fr": f"Société de {slug.title()}"}
    return {"type": "network", "slug": slug, "kind": "society", "name": names, "region": "NS", **fields}


def person(email: str = "a@example.org", **fields: Any) -> dict[str, Any]:
    return {"type": "person", "email": email, "name": "A. Person", "language": "fr", "active": True, **fields}


def item(name: str = "x-1", **fields: Any) -> dict[str, Any]:
    return {
        "type": "item",
        "id": name,
        "kind": "page",
        "network": "halifax",
        "language": "fr",
        "title": f"Titre {name}",
        "body": "<p>Un mot.</p>",
        "published": "2026-03-02T14:00:00Z",
        **fields,
    }
