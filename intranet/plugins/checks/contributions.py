"""Checks of what a declaration leads to: paths, classes, page types, addresses, templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch

from intranet.plugins.checks.reporting import declared, problem, resolved
from intranet.plugins.config import PluginConfig
from intranet.plugins.dotted import load_object
from intranet.plugins.exceptions import ContributionTypeError, DottedPathError
from intranet.plugins.extension_points import EXTENSION_POINTS
from intranet.plugins.resolving import base_class, resolve

PANEL_POINTS = ("dashboard_panels", "section_panels", "header_tools")
#: Attributes that a contributed object must fill in.
REQUIRED_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "search_sources": ("kind",),
    "dashboard_panels": ("template_name",),
    "section_panels": ("template_name",),
    "header_tools": ("template_name",),
    "reminder_sources": ("name", "kind"),
    "exchange_kinds": ("kind", "page_type"),
    "jobs": ("name", "every_seconds"),
}


def check_contributions_resolve(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E003: a dotted path that leads nowhere. E004: an object that the extension point does not take."""
    messages = []
    for plugin in plugins:
        for point in EXTENSION_POINTS:
            if point == "page_types":
                continue
            for raw in declared(plugin, point):
                messages += _check_one(plugin, point, raw)
    return messages


def check_page_types(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E005: a page type that does not exist. E006: one that belongs to another app."""
    messages = []
    for plugin in plugins:
        for label in declared(plugin, "page_types"):
            try:
                model = apps.get_model(label)
            except (LookupError, ValueError, TypeError, AttributeError):
                text = f"there is no model {label!r}."
                remedy = f"write the label of a page model of this plugin, for example “{plugin.label}.SomePage”."
                messages.append(problem("E005", plugin, "page_types", text, remedy))
                continue
            if model._meta.app_label != plugin.label:
                text = f"{label} belongs to the app “{model._meta.app_label}”."
                remedy = f"remove {label}; its own plugin declares it."
                messages.append(problem("E006", plugin, "page_types", text, remedy))
    return messages


def check_menu_addresses(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E016: a menu entry that leads to no known URL and would break every page."""
    messages = []
    for plugin, entry in resolved(plugins, "menu_entries"):
        try:
            entry.url()
        except NoReverseMatch:
            text = f"no URL is called {entry.url_name!r}."
            remedy = f"use a name of the plugin's URLs with its namespace (“{plugin.label}:…”), or an address from “/”."
            messages.append(problem("E016", plugin, "menu_entries", text, remedy))
    return messages


def check_panel_templates(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E017: a panel whose template does not exist."""
    messages = []
    for point in PANEL_POINTS:
        for plugin, panel in resolved(plugins, point):
            name = getattr(panel, "template_name", None)
            if name is None:
                continue
            try:
                get_template(name)
            except TemplateDoesNotExist:
                text = f"{type(panel).__name__} uses the template {name!r}, which does not exist."
                remedy = f"add templates/{name} to the plugin's package, or correct template_name."
                messages.append(problem("E017", plugin, point, text, remedy))
    return messages


def check_contributions_complete(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E022: a contributed object that lacks an attribute which the site needs."""
    return [
        problem("E022", plugin, point, f"{type(item).__name__} has no {name}.", f"set {name} on {type(item).__name__}.")
        for point, names in REQUIRED_ATTRIBUTES.items()
        for plugin, item in resolved(plugins, point)
        for name in names
        if not getattr(item, name, None)
    ]


def _check_one(plugin: PluginConfig, point: str, raw: Any) -> list[CheckMessage]:
    try:
        if point == "urls":
            _load_urlconf(raw.urlconf)
        elif point != "api_routers" or _is_loadable_pair(raw):
            resolve(point, raw)
    except DottedPathError as error:
        return [problem("E003", plugin, point, str(error), "correct the path.")]
    except ContributionTypeError as error:
        base = base_class(point)
        expected = f"a subclass of {base.__module__}.{base.__qualname__}" if base else "another object"
        return [problem("E004", plugin, point, str(error), f"name {expected}.")]
    except TypeError as error:
        text = f"{raw!r} cannot be made: {error}"
        return [problem("E004", plugin, point, text, "name a class that is made without arguments and is complete.")]
    return []


def _load_urlconf(path: Any) -> None:
    if isinstance(path, str):
        load_object(f"{path}.urlpatterns")


def _is_loadable_pair(raw: Any) -> bool:
    # Anything else is of a wrong type, which E002 reports.
    return isinstance(raw, (tuple, list)) and len(raw) == 2
