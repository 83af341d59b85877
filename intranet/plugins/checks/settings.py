"""Checks of the plugins' settings and of what the site sets in ``PLUGIN_SETTINGS``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.functional import Promise

from intranet.plugins.checks.reporting import problem
from intranet.plugins.config import PluginConfig

#: What a setting can be; its default gives its type.
SETTING_TYPES = (bool, int, float, str, Promise, timedelta, tuple, list, dict, frozenset, set)


def check_default_settings(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E021: a setting whose default does not tell its type, or without a usable name."""
    messages = []
    for plugin in plugins:
        for name, value in _defaults(plugin).items():
            if not isinstance(name, str) or not name.isidentifier() or not name.isupper():
                text, remedy = f"{name!r} is not the name of a setting.", "use capital letters and underscores."
            elif not isinstance(value, SETTING_TYPES):
                text = f"the default of {name}, {value!r}, does not tell the type of the setting."
                remedy = f"give {name} a default of the type that it takes (an empty string, 0, an empty tuple …)."
            else:
                continue
            messages.append(problem("E021", plugin, "default_settings", text, remedy))
    return messages


def check_overrides(plugins: Sequence[PluginConfig]) -> list[CheckMessage]:
    """E019: ``PLUGIN_SETTINGS`` names what does not exist. E020: a value of another type than the default's."""
    overrides = getattr(settings, "PLUGIN_SETTINGS", {})
    return [*_unknown_labels(plugins, overrides), *_wrong_values(plugins, overrides)]


def _unknown_labels(plugins: Sequence[PluginConfig], overrides: Mapping[str, Any]) -> Iterator[CheckMessage]:
    # A label that resembles no installed plugin may be that of one that is switched off.
    installed = [plugin.label for plugin in plugins]
    for label in overrides:
        close = get_close_matches(label, installed, n=1, cutoff=0.8) if label not in installed else []
        if close:
            yield Error(
                f"PLUGIN_SETTINGS names the plugin “{label}”, which is not installed.",
                hint=f"In the site's settings, PLUGIN_SETTINGS: rename “{label}” to “{close[0]}”, or remove it.",
                obj=label,
                id="intranet.plugins.E019",
            )


def _wrong_values(plugins: Sequence[PluginConfig], overrides: Mapping[str, Any]) -> Iterator[CheckMessage]:
    for plugin in plugins:
        defaults = _defaults(plugin)
        for name, value in overrides.get(plugin.label, {}).items():
            if name not in defaults:
                known = ", ".join(sorted(defaults)) or "none"
                text = f"PLUGIN_SETTINGS sets {name}, which the plugin does not have."
                remedy = f"remove it from PLUGIN_SETTINGS[{plugin.label!r}], or use one of: {known}."
                yield problem("E019", plugin, "default_settings", text, remedy)
            elif not _has_type_of(value, defaults[name]):
                expected = type(defaults[name]).__name__
                text = f"PLUGIN_SETTINGS sets {name} to {value!r}, which is not of the type {expected}."
                remedy = f"set PLUGIN_SETTINGS[{plugin.label!r}][{name!r}] to a value of the type {expected}."
                yield problem("E020", plugin, "default_settings", text, remedy)


def _has_type_of(value: Any, default: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    for alike in ((int, float), (str, Promise), (tuple, list)):
        if isinstance(default, alike):
            return isinstance(value, alike)
    return isinstance(value, type(default))


def _defaults(plugin: PluginConfig) -> Mapping[str, Any]:
    defaults = plugin.default_settings
    return defaults if isinstance(defaults, Mapping) else {}
