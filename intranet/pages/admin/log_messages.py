"""What the logs say of a move or a copy: other pages are named to those alone who have them in their admin.

Wagtail keeps the titles of the places in the entry, where they stay when the page has gone to another network.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.permissions import policy_registry

from intranet.pages.admin.usable import current_editor


def _own_titles() -> dict[int, str]:
    """The titles that pages of the editor's explorer have now, by key; one query for all entries of a list."""
    editor = current_editor()
    if editor is None:
        return {}
    kept: dict[int, str] | None = getattr(editor, "_own_titles", None)
    if kept is None:
        own = policy_registry.get_by_type(Page).explorable_instances(editor)
        kept = editor._own_titles = dict(own.order_by().values_list("pk", "draft_title"))
    return kept


def _place(log_entry: Any, key: str) -> str:
    """The title of the page that the entry keeps under ``key``; empty where the editor has no such page."""
    place = log_entry.data.get(key) or {}
    return _own_titles().get(place.get("id"), "")


class MoveFormatter(LogFormatter):
    def format_message(self, log_entry: Any) -> str:
        before, after = _place(log_entry, "source"), _place(log_entry, "destination")
        if before and after:
            return _("Moved from “%(before)s” to “%(after)s”") % {"before": before, "after": after}
        if after:
            return _("Moved from elsewhere to “%(after)s”") % {"after": after}
        return _("Moved")


class CopyFormatter(LogFormatter):
    def format_message(self, log_entry: Any) -> str:
        before = _place(log_entry, "source")
        return _("Copied from “%(before)s”") % {"before": before} if before else _("Copied from elsewhere")


class ReorderFormatter(LogFormatter):
    def format_message(self, log_entry: Any) -> str:
        after = _place(log_entry, "destination")
        return _("Reordered under “%(after)s”") % {"after": after} if after else _("Reordered")


class TranslationFormatter(LogFormatter):
    def format_message(self, log_entry: Any) -> str:
        return _("Copied for translation")


class AliasFormatter(LogFormatter):
    def format_message(self, log_entry: Any) -> str:
        return _("Created an alias")


FORMATTERS = {
    "wagtail.move": MoveFormatter,
    "wagtail.copy": CopyFormatter,
    "wagtail.reorder": ReorderFormatter,
    "wagtail.copy_for_translation": TranslationFormatter,
    "wagtail.create_alias": AliasFormatter,
}


def name_own_places_only(actions: Any) -> None:
    """Put the formatters in the place of Wagtail's; their names in the filters stay."""
    for action, formatter in FORMATTERS.items():
        ours = formatter()
        ours.label = actions.formatters[action].label
        actions.formatters[action] = ours
