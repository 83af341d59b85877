"""Checks of the form of a declaration: names, types, repetitions, the URL prefix."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.utils.functional import Promise

from intranet.plugins.checks.reporting import declared, problem
from intranet.plugins.config import PluginConfig
from intranet.plugins.extension_points import EXTENSION_POINTS

TEXT_TUPLES = ("requires", "page_types")
TUPLES = (*TEXT_TUPLES, *(name for name in EXTENSION_POINTS if name not in ("page_types", "urls")))
TYPES: dict[str, tuple[type, ...]] = {
    "version": (str,),
    "min_core_version": (str, type(None)),
    "max_core_version": (str, type(None)),
    "urls": (str,),
    "url_prefix": (str, Promise),
    "default_settings": (Mapping,),
}


def check_attribute_names(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E001: an attribute whose name is nearly that of a known one, so that it would have no effect."""
    known = [name for name in dir(PluginConfig) if not name.startswith("_")]
    messages = []
    for plugin in plugins:
        for name in _own_attributes(plugin):
            close = get_close_matches(name, known, n=1, cutoff=0.8) if name not in known else []
            if close:
                text = "this attribute is not known and has no effect."
                messages.append(problem("E001", plugin, name, text, f"rename it to {close[0]}, or remove it."))
    return messages


def check_attribute_types(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E002: an attribute of a wrong type, most often a string where a tuple is meant."""
    return [
        problem("E002", plugin, name, f"{getattr(plugin, name)!r} is not {expected}.", f"write {expected}.")
        for plugin in plugins
        for name, expected in _wrong_types(plugin)
    ]


def check_no_repetition(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E014: the same contribution declared twice by one plugin."""
    return [
        problem("E014", plugin, point, f"{text} is declared {count} times.", "keep it once.")
        for plugin in plugins
        for point in EXTENSION_POINTS
        for text, count in Counter(str(raw) for raw in declared(plugin, point)).items()
        if count > 1
    ]


def check_url_prefix(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E012: URLs without a usable prefix, or a prefix without URLs."""
    messages = []
    for plugin in plugins:
        prefix = str(plugin.url_prefix)
        if plugin.urls and (not prefix.endswith("/") or prefix.startswith("/")):
            text = f"{prefix!r} cannot be the place of {plugin.urls}."
            remedy = "write a prefix that ends with a slash and does not begin with one, for example “memos/”."
            messages.append(problem("E012", plugin, "url_prefix", text, remedy))
        elif prefix and not plugin.urls:
            text = f"{prefix!r} is a prefix without URLs."
            messages.append(problem("E012", plugin, "url_prefix", text, "set urls too, or remove url_prefix."))
    return messages


def check_config_is_used() -> list[CheckMessage]:
    """E018: an app with a ``PluginConfig`` for which Django took a plain ``AppConfig`` instead."""
    messages: list[CheckMessage] = []
    for config in apps.get_app_configs():
        module = sys.modules.get(f"{config.name}.apps")
        if module is None or isinstance(config, PluginConfig):
            continue
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, PluginConfig)
                and getattr(value, "name", "") == config.name
            ):
                path = f"{module.__name__}.{value.__name__}"
                messages.append(
                    Error(
                        f"App “{config.label}” is installed as a plain app: its configuration {path} is not used.",
                        hint=f"In {path}, default: set it to True, or list “{path}” in IN_TREE_PLUGINS.",
                        obj=config.label,
                        id="intranet.plugins.E018",
                    )
                )
    return messages


def _own_attributes(plugin: PluginConfig) -> list[str]:
    classes = [cls for cls in type(plugin).__mro__ if issubclass(cls, PluginConfig) and cls is not PluginConfig]
    return sorted({name for cls in classes for name in vars(cls) if not name.startswith("_")})


def _wrong_types(plugin: PluginConfig) -> list[tuple[str, str]]:
    wrong = []
    for name in TUPLES:
        value = getattr(plugin, name)
        if not isinstance(value, (tuple, list)):
            wrong.append((name, "a tuple (one element: ('x',))"))
        elif name in TEXT_TUPLES and not all(isinstance(part, str) for part in value):
            wrong.append((name, "a tuple of strings"))
        elif name == "api_routers" and not all(_is_pair(part) for part in value):
            wrong.append((name, "a tuple of pairs (prefix, dotted path of a router)"))
    for name, types in TYPES.items():
        if not isinstance(getattr(plugin, name), types):
            wrong.append((name, " or ".join(_readable(kind) for kind in types)))
    return wrong


def _is_pair(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == 2 and isinstance(value[0], str)


def _readable(kind: type) -> str:
    names = {str: "a string", Promise: "a translatable string", Mapping: "a dictionary"}
    return names.get(kind, "None")
