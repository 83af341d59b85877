"""Makes plugins that are not installed, and registries of them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps.registry import Apps

from intranet.plugins import PluginConfig
from intranet.plugins.registry import Registry

PACKAGE = "tests.plugins.example"
CONTRIBUTIONS = f"{PACKAGE}.contributions"


def make_plugin(label: str = "example", **attributes: Any) -> PluginConfig:
    """Return a plugin called ``label`` that declares ``attributes``."""
    config = type("ExampleConfig", (PluginConfig,), {"default": True, "name": PACKAGE, "label": label, **attributes})
    return config(PACKAGE, import_module(PACKAGE))


class OwnNamePlugin(PluginConfig):
    """A plugin whose app name differs, so that two fit in one registry."""

    default = True
    name = "tests.plugins"
    label = "second"


def make_registry(*plugins: PluginConfig) -> Registry:
    """Return the registry of ``plugins`` after a complete start."""
    return Registry(Apps(plugins))
