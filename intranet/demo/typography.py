"""The typography of the demo's texts, so that the source files can be typed on any keyboard."""

import re

_NO_BREAK = "\N{NO-BREAK SPACE}"
_FRENCH_RULES = (
    (re.compile(r"« "), f"«{_NO_BREAK}"),
    (re.compile(r" »"), f"{_NO_BREAK}»"),
    (re.compile(r"(?<=\S) :(?=\s|$)", re.MULTILINE), f"{_NO_BREAK}:"),
    (re.compile(r"(?<=\d) (?=\d{3}\b|[%$])"), _NO_BREAK),
    (re.compile(r"(?<=\d) h\b"), f"{_NO_BREAK}h"),
    (re.compile(rf"(?<=\d{_NO_BREAK}h) (?=\d\d\b)"), _NO_BREAK),
)


def polish(text: str, language: str) -> str:
    """Return *text* with typographic apostrophes and, in French, the no-break spaces of Canadian usage."""
    text = text.replace("'", "’")
    if language != "fr":
        return text
    for pattern, replacement in _FRENCH_RULES:
        text = pattern.sub(replacement, text)
    return text
