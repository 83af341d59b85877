"""Checks of what a plugin needs: other plugins, and a version of the intranet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.checks import CheckMessage
from packaging.version import InvalidVersion, Version

import intranet
from intranet.plugins.checks.reporting import problem
from intranet.plugins.config import PluginConfig


def check_requires(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E007: a required plugin that is not installed, or switched off."""
    installed = {plugin.label for plugin in plugins}
    return [
        problem(
            "E007",
            plugin,
            "requires",
            f"the plugin “{label}” is not switched on.",
            f"switch “{label}” on (IN_TREE_PLUGINS, INTRANET_PLUGINS, INTRANET_PLUGINS_DISABLED), "
            f"or switch “{plugin.label}” off.",
        )
        for plugin in plugins
        for label in _requires(plugin)
        if label not in installed
    ]


def check_cycles(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E008: plugins that require each other; one message for each cycle."""
    graph = {plugin.label: _requires(plugin) for plugin in plugins}
    by_label = {plugin.label: plugin for plugin in plugins}
    messages, seen = [], set()
    for label in graph:
        cycle = _find_cycle(label, graph)
        if cycle and frozenset(cycle) not in seen:
            seen.add(frozenset(cycle))
            text = f"plugins require each other: {' → '.join((*cycle, cycle[0]))}."
            remedy = f"remove one of these requirements, for example “{cycle[1 % len(cycle)]}”."
            messages.append(problem("E008", by_label[cycle[0]], "requires", text, remedy))
    return messages


def check_versions(plugins: Sequence[PluginConfig], core_version: str | None = None) -> list[CheckMessage]:
    """E009: the intranet's version is out of the plugin's bounds. E010: a version that cannot be read."""
    core = Version(core_version or intranet.__version__)
    messages = []
    for plugin in plugins:
        for attribute in ("version", "min_core_version", "max_core_version"):
            value = getattr(plugin, attribute)
            if not value or not isinstance(value, str):
                continue
            try:
                bound = Version(value)
            except InvalidVersion:
                text = f"{value!r} is not a version."
                messages.append(problem("E010", plugin, attribute, text, "write numbers and dots, for example “1.2”."))
                continue
            if attribute == "min_core_version" and core < bound:
                remedy = f"update the intranet to {bound} or later, or switch the plugin off."
            elif attribute == "max_core_version" and core > bound:
                remedy = "use a later version of the plugin, or switch it off."
            else:
                continue
            text = f"this is version {core} of the intranet, and the bound is {bound}."
            messages.append(problem("E009", plugin, attribute, text, remedy))
    return messages


def _requires(plugin: PluginConfig) -> tuple[str, ...]:
    return tuple(plugin.requires) if isinstance(plugin.requires, (tuple, list)) else ()


def _find_cycle(start: str, graph: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return a way from ``start`` back to itself, empty when there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    visited = set()
    while ways:
        way = ways.pop()
        for label in graph.get(way[-1], ()):
            if label == start:
                return way
            if label not in visited:
                visited.add(label)
                ways.append((*way, label))
    return ()
