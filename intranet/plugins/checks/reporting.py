"""What the checks share: the form of a message, and safe access to declarations that may be wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error

from intranet.plugins.config import PluginConfig
from intranet.plugins.exceptions import PluginError
from intranet.plugins.registry import registry
from intranet.plugins.resolving import declared_items, resolve


def problem(number: str, plugin: PluginConfig, attribute: str, text: str, remedy: str) -> CheckMessage:
    """Return an error that names the plugin, the attribute and the remedy."""
    config = type(plugin)
    return Error(
        f"Plugin “{plugin.label}”, {attribute}: {text}",
        hint=f"In {config.__module__}.{config.__qualname__} (plugin “{plugin.label}”), {attribute}: {remedy}",
        obj=plugin.label,
        id=f"intranet.plugins.{number}",
    )


def declared(plugin: PluginConfig, point: str) -> tuple[Any, ...]:
    """Return the contributions of ``plugin``, unresolved; none when the attribute has a wrong type (E002 says so)."""
    if point != "urls" and not isinstance(getattr(plugin, point), (tuple, list)):
        return ()
    return (*declared_items(plugin, point), *registry.registered_by(plugin, point))


def resolved(plugins: Iterable[PluginConfig], point: str) -> Iterator[tuple[PluginConfig, Any]]:
    """Yield the contributed objects with their plugins, without those that do not resolve (E003 to E005 say so)."""
    for plugin in plugins:
        for raw in declared(plugin, point):
            try:
                yield plugin, resolve(point, raw)
            except (PluginError, TypeError, ValueError):
                continue
