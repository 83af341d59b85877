"""Checks between plugins: nothing is called or placed twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.utils.translation import override

from intranet.plugins.checks.reporting import problem, resolved
from intranet.plugins.config import PluginConfig

Pairs = Iterable[tuple[PluginConfig, str]]

#: Extension points whose objects have a name of their own, and how to read it.
NAMED_POINTS: dict[str, Callable[[Any], str]] = {
    "notification_kinds": lambda item: item.name,
    "reminder_sources": lambda item: getattr(item, "name", ""),
    "exchange_kinds": lambda item: getattr(item, "kind", ""),
    "api_routers": lambda item: item.prefix.strip("/"),
    "jobs": lambda item: getattr(item, "name", ""),
}


def check_url_prefixes_are_unique(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E011: two plugins at the same prefix, in any language; the second would never be reached."""
    messages: dict[tuple[str, str], CheckMessage] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            pairs = [(plugin, str(plugin.url_prefix)) for plugin in plugins if plugin.urls]
        for plugin, first, prefix in _repeated(pairs):
            text = f"“{prefix}” (in {language}) is also the prefix of the plugin “{first.label}”."
            remedy = "choose another prefix, or another translation of it."
            messages.setdefault((plugin.label, first.label), problem("E011", plugin, "url_prefix", text, remedy))
    return list(messages.values())


def check_search_kinds_are_unique(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E013: two search sources of one kind; only the first would be searched."""
    pairs = [(plugin, getattr(source, "kind", "")) for plugin, source in resolved(plugins, "search_sources")]
    return [
        problem(
            "E013",
            plugin,
            "search_sources",
            f"the search kind “{kind}” is also that of a source of the plugin “{first.label}”.",
            "give the source another kind.",
        )
        for plugin, first, kind in _repeated(pairs)
    ]


def check_names_are_unique(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E015: two jobs, exchange kinds, notification kinds, reminder sources or API routers of one name."""
    messages = []
    for point, read_name in NAMED_POINTS.items():
        pairs = [(plugin, read_name(item)) for plugin, item in resolved(plugins, point)]
        for plugin, first, name in _repeated(pairs):
            text = f"“{name}” is also declared by the plugin “{first.label}”."
            messages.append(problem("E015", plugin, point, text, "choose another name."))
    return messages


def _repeated(pairs: Pairs) -> list[tuple[PluginConfig, PluginConfig, str]]:
    """Return (plugin, the first plugin with that name, name) for each name that is taken already."""
    owners: dict[str, list[PluginConfig]] = defaultdict(list)
    for plugin, name in pairs:
        if name:
            owners[name].append(plugin)
    return [(plugin, plugins[0], name) for name, plugins in owners.items() for plugin in plugins[1:]]
