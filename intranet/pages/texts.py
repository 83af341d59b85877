"""What is done to the text of a page before it is shown, by plugins that pages do not know."""

from __future__ import annotations

from collections.abc import Callable

TextStep = Callable[[str, str], str]
"""Takes the HTML of a page's content for the current reader and its language; gives it back, safe as it was.

It is asked for each showing of a page: it costs a fixed number of queries, whatever the text. Running text stands in
elements of the class ``prose``; what is around them is not the page's own.
"""

_steps: dict[str, TextStep] = {}


def register_text_step(name: str, step: TextStep) -> None:
    """Let ``step`` see the content of every page that extends ``pages/base_page.html``; the same name replaces."""
    _steps[name] = step


def finished(html: str, language: str) -> str:
    """The content of a page after every step, in the order in which they were registered."""
    for step in _steps.values():
        html = step(html, language)
    return html
