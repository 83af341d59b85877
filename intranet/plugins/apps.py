"""The framework's own app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PluginsConfig(AppConfig):
    """Connects what the plugins declare. It is not a plugin itself."""

    name = "intranet.plugins"
    label = "plugins"
    verbose_name = _("Plugins")

    def ready(self) -> None:
        """Give the plugins' search sources to the search app, and register the system checks."""
        from intranet.plugins import checks  # noqa: F401
        from intranet.plugins.sources import connect_search_sources

        connect_search_sources()
