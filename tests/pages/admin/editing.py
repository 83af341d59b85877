"""The editor's form, filled in."""

from __future__ import annotations

from typing import Any

from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

__all__ = ["page_form", "rich_text"]


def comment(text: str, *, pk: int | str = "", replies: list[str] = ()) -> dict[str, Any]:  # type: ignore[assignment]
    """A comment on the title, new or (``pk``) one that is there, with new replies."""
    fields = {"id": pk, "contentpath": "title", "text": text, "position": "", "resolved": ""}
    added = [{"id": "", "text": reply} for reply in replies]
    return {**fields, "replies": inline_formset(added)}


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
