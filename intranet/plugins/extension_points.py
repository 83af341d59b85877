"""The closed list of places where a plugin can add something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from intranet.plugins.contributions import (
    ExchangeKind,
    Job,
    MenuEntry,
    NotificationKind,
    Panel,
    ReminderSource,
)
from intranet.plugins.exceptions import UnknownExtensionPoint


@dataclass(frozen=True)
class ExtensionPoint:
    """One place. ``name`` is the attribute of ``PluginConfig`` that declares contributions to it.

    ``base`` is the class of what it takes, where this package knows it; search sources are checked by ``search``.
    """

    name: str
    description: str
    base: type | None = None


_ALL = (
    ExtensionPoint("page_types", "page models that may be added in a section"),
    ExtensionPoint("search_sources", "kinds of entries of the search, with their facets"),
    ExtensionPoint("dashboard_panels", "panels of a person's home page", Panel),
    ExtensionPoint("section_panels", "panels of a network's section", Panel),
    ExtensionPoint("header_tools", "tools in the bar at the head of every page", Panel),
    ExtensionPoint("menu_entries", "links of the main menu", MenuEntry),
    ExtensionPoint("notification_kinds", "kinds of messages that people receive", NotificationKind),
    ExtensionPoint("reminder_sources", "what people owe by a day", ReminderSource),
    ExtensionPoint("exchange_kinds", "kinds of items of the content exchange", ExchangeKind),
    ExtensionPoint("urls", "addresses under the language's prefix"),
    ExtensionPoint("api_routers", "routers of the API"),
    ExtensionPoint("jobs", "periodic work of the worker", Job),
)

EXTENSION_POINTS: Mapping[str, ExtensionPoint] = MappingProxyType({point.name: point for point in _ALL})


def get_extension_point(name: str) -> ExtensionPoint:
    """Return the extension point called ``name``; ``UnknownExtensionPoint`` lists the known names."""
    try:
        return EXTENSION_POINTS[name]
    except KeyError:
        known = ", ".join(EXTENSION_POINTS)
        raise UnknownExtensionPoint(f"There is no extension point “{name}”. Known are: {known}.") from None
