"""Pinned answers: what the office puts above the results of a query, within each reader's audience."""

from __future__ import annotations

from typing import Any

from intranet.finding.models import PinnedAnswer, today
from intranet.pages.admin.history import Outcome, save_with_history
from intranet.pages.searching import Found, SearchParams, found_for

MAX_SHOWN = 3
ADDED, CHANGED = "finding.add_pinned_answer", "finding.change_pinned_answer"
FIELDS = ("phrases_fr", "phrases_en", "item", "valid_from", "valid_until")
"""What the history of a pinned answer tells of."""


def pinned_for(user: Any, params: SearchParams) -> tuple[Found, ...]:
    """What is pinned for this query and meant for ``user``, at most ``MAX_SHOWN``.

    On the first page without choices alone: whoever narrows the results down has seen it. One statement where nothing
    is pinned.
    """
    if params.page > 1 or params.filters or not params.text.strip():
        return ()
    keys = PinnedAnswer.objects.valid_on(today()).for_text(params.text).values_list("item", flat=True)
    return found_for(user, list(keys), params.language)[:MAX_SHOWN]


def save_pinned_answer(answer: PinnedAnswer, *, by: Any = None) -> Outcome:
    """Save a checked answer, and note in its history who changed what."""
    return save_with_history(answer, fields=FIELDS, added=ADDED, changed=CHANGED, by=by)
