"""The search page in Chromium: choices over a narrow screen, lists narrowed down, suggestions while typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.design.gallery import serve, url_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize("javascript", [True, False])
def test_choices_open_over_a_narrow_page_and_leave_the_quick_exit_in_reach(
    browser: Browser, assert_accessible: Callable[..., None], javascript: bool
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=javascript)
    serve(context)
    page = context.new_page()
    page.goto(url_of("search", "en"))
    choice = page.locator(".facets input").first
    assert not choice.is_visible()

    page.locator(".results-head__narrow").click()
    assert choice.is_visible()
    choice.uncheck()
    leave = page.locator("[data-quick-exit]").bounding_box()
    sheet = page.locator(".facets").bounding_box()
    assert leave is not None and sheet is not None and leave["y"] + leave["height"] <= sheet["y"]
    if javascript:
        assert_accessible(page, within=".facets")
    page.locator(".facets__close").click()
    assert not choice.is_visible()
    context.close()


def test_long_list_of_choices_is_narrowed_down_by_what_is_typed(browser: Browser) -> None:
    context = browser.new_context()
    serve(context)
    page = context.new_page()
    page.goto(url_of("search", "fr"))
    field = page.locator("#find-network")
    labels = page.locator(".facets fieldset", has=field).locator("li:visible .choice__label")
    assert labels.count() == 3

    field.fill("SOCIETE")
    assert labels.all_inner_texts() == ["Société de Halifax", "Société de Winnipeg", "Société d’Iqaluit"]
    assert page.locator(".facets__find [role=status]").inner_text() == "choix dans la liste\N{NO-BREAK SPACE}: 3"
    field.press("Escape")
    assert (labels.count(), field.input_value()) == (3, "")
    context.close()


def test_field_over_a_long_list_waits_for_scripts(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    serve(context)
    page = context.new_page()
    page.goto(url_of("search", "fr"))
    assert not page.locator("#find-network").is_visible()
    page.locator(".facets details summary").click()
    assert page.locator(".facets input[value=iqa]").is_visible()
    context.close()
