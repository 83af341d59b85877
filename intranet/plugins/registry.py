"""The registry: what the installed plugins contribute to each extension point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.apps.registry import Apps

from intranet.plugins.config import PluginConfig
from intranet.plugins.exceptions import RegistryClosed, RegistryNotReady, UnknownPlugin
from intranet.plugins.extension_points import get_extension_point
from intranet.plugins.resolving import declared_items, resolve

if TYPE_CHECKING:
    from django.db.models import Model


@dataclass(frozen=True)
class Contribution:
    """One contributed object and the plugin it comes from."""

    plugin: PluginConfig
    item: Any

    @property
    def order(self) -> int:
        """Position asked for; 100 where the kind of object has none."""
        order: int = getattr(self.item, "order", 100)
        return order


class Registry:
    """Contributions by extension point, of the plugins that are installed now.

    Most come from the declarations of each ``PluginConfig``. What must be computed is added by ``register`` in the
    plugin's ``ready()``. Order: by the item's ``order``, then as plugins are listed, then as declared.
    """

    def __init__(self, app_registry: Apps = apps) -> None:
        self._apps = app_registry
        self._registered: list[tuple[str, str, Any]] = []
        self._cache: dict[str, tuple[Contribution, ...]] = {}
        self._cached_for: tuple[PluginConfig, ...] = ()

    @property
    def plugins(self) -> tuple[PluginConfig, ...]:
        """The installed plugins, in the order of ``INSTALLED_APPS``."""
        return tuple(config for config in self._apps.get_app_configs() if isinstance(config, PluginConfig))

    def plugin(self, label: str) -> PluginConfig:
        """Return the plugin called ``label``; ``UnknownPlugin`` lists those installed."""
        for plugin in self.plugins:
            if plugin.label == label:
                return plugin
        known = ", ".join(plugin.label for plugin in self.plugins) or "none"
        raise UnknownPlugin(f"There is no plugin “{label}”. Installed are: {known}.")

    def is_installed(self, label: str) -> bool:
        """Say whether the plugin called ``label`` is switched on."""
        return any(plugin.label == label for plugin in self.plugins)

    def register(self, point: str, item: Any, *, plugin: str) -> None:
        """Add ``item`` (an object, a class or a dotted path) to ``point`` for the plugin called ``plugin``.

        Possible until the last app is ready; later raises ``RegistryClosed``, because menus, URLs and panels
        may already have been built without it.
        """
        get_extension_point(point)
        if self._apps.ready:
            raise RegistryClosed(
                f"Plugin “{plugin}” registered {item!r} at “{point}” too late. "
                f"Declare it on the plugin's PluginConfig, or call register() in its ready() method."
            )
        self.plugin(plugin)
        if (point, plugin, item) not in self._registered:
            self._registered.append((point, plugin, item))
        self._cache.clear()

    def contributions(self, point: str) -> tuple[Contribution, ...]:
        """Return what all plugins contribute to ``point``, in order.

        Raises ``UnknownExtensionPoint``, ``RegistryNotReady`` during the start, and the errors of ``resolving``
        for a wrong declaration (the system checks explain those).
        """
        get_extension_point(point)
        if not self._apps.ready:
            raise RegistryNotReady(
                f"“{point}” was read before every app was ready, so it may be incomplete. "
                f"Read the registry in a view, a template tag, a job or a check, not at import or in ready()."
            )
        plugins = self.plugins
        if plugins != self._cached_for:
            self._cache, self._cached_for = {}, plugins
        if point not in self._cache:
            self._cache[point] = self._collect(point, plugins)
        return self._cache[point]

    def items(self, point: str) -> tuple[Any, ...]:
        """Return the contributed objects of ``point`` alone, in order."""
        return tuple(contribution.item for contribution in self.contributions(point))

    def page_models(self) -> tuple[type[Model], ...]:
        """Return the page models that may be added in a section."""
        return cast("tuple[type[Model], ...]", self.items("page_types"))

    def registered_by(self, plugin: PluginConfig, point: str) -> tuple[Any, ...]:
        """Return what ``plugin`` added to ``point`` by ``register``, unresolved."""
        return tuple(item for at, label, item in self._registered if at == point and label == plugin.label)

    def _collect(self, point: str, plugins: Iterable[PluginConfig]) -> tuple[Contribution, ...]:
        found = [
            Contribution(plugin, resolve(point, raw))
            for plugin in plugins
            for raw in (*declared_items(plugin, point), *self.registered_by(plugin, point))
        ]
        return tuple(sorted(found, key=lambda contribution: contribution.order))


registry = Registry()
