"""Writing a term, with the history of what was changed."""

from __future__ import annotations

from typing import Any, Literal

from django.db import transaction
from wagtail.log_actions import log

from intranet.glossary.models import LANGUAGES, Term

Outcome = Literal["created", "updated", "unchanged"]
ADDED, CHANGED = "glossary.add_term", "glossary.change_term"
FIELDS = (
    *(f"{name}_{code}" for name in ("form", "acronyms", "variants", "definition") for code in LANGUAGES),
    "is_active",
)
"""What the history of a term tells of."""


@transaction.atomic
def save_term(term: Term, *, by: Any = None) -> Outcome:
    """Save a checked term, unless it says what is there already, and note in its history who changed what.

    The row is locked: of two who change a term, the second one's history begins with what the first one wrote.
    """
    held = Term.objects.select_for_update().filter(pk=term.pk).first()
    if held is None:
        term.save()
        log(term, ADDED, user=by, content_changed=True)
        return "created"
    changes = {
        name: [before, after] for name in FIELDS if (before := getattr(held, name)) != (after := getattr(term, name))
    }
    if not changes:
        return "unchanged"
    term.save()
    log(term, CHANGED, user=by, content_changed=True, data={"changes": changes})
    return "updated"
