"""Hands the search sources of the plugins to the search app."""

from __future__ import annotations

import logging

from django.apps import apps

from intranet.plugins.exceptions import PluginError
from intranet.plugins.registry import registry
from intranet.plugins.resolving import declared_items, resolve

logger = logging.getLogger(__name__)


def connect_search_sources() -> None:
    """Register each declared source, the first of each kind.

    A wrong declaration is logged and left to the system checks, which name it with its remedy: raising here
    would keep ``manage.py check`` from speaking.
    """
    if not apps.is_installed("search"):
        return
    from search import SearchError, register_source

    kinds: set[str] = set()
    for plugin in registry.plugins:
        for raw in declared_items(plugin, "search_sources"):
            try:
                source = resolve("search_sources", raw)
                if source.kind not in kinds:
                    register_source(source)
                    kinds.add(source.kind)
            except (PluginError, SearchError) as error:
                logger.error("Plugin “%s”, search_sources: %s", plugin.label, error)
