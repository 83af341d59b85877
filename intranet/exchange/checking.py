"""Turns a JSON object into a line of the format, or says in words what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from intranet.exchange.exceptions import LineRefused
from intranet.exchange.line_kinds import line_kinds
from intranet.exchange.schema import LINE_TYPES


def check_line(value: dict[str, Any]) -> Any:
    """The line that ``value`` holds: an object of the class that ``LINE_TYPES`` or a plugin's ``LineKind`` names.

    Raises:
        LineRefused: with every reason, in one sentence or more.
    """
    name = value.get("type")
    if name is None:
        raise LineRefused(_("“%(field)s” is missing.") % {"field": "type"})
    known = LINE_TYPES | {kind.type: kind.schema for kind in line_kinds().values()}
    line_type = known.get(name) if isinstance(name, str) else None
    if line_type is None:
        raise LineRefused(_("“%(field)s” must be one of: %(known)s.") % {"field": "type", "known": ", ".join(known)})
    try:
        return line_type.model_validate(value)
    except ValidationError as error:
        raise LineRefused(" ".join(describe(error))) from None


def describe(error: ValidationError) -> list[str]:
    """One sentence for each thing that is wrong, with the name of the field."""
    return [
        _sentence(found["type"], _path(found["loc"]), found.get("ctx", {}))
        for found in error.errors(include_url=False, include_input=False)
    ]


def _path(location: Sequence[int | str]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def _sentence(kind: str, field: str, context: dict[str, Any]) -> str:
    if kind == "missing":
        return _("“%(field)s” is missing.") % {"field": field}
    if kind == "ours":
        if not field:
            return _("Wrong: %(reason)s.") % {"reason": context["reason"]}
        return _("“%(field)s” is wrong: %(reason)s.") % {"field": field, "reason": context["reason"]}
    if kind == "unknown_value":
        return _("“%(field)s” must be one of: %(known)s.") % {"field": field, "known": context["known"]}
    if kind == "string_too_long":
        return _("“%(field)s” is longer than %(maximum)d characters.") % {
            "field": field,
            "maximum": context["max_length"],
        }
    if kind == "string_too_short":
        return _("“%(field)s” is empty.") % {"field": field}
    return _wrong_type(kind, field)


def _wrong_type(kind: str, field: str) -> str:
    sentences = {
        "string_type": _("“%(field)s” must be a text."),
        "bool_type": _("“%(field)s” must be true or false."),
        "list_type": _("“%(field)s” must be a list."),
    }
    if kind.startswith(("dict", "model")):
        return _("“%(field)s” must be an object.") % {"field": field}
    return sentences.get(kind, _("“%(field)s” is wrong.")) % {"field": field}
