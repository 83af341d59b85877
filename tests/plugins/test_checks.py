"""Every system check: one declaration that is right, one that is wrong, and what the message says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.core.checks import registry as check_registry
from django.test import override_settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from intranet.plugins import ApiRouter, MenuEntry, NotificationKind, PluginConfig, checks
from intranet.plugins.checks import declarations

from .example import contributions
from .factories import CONTRIBUTIONS, PACKAGE, make_plugin

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"example/news.html": "{{ text }}"})]},
    }
]


@pytest.fixture(autouse=True)
def _templates() -> Iterator[None]:
    with override_settings(TEMPLATES=TEMPLATES, ROOT_URLCONF=f"{PACKAGE}.urls"):
        yield


def run_all(*plugins: PluginConfig) -> list[CheckMessage]:
    """Return the messages of every check on ``plugins``."""
    return [message for check in checks.CHECKS for message in check(plugins)]


def the_message(*plugins: PluginConfig, number: str, attribute: str, label: str = "example") -> CheckMessage:
    """Return the only message, after asserting its id and that message and hint name plugin and attribute."""
    (message,) = run_all(*plugins)
    assert message.id == f"intranet.plugins.{number}"
    assert message.msg.startswith(f"Plugin “{label}”, {attribute}: ")
    assert message.hint is not None
    assert f"(plugin “{label}”), {attribute}: " in message.hint
    return message


COMPLETE: dict[str, Any] = {
    "version": "1.2.0",
    "min_core_version": "0.1",
    "max_core_version": None,
    "page_types": (),
    "dashboard_panels": (f"{CONTRIBUTIONS}.NewsPanel",),
    "section_panels": (contributions.LastPanel,),
    "menu_entries": (f"{CONTRIBUTIONS}.MENU_ENTRY", MenuEntry(label="List", url_name="list")),
    "notification_kinds": (NotificationKind(name="poster_published", label=_("A poster")),),
    "exchange_kinds": (f"{CONTRIBUTIONS}.PosterKind",),
    "urls": f"{PACKAGE}.urls",
    "url_prefix": _("posters/"),
    "api_routers": (("posters", f"{CONTRIBUTIONS}.ROUTER"),),
    "jobs": (f"{CONTRIBUTIONS}.CountingJob",),
    "default_settings": {"POSTERS_PER_PAGE": 20, "POSTERS_KEPT": timedelta(days=30)},
}


def test_complete_declaration_has_no_message() -> None:
    assert run_all(make_plugin(**COMPLETE)) == []


def test_installed_plugins_are_checked_by_django() -> None:
    assert checks.check_plugins in check_registry.registry.get_checks()


def test_e001_attribute_with_a_typing_mistake() -> None:
    message = the_message(make_plugin(menu_entrys=()), number="E001", attribute="menu_entrys")
    assert message.hint.endswith("rename it to menu_entries, or remove it.")


def test_e001_allows_attributes_of_the_plugins_own() -> None:
    assert run_all(make_plugin(favourite_colour="blue", _menu_entrys=())) == []


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("menu_entries", f"{CONTRIBUTIONS}.MENU_ENTRY", "write a tuple (one element: ('x',))."),
        ("requires", "pages", "write a tuple (one element: ('x',))."),
        ("requires", (1,), "write a tuple of strings."),
        ("api_routers", ("posters", "x.router"), "write a tuple of pairs (prefix, dotted path of a router)."),
        ("version", 1.0, "write a string."),
        ("min_core_version", 1, "write a string or None."),
        ("url_prefix", None, "write a string or a translatable string."),
        ("default_settings", ["A"], "write a dictionary."),
    ],
)
def test_e002_attribute_of_a_wrong_type(attribute: str, value: object, expected: str) -> None:
    messages = [m for m in run_all(make_plugin(**{attribute: value})) if m.id == "intranet.plugins.E002"]
    assert len(messages) == 1
    assert messages[0].hint.endswith(f"{attribute}: {expected}")


@pytest.mark.parametrize(
    ("attribute", "value", "text"),
    [
        ("jobs", (f"{CONTRIBUTIONS}.CountinJob",), "Did you mean “CountingJob”?"),
        ("dashboard_panels", ("tests.plugins.nowhere.Panel",), "There is no module “tests.plugins.nowhere”"),
        ("exchange_kinds", ("PosterKind",), "“PosterKind” is not a dotted path"),
        ("api_routers", (("posters", f"{CONTRIBUTIONS}.router"),), "has no “router”"),
    ],
)
def test_e003_path_that_leads_nowhere(attribute: str, value: tuple[Any, ...], text: str) -> None:
    message = the_message(make_plugin(**{attribute: value}), number="E003", attribute=attribute)
    assert text in message.msg
    assert message.hint.endswith("correct the path.")


def test_e003_url_configuration_that_does_not_exist() -> None:
    plugin = make_plugin(urls=f"{PACKAGE}.addresses", url_prefix="posters/")
    assert "no module" in the_message(plugin, number="E003", attribute="urls").msg


def test_e004_object_of_another_extension_point() -> None:
    plugin = make_plugin(jobs=(f"{CONTRIBUTIONS}.NewsPanel",))
    message = the_message(plugin, number="E004", attribute="jobs")
    assert message.hint.endswith("name a subclass of intranet.plugins.contributions.Job.")


def test_e004_class_that_is_not_finished() -> None:
    message = the_message(make_plugin(jobs=(f"{CONTRIBUTIONS}.UnfinishedJob",)), number="E004", attribute="jobs")
    assert "abstract" in message.msg


def test_import_error_of_the_plugin_surfaces_as_itself() -> None:
    with pytest.raises(ModuleNotFoundError, match="a_library_that_is_not_installed"):
        run_all(make_plugin(jobs=(f"{PACKAGE}.broken.Job",)))


@pytest.mark.parametrize("label", ["example.PosterPage", "PosterPage", "nowhere.Page"])
def test_e005_page_type_that_does_not_exist(label: str) -> None:
    message = the_message(make_plugin(page_types=(label,)), number="E005", attribute="page_types")
    assert f"there is no model '{label}'" in message.msg


def test_e006_page_type_of_another_app() -> None:
    message = the_message(make_plugin(page_types=("auth.Group",)), number="E006", attribute="page_types")
    assert "belongs to the app “auth”" in message.msg
    assert run_all(make_plugin("auth", page_types=("auth.Group",))) == []


def test_e007_required_plugin_that_is_off() -> None:
    plugin = make_plugin(requires=("posters",))
    message = the_message(plugin, number="E007", attribute="requires")
    assert "switch “posters” on" in message.hint
    assert run_all(plugin, make_plugin("posters")) == []


def test_e008_plugins_that_require_each_other() -> None:
    plugins = (
        make_plugin("one", requires=("two",)),
        make_plugin("two", requires=("three",)),
        make_plugin("three", requires=("one",)),
        make_plugin("four", requires=("one",)),
    )
    message = the_message(*plugins, number="E008", attribute="requires", label="one")
    assert "one → two → three → one" in message.msg


def test_e008_plugin_that_requires_itself() -> None:
    message = the_message(make_plugin(requires=("example",)), number="E008", attribute="requires")
    assert "example → example" in message.msg


@pytest.mark.parametrize(("attribute", "bound"), [("min_core_version", "0.3"), ("max_core_version", "0.1.9")])
def test_e009_version_of_the_intranet_out_of_bounds(attribute: str, bound: str) -> None:
    (message,) = checks.check_versions([make_plugin(**{attribute: bound})], core_version="0.2.0")
    assert message.id == "intranet.plugins.E009"
    assert f"{attribute}: this is version 0.2.0 of the intranet, and the bound is {bound}." in message.msg
    assert "switch" in message.hint


def test_e009_bounds_are_included() -> None:
    plugin = make_plugin(min_core_version="0.2", max_core_version="0.10")
    assert [checks.check_versions([plugin], core_version=version) for version in ("0.2.0", "0.9", "0.10.0")] == [[]] * 3


def test_e010_version_that_cannot_be_read() -> None:
    message = the_message(make_plugin(version="one"), number="E010", attribute="version")
    assert "'one' is not a version" in message.msg


def test_e011_prefix_that_is_taken() -> None:
    plugins = [make_plugin(label, urls=f"{PACKAGE}.urls", url_prefix="posters/") for label in ("first", "second")]
    message = the_message(*plugins, number="E011", attribute="url_prefix", label="second")
    assert "also the prefix of the plugin “first”" in message.msg


def test_e011_prefix_that_is_taken_in_one_language() -> None:
    plugins = [
        make_plugin("first", urls=f"{PACKAGE}.urls", url_prefix=format_lazy("{}/", _("January"))),
        make_plugin("second", urls=f"{PACKAGE}.urls", url_prefix="janvier/"),
    ]
    message = the_message(*plugins, number="E011", attribute="url_prefix", label="second")
    assert "“janvier/” (in fr)" in message.msg


@pytest.mark.parametrize("prefix", ["", "posters", "/posters/"])
def test_e012_prefix_that_cannot_be_used(prefix: str) -> None:
    plugin = make_plugin(urls=f"{PACKAGE}.urls", url_prefix=prefix)
    assert "ends with a slash" in the_message(plugin, number="E012", attribute="url_prefix").hint


def test_e012_prefix_without_urls() -> None:
    message = the_message(make_plugin(url_prefix="posters/"), number="E012", attribute="url_prefix")
    assert message.hint.endswith("set urls too, or remove url_prefix.")


def test_e013_search_kind_that_is_taken() -> None:
    plugins = [
        make_plugin(label, search_sources=(f"{PACKAGE}.search_sources.PosterSource",)) for label in ("first", "second")
    ]
    message = the_message(*plugins, number="E013", attribute="search_sources", label="second")
    assert "“poster” is also that of a source of the plugin “first”" in message.msg


def test_e014_contribution_declared_twice() -> None:
    plugin = make_plugin(dashboard_panels=(f"{CONTRIBUTIONS}.NewsPanel",) * 2)
    message = the_message(plugin, number="E014", attribute="dashboard_panels")
    assert "declared 2 times" in message.msg


@pytest.mark.parametrize(
    ("attribute", "value", "name"),
    [
        ("jobs", f"{CONTRIBUTIONS}.CountingJob", "count"),
        ("exchange_kinds", f"{CONTRIBUTIONS}.PosterKind", "poster"),
        ("notification_kinds", NotificationKind(name="new", label="New"), "new"),
        ("api_routers", ("posters/", f"{CONTRIBUTIONS}.ROUTER"), "posters"),
    ],
)
def test_e015_name_that_is_taken(attribute: str, value: object, name: str) -> None:
    plugins = [make_plugin(label, **{attribute: (value,)}) for label in ("first", "second")]
    message = the_message(*plugins, number="E015", attribute=attribute, label="second")
    assert f"“{name}” is also declared by the plugin “first”" in message.msg


def test_e016_menu_entry_that_leads_nowhere() -> None:
    plugin = make_plugin(menu_entries=(MenuEntry(label="Posters", url_name="posters:list"),))
    assert "no URL is called 'posters:list'" in the_message(plugin, number="E016", attribute="menu_entries").msg


def test_e017_panel_without_its_template() -> None:
    plugin = make_plugin(section_panels=(f"{CONTRIBUTIONS}.LostPanel",))
    message = the_message(plugin, number="E017", attribute="section_panels")
    assert "add templates/example/lost.html" in message.hint


def test_e018_configuration_that_django_did_not_take(monkeypatch: pytest.MonkeyPatch) -> None:
    from intranet.plugins import apps as module

    class ForgottenConfig(PluginConfig):
        name = "intranet.plugins"

    monkeypatch.setattr(module, "ForgottenConfig", ForgottenConfig, raising=False)
    (message,) = declarations.check_config_is_used()
    assert (message.id, message.obj) == ("intranet.plugins.E018", "plugins")
    assert "intranet.plugins.apps.ForgottenConfig, default: set it to True" in message.hint


def test_e019_override_of_a_setting_that_does_not_exist() -> None:
    plugin = make_plugin(default_settings={"POSTERS_PER_PAGE": 20})
    with override_settings(PLUGIN_SETTINGS={"example": {"POSTERS_PAGE": 5}}):
        message = the_message(plugin, number="E019", attribute="default_settings")
    assert "use one of: POSTERS_PER_PAGE" in message.hint


def test_e019_override_for_a_plugin_with_a_typing_mistake() -> None:
    with override_settings(PLUGIN_SETTINGS={"exampel": {}, "switched_off": {}}):
        (message,) = run_all(make_plugin())
    assert (message.id, message.obj) == ("intranet.plugins.E019", "exampel")
    assert "rename “exampel” to “example”" in message.hint


@pytest.mark.parametrize(
    ("default", "value", "is_right"),
    [(20, "5", False), (20, True, False), (True, 1, False), (20, 2.5, True), ("a", _("b"), True), ((), ["x"], True)],
)
def test_e020_override_of_another_type(default: object, value: object, is_right: bool) -> None:
    plugin = make_plugin(default_settings={"POSTERS_VALUE": default})
    with override_settings(PLUGIN_SETTINGS={"example": {"POSTERS_VALUE": value}}):
        if is_right:
            assert run_all(plugin) == []
        else:
            message = the_message(plugin, number="E020", attribute="default_settings")
            assert f"to a value of the type {type(default).__name__}" in message.hint


@pytest.mark.parametrize("value", [None, object(), len])
def test_e021_default_that_tells_no_type(value: object) -> None:
    plugin = make_plugin(default_settings={"POSTERS_VALUE": value})
    message = the_message(plugin, number="E021", attribute="default_settings")
    assert "give POSTERS_VALUE a default of the type that it takes" in message.hint


@pytest.mark.parametrize("name", ["per_page", "PER PAGE", 1])
def test_e021_name_that_is_no_setting(name: object) -> None:
    plugin = make_plugin(default_settings={name: 1})
    assert "is not the name of a setting" in the_message(plugin, number="E021", attribute="default_settings").msg


@pytest.mark.parametrize(
    ("attribute", "class_name", "missing"),
    [("jobs", "NamelessJob", "name"), ("dashboard_panels", "UntemplatedPanel", "template_name")],
)
def test_e022_contribution_that_is_incomplete(attribute: str, class_name: str, missing: str) -> None:
    plugin = make_plugin(**{attribute: (f"{CONTRIBUTIONS}.{class_name}",)})
    message = the_message(plugin, number="E022", attribute=attribute)
    assert message.hint.endswith(f"set {missing} on {class_name}.")


def test_api_router_may_be_given_as_an_object() -> None:
    assert run_all(make_plugin(api_routers=(ApiRouter("posters", contributions.ROUTER),))) == []
