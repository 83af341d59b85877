"""HTML from outside, cleaned to what the editor allows."""

from __future__ import annotations

from intranet.exchange.markup import rich_text


def clean_html(html: str) -> str:
    """The HTML as rich text: no script, no style, no address that is not one of the web, mail or telephone."""
    return rich_text(html, lambda address: None)
