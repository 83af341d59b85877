"""The bar that stays in view: its tools answer to the first press, however far the reader has gone down the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.design.gallery import serve, url_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page


def press(page: Page, target: Locator) -> None:
    """Press and release the mouse where ``target`` is now, without looking whether it moves meanwhile."""
    box = target.bounding_box()
    assert box is not None and box["y"] >= 0
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("javascript", [True, False])
def test_quick_exit_leaves_at_the_first_press_far_down_the_page(browser: Browser, width: int, javascript: bool) -> None:
    context = browser.new_context(viewport={"width": width, "height": 400}, java_script_enabled=javascript)
    serve(context)
    page = context.new_page()
    page.goto(url_of("memo", "fr"))
    page.goto(url_of("memo", "fr") + "#acknowledge")
    assert page.evaluate("scrollY") > 100

    press(page, page.locator("[data-quick-exit]"))

    page.wait_for_url("https://www.canada.ca/fr.html")
    context.close()


def test_tools_do_not_move_when_they_get_the_focus(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 400})
    serve(context)
    page = context.new_page()
    page.goto(url_of("memo", "fr") + "#acknowledge")
    tools = page.locator(".site-bar__tools :is(a, summary):visible")
    assert tools.count() >= 3
    for tool in tools.all():
        before = tool.bounding_box()
        page.mouse.move(before["x"] + 10, before["y"] + 10)
        page.mouse.down()
        assert tool.bounding_box() == before
        page.mouse.move(10, 300)
        page.mouse.up()
    context.close()


def test_brand_comes_into_view_when_the_keyboard_reaches_it(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 400})
    serve(context)
    page = context.new_page()
    page.goto(url_of("memo", "fr"))
    page.mouse.wheel(0, 300)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    box = page.locator(".brand").bounding_box()
    assert page.locator(".brand").evaluate("element => element === document.activeElement")
    assert box is not None and box["y"] >= 0
    context.close()
