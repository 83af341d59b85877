"""What in a text may tell who somebody is: noticed before it is posted, never stored."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

_PATTERNS: tuple[tuple[str | Promise, re.Pattern[str]], ...] = (
    (gettext_lazy("an e-mail address"), re.compile(r"[\w.+-]+@[\w-]+\.\w+")),
    (
        gettext_lazy("a telephone number"),
        re.compile(r"(?<!\d)(?:\+?1[ .-]?)?\(?[2-9]\d\d\)?[ .-]?\d{3}[ .-]?\d{4}(?!\d)"),
    ),
    (gettext_lazy("a file or insurance number"), re.compile(r"(?<![\d$-])\d{3}[ -]?\d{3}[ -]?\d{3}(?!\d)")),
    (gettext_lazy("a postal code"), re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d\b", re.IGNORECASE)),
    (
        gettext_lazy("a date of birth"),
        re.compile(r"\b(?:born (?:on|in)|date of birth|DOB|née? le|date de naissance)\b", re.I),
    ),
    (
        gettext_lazy("the name of a person"),
        re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mme|Mlle|Monsieur|Madame|M)\b\.? (?!l[ea]\b)[A-ZÀ-ÖØ-Þ][\w’'-]+"),
    ),
)


def tells_of_somebody(text: str) -> list[str]:
    """What the text seems to have that could identify a person, in words of the language in force."""
    return [str(what) for what, pattern in _PATTERNS if pattern.search(text)]
