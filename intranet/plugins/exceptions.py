"""Errors of the plugin framework; all derive from ``PluginError``."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured


class PluginError(ImproperlyConfigured):
    """Base of all errors of this package."""


class DiscoveryError(PluginError):
    """A setting names a plugin that cannot be found, or two plugins share a name."""


class UnknownExtensionPoint(PluginError):
    """Code asked for an extension point that does not exist."""


class UnknownPlugin(PluginError):
    """No installed plugin has this label."""


class UnknownSetting(PluginError):
    """A plugin asked for a setting that its ``default_settings`` do not name."""


class RegistryClosed(PluginError):
    """A contribution came after the start was complete."""


class RegistryNotReady(PluginError):
    """The registry was read before every app was ready."""


class DottedPathError(PluginError):
    """A dotted path of a declaration leads nowhere."""


class ContributionTypeError(PluginError):
    """A dotted path leads to an object that the extension point does not take."""
