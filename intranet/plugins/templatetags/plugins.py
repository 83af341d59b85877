"""Template tags that show what plugins contribute."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django import template
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from intranet.plugins.config import PluginConfig
from intranet.plugins.contributions import MenuEntry
from intranet.plugins.registry import Contribution, registry

logger = logging.getLogger(__name__)
register = template.Library()


class MenuLink(NamedTuple):
    """A menu entry as templates read it."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool
    plugin: str


@register.simple_tag(takes_context=True)
def dashboard_panels(context: Context, *, aside: bool = False, home: bool = True) -> SafeString:
    """Render the dashboard's panels: in the column of the home page, beside it, or elsewhere."""
    panels = registry.contributions("dashboard_panels")
    shown = [found for found in panels if found.item.is_aside == aside and found.item.is_on_home == home]
    return _rendered(shown, context["request"], instead=_not_shown)


@register.simple_tag(takes_context=True)
def section_panels(context: Context, section: Any) -> SafeString:
    """Render the panels of ``section`` (its page) that have something to show."""
    return _rendered(registry.contributions("section_panels"), context["request"], instead=_not_shown, section=section)


@register.simple_tag(takes_context=True)
def header_tools(context: Context) -> SafeString:
    """Render the tools of the bar for a signed-in reader; nothing without a request (some error pages)."""
    request: Any = context.get("request")
    if not getattr(getattr(request, "user", None), "is_authenticated", False):
        return SafeString()
    return _rendered(registry.contributions("header_tools"), request)


@register.simple_tag(takes_context=True)
def menu_entries(context: Context) -> list[MenuLink]:
    """Return the reader's menu: ``{% menu_entries as entries %}``. Empty without a request (some error pages)."""
    request = context.get("request")
    if request is None:
        return []
    return [
        MenuLink(
            label=entry.label,
            url=(url := entry.url()),
            icon=entry.icon,
            is_current=_is_current(request.path, url),
            plugin=plugin.label,
        )
        for plugin, entry in ((found.plugin, found.item) for found in registry.contributions("menu_entries"))
        if _is_offered(plugin, entry, request)
    ]


def _is_offered(plugin: PluginConfig, entry: MenuEntry, request: HttpRequest) -> bool:
    """Whether the reader gets the entry; one that cannot say so is left out."""
    try:
        return entry.is_visible(request)
    except Exception as error:
        _log(error, "The menu entry %s of the plugin %s cannot be shown.", entry.url_name, plugin.label)
        return False


def _is_current(path: str, url: str) -> bool:
    """Say whether ``path`` is at or below ``url``; every page is below a language's root, which is current alone."""
    is_root = len(url.strip("/").split("/")) < 2
    return path == url if is_root else path.startswith(url)


def _rendered(
    panels: Iterable[Contribution], request: HttpRequest, *, instead: Callable[[], str] = str, **scope: Any
) -> SafeString:
    """The panels that have something to show; ``instead`` of one that fails, which does not take the page away."""
    parts: list[str] = []
    for found in panels:
        panel = found.item
        try:
            values = panel.get_context(request, **scope)
            if values is not None:
                parts.append(render_to_string(panel.template_name, {**scope, **values}, request=request))
        except Exception as error:
            _log(error, "The panel %s of the plugin %s cannot be shown.", type(panel).__name__, found.plugin.label)
            parts.append(instead())
    # Safe: every part was rendered, and escaped, by its own template.
    return mark_safe("\n".join(part for part in parts if part))


def _log(error: Exception, words: str, *named: str) -> None:
    """Log what a plugin failed to do, and go on without it."""
    # A statement that fails in a transaction ends it: nothing after it could be read.
    if isinstance(error, DatabaseError) and connection.in_atomic_block:
        raise error
    logger.error(words, *named, exc_info=error)


def _not_shown() -> str:
    """In the place of a panel that fails."""
    said = {
        "tone": "warning",
        "title": _("This part cannot be shown right now."),
        "text": _("The error was recorded; you do not have to report it. Please reload the page in a few minutes."),
    }
    return render_to_string("components/notice.html", said)
