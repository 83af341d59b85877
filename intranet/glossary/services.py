"""Writing a term, with the history of what was changed."""

from __future__ import annotations

from typing import Any

from intranet.glossary.models import LANGUAGES, Term
from intranet.pages.admin.history import Outcome, save_with_history

ADDED, CHANGED = "glossary.add_term", "glossary.change_term"
FIELDS = (
    *(f"{name}_{code}" for name in ("form", "acronyms", "variants", "definition") for code in LANGUAGES),
    "is_active",
)
"""What the history of a term tells of."""


def save_term(term: Term, *, by: Any = None) -> Outcome:
    """Save a checked term, unless it says what is there already, and note in its history who changed what."""
    return save_with_history(term, fields=FIELDS, added=ADDED, changed=CHANGED, by=by)
