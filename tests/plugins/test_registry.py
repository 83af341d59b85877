"""The registry: closed names, order, origin of items, and the moment when it closes."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest
from django.apps.registry import Apps
from django.contrib.auth.models import Group

from intranet.plugins import EXTENSION_POINTS, MenuEntry
from intranet.plugins.exceptions import (
    ContributionTypeError,
    DottedPathError,
    RegistryClosed,
    RegistryNotReady,
    UnknownExtensionPoint,
    UnknownPlugin,
    UnknownSetting,
)
from intranet.plugins.registry import Registry

from .example import contributions
from .factories import CONTRIBUTIONS, OwnNamePlugin, make_plugin, make_registry


def second_plugin(**attributes: object) -> OwnNamePlugin:
    """Return a plugin called ``second``, of another package than the first."""
    config = type("SecondConfig", (OwnNamePlugin,), attributes)
    return config("tests.plugins", import_module("tests.plugins"))


def test_extension_points_are_the_closed_list() -> None:
    assert list(EXTENSION_POINTS) == [
        "page_types",
        "search_sources",
        "dashboard_panels",
        "section_panels",
        "header_tools",
        "menu_entries",
        "notification_kinds",
        "reminder_sources",
        "exchange_kinds",
        "urls",
        "api_routers",
        "jobs",
    ]


@pytest.mark.parametrize("action", ["read", "register"])
def test_unknown_extension_point_lists_the_known_ones(action: str) -> None:
    registry = make_registry()
    with pytest.raises(UnknownExtensionPoint, match=r"no extension point “menus”.*page_types, search_sources.*jobs"):
        registry.items("menus") if action == "read" else registry.register("menus", object(), plugin="example")


def test_items_are_ordered_and_carry_their_plugin() -> None:
    first = make_plugin(dashboard_panels=(f"{CONTRIBUTIONS}.LastPanel", f"{CONTRIBUTIONS}.NewsPanel"))
    second = second_plugin(dashboard_panels=(f"{CONTRIBUTIONS}.NewsPanel",))
    found = make_registry(first, second).contributions("dashboard_panels")
    assert [(each.plugin.label, type(each.item).__name__) for each in found] == [
        ("example", "NewsPanel"),
        ("second", "NewsPanel"),
        ("example", "LastPanel"),
    ]


def test_items_are_the_same_objects_each_time() -> None:
    registry = make_registry(make_plugin(dashboard_panels=(f"{CONTRIBUTIONS}.NewsPanel",)))
    assert registry.items("dashboard_panels")[0] is registry.items("dashboard_panels")[0]


def test_objects_and_paths_of_objects_are_accepted() -> None:
    entry = MenuEntry(label="Direct", url_name="/direct/")
    registry = make_registry(make_plugin(menu_entries=(entry, f"{CONTRIBUTIONS}.MENU_ENTRY")))
    assert registry.items("menu_entries") == (contributions.MENU_ENTRY, entry)


def test_page_types_become_models() -> None:
    assert make_registry(make_plugin(page_types=("auth.Group",))).page_models() == (Group,)


def test_api_routers_carry_prefix_and_router() -> None:
    registry = make_registry(make_plugin(api_routers=(("posters", f"{CONTRIBUTIONS}.ROUTER"),)))
    (router,) = registry.items("api_routers")
    assert (router.prefix, router.router) == ("posters", contributions.ROUTER)


def test_registration_in_ready_is_accepted_and_ordered() -> None:
    app_registry = Apps()
    registry = Registry(app_registry)

    def ready(self: OwnNamePlugin) -> None:
        registry.register("menu_entries", MenuEntry(label="Computed", url_name="/c/", order=1), plugin="second")

    plugin = second_plugin(ready=ready, menu_entries=(f"{CONTRIBUTIONS}.MENU_ENTRY",))
    app_registry.set_installed_apps([plugin])
    assert [str(entry.label) for entry in registry.items("menu_entries")] == ["Computed", "Contributed by path"]


def test_registration_after_the_start_is_refused_with_the_remedy() -> None:
    registry = make_registry(make_plugin())
    with pytest.raises(RegistryClosed, match=re.escape("or call register() in its ready() method")):
        registry.register("menu_entries", contributions.MENU_ENTRY, plugin="example")
    assert registry.items("menu_entries") == ()


def test_reading_during_the_start_is_refused() -> None:
    registry = make_registry(make_plugin())
    registry._apps.ready = False
    with pytest.raises(RegistryNotReady, match="“jobs” was read before every app was ready"):
        registry.items("jobs")


def test_plugin_that_is_not_installed_is_unknown() -> None:
    registry = make_registry(make_plugin())
    assert (registry.is_installed("example"), registry.is_installed("posters")) == (True, False)
    with pytest.raises(UnknownPlugin, match=r"no plugin “posters”. Installed are: example."):
        registry.plugin("posters")


def test_switched_off_plugin_contributes_nothing() -> None:
    registry = make_registry(make_plugin(menu_entries=(f"{CONTRIBUTIONS}.MENU_ENTRY",)))
    assert len(registry.items("menu_entries")) == 1
    registry._apps = Apps([second_plugin()])
    assert registry.items("menu_entries") == ()


def test_wrong_path_names_what_is_missing() -> None:
    registry = make_registry(make_plugin(jobs=(f"{CONTRIBUTIONS}.CountinJob",)))
    with pytest.raises(DottedPathError, match=r"has no “CountinJob”. Did you mean “CountingJob”"):
        registry.items("jobs")


def test_object_of_a_wrong_class_is_refused() -> None:
    registry = make_registry(make_plugin(jobs=(f"{CONTRIBUTIONS}.NewsPanel",)))
    with pytest.raises(ContributionTypeError, match="is not a subclass of Job"):
        registry.items("jobs")


def test_import_error_of_the_plugin_surfaces_as_itself() -> None:
    registry = make_registry(make_plugin(jobs=("tests.plugins.example.broken.Job",)))
    with pytest.raises(ModuleNotFoundError, match="a_library_that_is_not_installed"):
        registry.items("jobs")


def test_setting_is_the_default_until_the_site_overrides_it(settings: Any) -> None:
    plugin = make_plugin(default_settings={"POSTERS_PER_PAGE": 20, "POSTERS_TITLE": "Affiches"})
    settings.PLUGIN_SETTINGS = {"example": {"POSTERS_PER_PAGE": 5}}
    assert (plugin.setting("POSTERS_PER_PAGE"), plugin.setting("POSTERS_TITLE")) == (5, "Affiches")


def test_unknown_setting_lists_the_known_ones() -> None:
    plugin = make_plugin(default_settings={"POSTERS_PER_PAGE": 20})
    with pytest.raises(UnknownSetting, match=r"no setting “POSTERS” \(known: POSTERS_PER_PAGE\)"):
        plugin.setting("POSTERS")
