"""System checks of the plugins' declarations, with stable ids ``intranet.plugins.E001`` and on.

Each check is a function from plugins to messages, so that it can be tried on plugins that are not installed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, register

from intranet.plugins.checks.collisions import (
    check_names_are_unique,
    check_search_kinds_are_unique,
    check_url_prefixes_are_unique,
)
from intranet.plugins.checks.contributions import (
    check_contributions_complete,
    check_contributions_resolve,
    check_menu_addresses,
    check_page_types,
    check_panel_templates,
)
from intranet.plugins.checks.declarations import (
    check_attribute_names,
    check_attribute_types,
    check_config_is_used,
    check_no_repetition,
    check_url_prefix,
)
from intranet.plugins.checks.requirements import check_cycles, check_requires, check_versions
from intranet.plugins.checks.settings import check_default_settings, check_overrides
from intranet.plugins.config import PluginConfig
from intranet.plugins.registry import registry

CHECKS: tuple[Callable[[Sequence[PluginConfig]], list[CheckMessage]], ...] = (
    check_attribute_names,
    check_attribute_types,
    check_contributions_resolve,
    check_page_types,
    check_requires,
    check_cycles,
    check_versions,
    check_url_prefix,
    check_url_prefixes_are_unique,
    check_search_kinds_are_unique,
    check_no_repetition,
    check_names_are_unique,
    check_menu_addresses,
    check_panel_templates,
    check_contributions_complete,
    check_default_settings,
    check_overrides,
)


@register("plugins")
def check_plugins(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check all installed plugins; they are checked together, because they can collide."""
    messages = [message for check in CHECKS for message in check(registry.plugins)]
    return messages + check_config_is_used()
