"""Pinned answers: what the office puts above the results of a query, within each reader's audience."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from intranet.finding.models import PinnedAnswer, PinnedPhrase, today
from intranet.finding.phrases import keys_of
from intranet.pages.admin.history import Outcome, save_with_history
from search import Expansion
from search.query import parse_text
from search.stamps import Kept, Stamps

STAMP = "finding.pinned"
ADDED, CHANGED = "finding.add_pinned_answer", "finding.change_pinned_answer"
FIELDS = ("phrases_fr", "phrases_en", "item", "valid_from", "valid_until")
"""What the history of a pinned answer tells of."""


def _answers_by_key() -> Mapping[str, list[PinnedAnswer]]:
    by_key: defaultdict[str, list[PinnedAnswer]] = defaultdict(list)
    for phrase in PinnedPhrase.objects.select_related("answer"):
        by_key[phrase.key].append(phrase.answer)
    return dict(by_key)


_ANSWERS = Kept(STAMP, _answers_by_key)


def pins(text: str, tokens: frozenset[str], stamps: Stamps) -> Iterator[Expansion]:
    """What is pinned for this query today, the one added last first.

    Nothing for one that keeps words out: it is not the query that was thought of, and the answer may have the words.
    """
    if parse_text(text).excluded:
        return
    known = _ANSWERS.get(stamps)
    day = today()
    found = {answer.pk: answer for key in keys_of(text) for answer in known.get(key, ()) if answer.is_valid_on(day)}
    for _pk, answer in sorted(found.items(), reverse=True):
        yield Expansion(text, (), answer.item, is_pinned=True)


def save_pinned_answer(answer: PinnedAnswer, *, by: Any = None) -> Outcome:
    """Save a checked answer, and note in its history who changed what."""
    return save_with_history(answer, fields=FIELDS, added=ADDED, changed=CHANGED, by=by)
