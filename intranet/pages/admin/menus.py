"""The admin's menus without what does not concern a section."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail.models import Page
from wagtail.permissions import policy_registry

from intranet.networks.access import access_of

HIDDEN_SETTINGS = frozenset({"groups", "collections", "sites", "locales", "workflows", "workflow-tasks"})
"""What the site itself keeps; networks bring their groups and collections, one workflow serves all sections."""
HIDDEN_REPORTS = frozenset({"page-types-usage"})
HIDDEN_HELP = frozenset({"whats-new-in-wagtail"})


def _keep(items: list[Any], hidden: frozenset[str]) -> None:
    items[:] = [item for item in items if item.name not in hidden]


def confine_main_menu(request: HttpRequest, items: list[Any]) -> None:
    """No reports for people without a section."""
    if not policy_registry.get_by_type(Page).user_has_any_permission(request.user, {"add", "change", "publish"}):
        _keep(items, frozenset({"reports", "explorer", "images", "documents"}))


def confine_settings_menu(request: HttpRequest, items: list[Any]) -> None:
    """What follows from networks is not set by hand."""
    hidden = HIDDEN_SETTINGS if request.user.is_superuser else HIDDEN_SETTINGS | {"redirects"}
    if access_of(request.user).publish:
        hidden -= {"redirects"}
    _keep(items, frozenset(hidden))


def confine_reports_menu(request: HttpRequest, items: list[Any]) -> None:
    """Without the reports that count the whole site."""
    _keep(items, HIDDEN_REPORTS)


def confine_help_menu(request: HttpRequest, items: list[Any]) -> None:
    """Without Wagtail's own announcements."""
    _keep(items, HIDDEN_HELP)
