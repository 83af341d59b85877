"""The editor's form, filled in."""

from __future__ import annotations

from typing import Any

from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

__all__ = ["page_form", "rich_text"]


def page_form(title: str, blocks: list[tuple[str, Any]] = (), **fields: Any) -> dict[str, Any]:  # type: ignore[assignment]
    """What the browser sends for a content page."""
    return nested_form_data(
        {
            "title": title,
            "slug": title.lower().replace(" ", "-"),
            "summary": "",
            "content_note": "",
            "contributors": "",
            "body": streamfield(list(blocks)),
            "comments": inline_formset([]),
            **fields,
        }
    )
