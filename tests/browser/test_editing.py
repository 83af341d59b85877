"""The admin as its people use it: a publisher publishes in her section, a contributor asks for a review."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from intranet.accounts.models import User
from intranet.networks.models import AudienceEvent
from intranet.pages.models import ContentPage
from tests.browser.conftest import Site, sign_in, tab_to
from tests.pages.factories import make_network, make_page, section_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.usefixtures("site")


def start_page(page: Page, site: Site, role: str, title: str) -> None:
    """Sign in, and fill in a new page of Halifax's English section."""
    section = section_of(site.halifax, "en")
    page.goto(f"/accounts/login/?next=/admin/pages/add/pages/contentpage/{section.pk}/")
    sign_in(page, site.people[role])
    # The body's editor is made by scripts: without it the form says nothing of the body.
    page.locator("input[name=body-count]").wait_for(state="attached")
    page.locator("#id_title").fill(title)
    page.locator("#id_title").press("Tab")


def more_actions(page: Page) -> list[str]:
    """What the footer's menu offers beside saving a draft."""
    page.locator("footer .w-dropdown-button button[aria-expanded]").click()
    offered = page.locator("footer .w-dropdown__content :is(a, button):visible")
    offered.first.wait_for()
    return [text.strip() for text in offered.all_inner_texts()]


def test_publisher_publishes_a_page_and_says_who_can_see_it(page: Page, site: Site) -> None:
    start_page(page, site, "publisher", "Winter clothing")
    assert "Publish" in more_actions(page)
    page.locator("footer [name=action-publish]").click()
    page.get_by_text("created and published").first.wait_for()
    made = ContentPage.objects.get(title="Winter clothing")
    assert (made.live, made.url) == (True, "/en/halifax/winter-clothing/")
    assert not made.is_visible_to(site.people["stranger"])

    page.goto(f"/admin/pages/{made.pk}/edit/")
    page.locator("button[aria-label='Toggle status']").click()
    page.get_by_text("Who can see this").first.wait_for()
    page.locator("a[href$='/audience/']").first.click()
    page.locator("input[name=choice][value=members]").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("More people will see it").wait_for()
    page.get_by_role("button", name="Yes, show it to them").click()
    page.wait_for_load_state()

    assert made.is_visible_to(site.people["stranger"])
    event = AudienceEvent.objects.filter(key=made.translation_key).latest("pk")
    assert (event.by, event.after["choice"]) == (site.people["publisher"], "members")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_list_of_networks_is_narrowed_by_what_is_typed(
    page: Page, site: Site, language: str, assert_accessible: Callable[..., None]
) -> None:
    for slug in ("iqaluit", "québec-nord", "winnipeg"):
        make_network(slug.replace("é", "e"), name_fr=f"Société {slug.title()}", name_en=f"{slug.title()} society")
    User.objects.filter(pk=site.people["publisher"].pk).update(language=language)
    made = make_page(section_of(site.halifax, language), "Winter")
    page.goto(f"/accounts/login/?next=/admin/pages/{made.pk}/audience/")
    sign_in(page, site.people["publisher"])
    field = page.locator("#find-networks")
    field.wait_for()
    boxes = page.locator("input[name=networks]")
    shown = page.locator("input[name=networks]:visible")
    assert (shown.count(), boxes.count()) == (4, 4)
    boxes.nth(0).check()

    tab_to(page, field)
    page.keyboard.type("QUEBEC-N")
    assert shown.count() == 2
    assert (shown.nth(0).is_checked(), shown.nth(1).is_checked()) == (True, False)
    status = page.locator("[data-narrows-list] [role=status]")
    assert status.inner_text().endswith("2")
    assert_accessible(page, within="[data-narrows-list]")
    page.keyboard.press("Enter")
    assert field.input_value() == "QUEBEC-N"
    page.set_viewport_size({"width": 320, "height": 640})
    place = field.bounding_box()
    assert place is not None and place["x"] + place["width"] <= 320
    page.keyboard.press("Escape")
    assert (shown.count(), field.input_value(), status.inner_text()) == (4, "", "")


def test_list_of_networks_is_whole_without_scripts(page: Page, site: Site) -> None:
    made = make_page(section_of(site.halifax, "en"), "Winter")
    page.goto(f"/accounts/login/?next=/admin/pages/{made.pk}/audience/")
    sign_in(page, site.people["publisher"])
    page.locator("#find-networks").wait_for()
    plain = page.context.browser.new_context(  # type: ignore[union-attr]
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    there = plain.new_page()
    there.goto(page.url)
    assert there.locator("input[name=networks]:visible").count() == 1
    assert not there.locator("#find-networks").is_visible()
    plain.close()


def test_contributor_sends_a_page_to_review_and_cannot_publish_it(page: Page, site: Site) -> None:
    start_page(page, site, "contributor", "Summer clothing")
    assert [action for action in more_actions(page) if "publish" in action.lower()] == []
    page.locator("footer [name=action-submit]").click()
    page.get_by_text("submitted for moderation").first.wait_for()

    made = ContentPage.objects.get(title="Summer clothing")
    assert (made.live, made.workflow_in_progress) == (False, True)
    answer = page.goto("/admin/")
    assert answer is not None
    assert "no-store" in answer.headers["cache-control"]
    assert "Quebec" not in page.content()


def test_reader_and_stranger_do_not_enter_the_section_in_the_admin(page: Page, site: Site) -> None:
    section = section_of(site.halifax, "en")
    page.goto(f"/accounts/login/?next=/admin/pages/{section.pk}/")
    sign_in(page, site.reader("en"))
    page.wait_for_load_state()

    assert "/admin/" not in page.url
    answer = page.goto("/admin/pages/")
    assert answer is not None
    assert "/admin/" not in page.url or answer.status in (403, 404)
