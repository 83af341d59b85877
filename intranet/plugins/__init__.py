"""Plugins: how an app joins the site without a changed line in it. See ``docs/plugins.md``."""

from intranet.plugins.config import PluginConfig
from intranet.plugins.contributions import (
    Action,
    ApiRouter,
    ExchangeKind,
    Job,
    MenuEntry,
    NotificationKind,
    Obligation,
    Panel,
    ReminderSource,
    Told,
)
from intranet.plugins.exceptions import PluginError
from intranet.plugins.extension_points import EXTENSION_POINTS
from intranet.plugins.registry import Contribution, registry

__all__ = [
    "EXTENSION_POINTS",
    "Action",
    "ApiRouter",
    "Contribution",
    "ExchangeKind",
    "Job",
    "MenuEntry",
    "NotificationKind",
    "Obligation",
    "Panel",
    "PluginConfig",
    "PluginError",
    "ReminderSource",
    "Told",
    "registry",
]
