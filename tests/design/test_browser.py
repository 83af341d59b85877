"""The gallery in Chromium: accessible, narrow, without JavaScript, and quickly left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.design.gallery import ORIGIN, PAGES, serve, url_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VIEWS = [(320, "light", "fr"), (1280, "dark", "en")]
WIDTHS = (320, 768, 1280)


@pytest.mark.parametrize("name", PAGES)
def test_gallery_page_has_no_finding_in_both_schemes(
    browser: Browser, assert_accessible: Callable[[Page], None], name: str
) -> None:
    for width, scheme, language in VIEWS:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        foreign = serve(context)
        page = context.new_page()
        page.goto(url_of(name, language))
        assert_accessible(page)
        assert foreign == []
        context.close()


def test_no_gallery_page_is_wider_than_its_window(browser: Browser) -> None:
    context = browser.new_context()
    serve(context)
    page = context.new_page()
    found = {}
    for name in PAGES:
        page.goto(url_of(name, "fr"))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found[name, width] = page.evaluate("document.documentElement.scrollWidth")
    assert found == {(name, width): width for name in PAGES for width in WIDTHS}
    context.close()


def test_targets_of_the_header_are_large_enough_at_320_pixels(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 568}, has_touch=True)
    serve(context)
    page = context.new_page()
    page.goto(url_of("home", "fr"))
    boxes = [link.bounding_box() for link in page.locator(".site-header :is(a, button, summary):visible").all()]
    assert len(boxes) >= 6
    assert [box for box in boxes if box is None or box["height"] < 40 or box["width"] < 40] == []
    context.close()


def test_menu_opens_on_a_narrow_screen_without_javascript(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700}, java_script_enabled=False)
    serve(context)
    page = context.new_page()
    page.goto(url_of("home", "fr"))
    menu = page.get_by_role("navigation", name="Main menu").or_(page.locator("#main-menu"))
    assert not page.locator("#main-menu").is_visible()
    page.locator(".main-menu__button").click()
    assert menu.first.is_visible()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_open_menu_leaves_the_quick_exit_in_reach(browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700}, java_script_enabled=False)
    serve(context)
    page = context.new_page()
    page.goto(url_of("home", "fr"))
    page.locator(".main-menu__button").click()
    page.locator("#main-menu a").first.wait_for()
    exit_box, menu_box = (page.locator(each).first.bounding_box() for each in (".quick-exit", "#main-menu"))
    assert exit_box is not None
    assert menu_box is not None
    assert exit_box["y"] + exit_box["height"] <= menu_box["y"]
    page.locator(".quick-exit").first.click(trial=True, timeout=5_000)
    context.close()


def test_skip_link_is_the_first_stop_and_leads_to_the_content(browser: Browser) -> None:
    context = browser.new_context()
    serve(context)
    page = context.new_page()
    page.goto(url_of("home", "en"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    context.close()


@pytest.mark.parametrize(
    ("language", "neutral"), [("en", "https://www.canada.ca/en.html"), ("fr", "https://www.canada.ca/fr.html")]
)
@pytest.mark.parametrize("by", ["click", "keys"])
def test_quick_exit_takes_the_place_of_the_page(browser: Browser, language: str, neutral: str, by: str) -> None:
    context = browser.new_context()
    serve(context)
    page = context.new_page()
    page.goto(url_of("entrance", language))
    page.goto(url_of("memo", language))
    if by == "click":
        page.locator("[data-quick-exit]").click()
    else:
        for _press in range(3):
            page.keyboard.press("Escape")
    page.wait_for_url(neutral)
    page.go_back()
    assert page.url == url_of("entrance", language)
    context.close()


def test_quick_exit_does_not_leave_on_two_presses(browser: Browser) -> None:
    context = browser.new_context()
    foreign = serve(context)
    page = context.new_page()
    page.goto(url_of("memo", "en"))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.url == url_of("memo", "en")
    assert foreign == []
    context.close()


def test_quick_exit_is_an_ordinary_link_without_javascript_and_tells_nobody_where_from(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    serve(context)
    page = context.new_page()
    page.goto(url_of("memo", "fr"))
    with page.expect_request("https://www.canada.ca/fr.html") as asked:
        page.locator("[data-quick-exit]").click()
    assert "referer" not in asked.value.headers
    context.close()


def test_error_summary_has_the_focus_and_leads_to_the_field(browser: Browser) -> None:
    context = browser.new_context()
    serve(context)
    page = context.new_page()
    page.goto(url_of("forms", "en"))
    page.locator(".error-summary:focus").wait_for()
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_wrong-email"
    assert page.locator("#id_wrong-email").get_attribute("aria-invalid") == "true"
    context.close()


def test_blocks_of_a_stream_keep_the_rhythm_of_the_text(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    serve(context)
    page = context.new_page()
    page.goto(url_of("content", "en"))
    assert page.locator(".block-heading h2").evaluate("heading => getComputedStyle(heading).marginTop") == "36px"
    text, table = page.locator(".prose > p").first.bounding_box(), page.locator(".table-scroll").bounding_box()
    assert text is not None and table is not None
    assert text["width"] == 672
    assert table["width"] > 800
    context.close()


def test_printed_memo_keeps_its_number_and_drops_the_ways_around(browser: Browser) -> None:
    context = browser.new_context()
    serve(context)
    page = context.new_page()
    page.goto(url_of("memo", "en"))
    page.emulate_media(media="print")
    assert page.locator(".memo-header__number").is_visible()
    hidden = [".site-bar", ".main-menu", ".site-footer", ".breadcrumbs", "aside", ".acknowledge form"]
    assert [selector for selector in hidden if page.locator(selector).first.is_visible()] == []
    assert page.url.startswith(ORIGIN)
    context.close()
