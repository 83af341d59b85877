"""Panels and menu as templates show them, and the plugins' URLs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps.registry import Apps
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory, override_settings
from django.urls import NoReverseMatch, reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from intranet.plugins import MenuEntry, PluginConfig, registry
from intranet.plugins.urls import plugin_urlpatterns

from .example.contributions import NewsPanel
from .factories import CONTRIBUTIONS, PACKAGE, make_plugin

PAGES = {
    "example/news.html": "<p>{{ text }}</p>",
    "example/section.html": "<p>{{ section }}: {{ count }}</p>",
    "home.html": "{% load plugins %}{% dashboard_panels %}",
    "section.html": "{% load plugins %}{% section_panels section %}",
    "tools.html": "{% load plugins %}{% header_tools %}",
    "components/notice.html": "{{ tone }}: {{ title }} {{ text }}",
    "menu.html": "{% load plugins %}{% menu_entries as entries %}{% for entry in entries %}"
    "{{ entry.label }}|{{ entry.url }}|{{ entry.icon }}|{{ entry.is_current }};{% endfor %}",
}


NOT_SHOWN = (
    "warning: This part cannot be shown right now. "
    "The error was recorded; you do not have to report it. Please reload the page in a few minutes."
)


class Reader:
    """A signed-in person."""

    is_authenticated = True


@pytest.fixture(autouse=True)
def _templates() -> Iterator[None]:
    loaders = [("django.template.loaders.locmem.Loader", PAGES)]
    options = {
        "loaders": loaders,
        "libraries": {"plugins": "intranet.plugins.templatetags.plugins"},
        "context_processors": ["django.template.context_processors.request"],
    }
    backend = "django.template.backends.django.DjangoTemplates"
    with override_settings(TEMPLATES=[{"BACKEND": backend, "OPTIONS": options}]):
        yield


def render(monkeypatch: pytest.MonkeyPatch, template: str, plugin: PluginConfig, path: str = "/", **values: Any) -> str:
    """Render ``template`` for a signed-in person on a site with ``plugin`` alone."""
    monkeypatch.setattr(registry, "_apps", Apps([plugin]))
    request: HttpRequest = RequestFactory().get(path)
    request.user = values.pop("user", Reader())
    return engines["django"].get_template(template).render(values, request)


def test_dashboard_shows_panels_in_order_and_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = make_plugin(dashboard_panels=(f"{CONTRIBUTIONS}.NewsPanel",))
    assert render(monkeypatch, "home.html", plugin) == "<p>&lt;b&gt;Assemblée&lt;/b&gt;</p>"


def test_section_panel_knows_its_section(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = make_plugin(section_panels=(f"{CONTRIBUTIONS}.SectionPanel",))
    assert render(monkeypatch, "section.html", plugin, section="halifax") == "<p>halifax: 3</p>"


def test_panel_without_context_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = make_plugin(section_panels=(f"{CONTRIBUTIONS}.SectionPanel",))
    assert render(monkeypatch, "section.html", plugin, section="moncton") == ""


class BrokenPanel(NewsPanel):
    """Fails, with words that are nobody's business."""

    order = 5

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        raise ValueError("zzsecret")


@pytest.mark.parametrize(
    ("template", "point", "said"),
    [("home.html", "dashboard_panels", NOT_SHOWN), ("section.html", "section_panels", NOT_SHOWN),
     ("tools.html", "header_tools", "")],
)  # fmt: skip
def test_panel_that_fails_is_left_out_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, template: str, point: str, said: str
) -> None:
    plugin = make_plugin(**{point: (BrokenPanel, f"{CONTRIBUTIONS}.NewsPanel")})

    shown = render(monkeypatch, template, plugin, section="halifax")

    assert shown == "\n".join(filter(None, [said, "<p>&lt;b&gt;Assemblée&lt;/b&gt;</p>"]))
    (line,) = caplog.records
    assert line.getMessage() == "The panel BrokenPanel of the plugin example cannot be shown."
    assert line.exc_info is not None and "zzsecret" in str(line.exc_info[1])


@pytest.mark.django_db
def test_failed_statement_in_a_transaction_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise DatabaseError("no such column")

    monkeypatch.setattr(BrokenPanel, "get_context", fail)
    with pytest.raises(DatabaseError):
        render(monkeypatch, "home.html", make_plugin(dashboard_panels=(BrokenPanel,)))


def test_menu_lists_what_the_reader_may_see(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = (
        MenuEntry(label="Posters & news", url_name="/en/posters/", icon="flag", order=2),
        MenuEntry(label="Home", url_name="/en/", order=1),
        MenuEntry(label="Hidden", url_name="/hidden/", visible=lambda request: False),
    )
    shown = render(monkeypatch, "menu.html", make_plugin(menu_entries=entries), path="/en/posters/12/")
    assert shown == "Home|/en/||False;Posters &amp; news|/en/posters/|flag|True;"


def test_menu_entry_that_fails_is_left_out_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(request: HttpRequest) -> bool:
        raise ValueError("zzsecret")

    entries = (
        MenuEntry(label="Posters", url_name="/en/posters/", visible=fail),
        MenuEntry(label="Home", url_name="/en/"),
    )

    assert render(monkeypatch, "menu.html", make_plugin(menu_entries=entries)) == "Home|/en/||False;"
    (line,) = caplog.records
    assert line.getMessage() == "The menu entry /en/posters/ of the plugin example cannot be shown."
    assert line.exc_info is not None


def test_menu_is_empty_for_anonymous(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = make_plugin(menu_entries=(f"{CONTRIBUTIONS}.MENU_ENTRY",))
    assert render(monkeypatch, "menu.html", plugin, user=AnonymousUser()) == ""


def test_menu_is_empty_without_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_apps", Apps([make_plugin(menu_entries=(f"{CONTRIBUTIONS}.MENU_ENTRY",))]))
    assert engines["django"].get_template("menu.html").render({}) == ""


class UrlsOfPlugins:
    """A URL configuration made now, of the plugins in the registry."""

    def __init__(self) -> None:

        self.urlpatterns = i18n_patterns(*plugin_urlpatterns())


@pytest.mark.parametrize(("language", "address"), [("fr", "/fr/janvier/"), ("en", "/en/January/")])
def test_urls_have_a_namespace_and_a_prefix_in_each_language(
    monkeypatch: pytest.MonkeyPatch, language: str, address: str
) -> None:

    plugin = make_plugin(urls=f"{PACKAGE}.urls", url_prefix=format_lazy("{}/", _("January")))
    monkeypatch.setattr(registry, "_apps", Apps([plugin]))
    urls = UrlsOfPlugins()
    with override(language):
        assert reverse("example:list", urlconf=urls) == address


def test_urls_of_a_plugin_that_is_off_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(registry, "_apps", Apps([]))
    assert plugin_urlpatterns() == []
    with pytest.raises(NoReverseMatch):
        reverse("example:list", urlconf=UrlsOfPlugins())
