"""Suggestions while typing: by keyboard, by mouse, for whom they are meant, and not at all without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import MEMO_TITLE, WORD, Site, address, sign_in, width_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

SEARCH_BOX = "#site-search"
OPTIONS = ".site-header [role=option]:visible"


def type_slowly(page: Page, text: str) -> None:
    page.locator(SEARCH_BOX).press_sequentially(text)
    page.locator(OPTIONS).first.wait_for()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_keyboard_chooses_a_suggestion_or_searches(
    page: Page, site: Site, language: str, assert_accessible: Callable[..., None]
) -> None:
    page.goto("/accounts/login/")
    sign_in(page, site.reader(language))
    page.wait_for_url(f"**/{language}/")
    box = page.locator(SEARCH_BOX)
    type_slowly(page, MEMO_TITLE[language][:8].lower())
    assert box.get_attribute("aria-expanded") == "true"
    assert page.locator(OPTIONS).all_inner_texts()[0].startswith(MEMO_TITLE[language])
    assert_accessible(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert width_of(page) == 320
    listed = page.locator(".site-header [role=listbox]").bounding_box()
    assert listed is not None and listed["x"] >= 0 and listed["x"] + listed["width"] <= 320

    box.press("ArrowDown")
    first = page.locator(OPTIONS).first
    assert first.get_attribute("aria-selected") == "true"
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    box.press("Escape")
    assert (page.locator(OPTIONS).count(), box.get_attribute("aria-expanded")) == (0, "false")
    assert box.input_value() == MEMO_TITLE[language][:8].lower()

    box.press("End")
    type_slowly(page, MEMO_TITLE[language][8])
    box.press("ArrowUp")
    box.press("Enter")
    page.wait_for_url(f"**/{language}/halifax/heat/")

    type_slowly(page, WORD[language])
    box.press("Enter")
    page.wait_for_url(f"**{address('search', language)}?q={WORD[language]}")


def test_mouse_opens_a_suggestion_and_nobody_is_shown_what_is_not_meant_for_them(page: Page, site: Site) -> None:
    page.goto("/accounts/login/?next=/fr/")
    sign_in(page, site.people["stranger"])
    page.wait_for_url("**/fr/")
    type_slowly(page, WORD["fr"])
    titles = page.locator(OPTIONS).all_inner_texts()

    assert [title for title in titles if MEMO_TITLE["fr"] in title] == []
    assert len([title for title in titles if title.startswith("Fermeture confidentielle de Québec")]) == 1
    page.locator(OPTIONS, has_text="confidentielle").click()
    page.wait_for_url("**/fr/quebec/*/")


def test_field_is_an_ordinary_one_without_javascript(page: Page, site: Site) -> None:
    page.goto("/accounts/login/?next=/fr/")
    sign_in(page, site.reader("fr"))
    page.wait_for_url("**/fr/")
    context = page.context.browser.new_context(  # type: ignore[union-attr]
        base_url=page.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto("/fr/")
    plain.locator(SEARCH_BOX).fill(WORD["fr"])

    assert plain.locator(SEARCH_BOX).get_attribute("role") is None
    assert plain.locator("[role=listbox]").count() == 0
    context.close()
