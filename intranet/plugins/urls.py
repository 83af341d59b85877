"""The addresses that plugins contribute."""

from __future__ import annotations

from django.urls import URLResolver, include, path

from intranet.plugins.registry import registry


def plugin_urlpatterns() -> list[URLResolver]:
    """Return one namespaced include per plugin with URLs, for the project's ``i18n_patterns``.

    The namespace is the plugin's label: ``reverse("memos:list")``. Prefixes may be translated, so an address has
    its own form in each language.
    """
    return [
        path(
            contribution.item.prefix,
            include((contribution.item.urlconf, contribution.plugin.label), namespace=contribution.plugin.label),
        )
        for contribution in registry.contributions("urls")
    ]
