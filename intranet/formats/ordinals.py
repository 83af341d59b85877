"""The first day of a month as each language says it: *1er avril*, *April 1*."""

from __future__ import annotations

from django.utils import translation
from django.utils.dateformat import DateFormat

_english = DateFormat.S


def _suffix(self: DateFormat) -> str:
    """What follows the number of the day: in French *er* for the first and nothing else, otherwise Django's."""
    if (translation.get_language() or "").startswith("fr"):
        return "er" if self.data.day == 1 else ""
    return _english(self)


def register() -> None:
    """Give the letter ``S`` of date formats its French meaning: Django has English ordinals in every language."""
    DateFormat.S = _suffix  # type: ignore[method-assign]
