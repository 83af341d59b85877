"""The filters above a list, as ``components/filters.html`` takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest


def text_filter(label: str, value: str) -> dict[str, Any]:
    """An entry for words, sent as ``q``."""
    return {"name": "q", "label": label, "type": "search", "value": value}


def choice_filter(
    name: str, label: str, choices: Iterable[tuple[Any, Any]], chosen: str, *, is_required: bool = False
) -> dict[str, Any]:
    """A choice of one value, or of all, which the component offers unless ``is_required``."""
    options = [{"value": value, "label": text, "selected": value == chosen} for value, text in choices]
    return {"name": name, "label": label, "options": options, "is_required": is_required}


def search_filter(request: HttpRequest, label: str, value: str) -> dict[str, Any]:
    """The context of a list that is searched by words alone."""
    return {"fields": [text_filter(label, value)], "clear_url": request.path if value else ""}
