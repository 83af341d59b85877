"""Template tags that show what plugins contribute."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import template
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

from intranet.plugins.contributions import Panel
from intranet.plugins.registry import registry

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
    panels = registry.items("dashboard_panels")
    shown = [panel for panel in panels if panel.is_aside == aside and panel.is_on_home == home]
    return _rendered(shown, context["request"])


@register.simple_tag(takes_context=True)
def section_panels(context: Context, section: Any) -> SafeString:
    """Render the panels of ``section`` (its page) that have something to show."""
    return _render_panels("section_panels", context["request"], section=section)


@register.simple_tag(takes_context=True)
def header_tools(context: Context) -> SafeString:
    """Render the tools of the bar for a signed-in reader; nothing without a request (some error pages)."""
    request: Any = context.get("request")
    if not getattr(getattr(request, "user", None), "is_authenticated", False):
        return SafeString()
    return _render_panels("header_tools", request)


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
        if entry.is_visible(request)
    ]


def _is_current(path: str, url: str) -> bool:
    """Say whether ``path`` is at or below ``url``; every page is below a language's root, which is current alone."""
    is_root = len(url.strip("/").split("/")) < 2
    return path == url if is_root else path.startswith(url)


def _render_panels(point: str, request: HttpRequest, **scope: Any) -> SafeString:
    return _rendered(registry.items(point), request, **scope)


def _rendered(panels: Iterable[Panel], request: HttpRequest, **scope: Any) -> SafeString:
    parts = []
    for panel in panels:
        values = panel.get_context(request, **scope)
        if values is not None:
            parts.append(render_to_string(panel.template_name, {**scope, **values}, request=request))
    # Safe: every part was rendered, and escaped, by its own template.
    return mark_safe("\n".join(parts))
