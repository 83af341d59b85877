"""``PluginConfig``: where a plugin declares, in one place, all that it contributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import AppConfig
from django.conf import settings

from intranet.plugins.exceptions import UnknownSetting

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Text


class PluginConfig(AppConfig):
    """Base of a plugin's app configuration.

    A subclass sets ``default = True`` (Django would otherwise fall back to a plain ``AppConfig`` without a word),
    ``name``, ``verbose_name``, ``version``, and whatever it contributes. Contributions are dotted paths, resolved
    after all apps are loaded, so that this module imports nothing of the plugin.
    """

    default = False

    #: The plugin's own version.
    version: ClassVar[str] = ""
    #: Labels of the plugins without which this one cannot work.
    requires: ClassVar[tuple[str, ...]] = ()
    #: Bounds of the intranet's version, both included; ``None`` for no bound.
    min_core_version: ClassVar[str | None] = None
    max_core_version: ClassVar[str | None] = None

    #: Labels of page models (``memos.MemoPage``) that may be added in a section.
    page_types: ClassVar[tuple[str, ...]] = ()
    #: Dotted paths of ``search.Source`` subclasses.
    search_sources: ClassVar[tuple[Any, ...]] = ()
    #: Dotted paths of ``Panel`` subclasses.
    dashboard_panels: ClassVar[tuple[Any, ...]] = ()
    section_panels: ClassVar[tuple[Any, ...]] = ()
    header_tools: ClassVar[tuple[Any, ...]] = ()
    #: ``MenuEntry`` objects, or dotted paths of some.
    menu_entries: ClassVar[tuple[Any, ...]] = ()
    #: ``NotificationKind`` objects, or dotted paths of some.
    notification_kinds: ClassVar[tuple[Any, ...]] = ()
    #: Dotted paths of ``ReminderSource`` subclasses.
    reminder_sources: ClassVar[tuple[Any, ...]] = ()
    #: Dotted paths of ``ExchangeKind`` subclasses.
    exchange_kinds: ClassVar[tuple[Any, ...]] = ()
    #: Dotted path of a URL configuration, and the translatable prefix where it is mounted under ``/<language>/``.
    urls: ClassVar[str] = ""
    url_prefix: ClassVar[Text] = ""
    #: Pairs of a prefix under ``/api/v1/`` and the dotted path of a router.
    api_routers: ClassVar[tuple[tuple[str, Any], ...]] = ()
    #: Dotted paths of ``Job`` subclasses.
    jobs: ClassVar[tuple[Any, ...]] = ()
    #: Every setting of the plugin with its default; the site overrides them in ``PLUGIN_SETTINGS[label]``.
    default_settings: ClassVar[Mapping[str, Any]] = {}

    def setting(self, name: str) -> Any:
        """Return the site's value of the plugin's setting ``name``, or its default.

        Raises ``UnknownSetting``, which lists the known names, when ``default_settings`` do not have it.
        """
        if name not in self.default_settings:
            known = ", ".join(sorted(self.default_settings)) or "none"
            raise UnknownSetting(
                f"Plugin “{self.label}” has no setting “{name}” (known: {known}). "
                f"Declare it with its default in default_settings of {type(self).__name__}."
            )
        overrides: Mapping[str, Any] = getattr(settings, "PLUGIN_SETTINGS", {}).get(self.label, {})
        return overrides.get(name, self.default_settings[name])
