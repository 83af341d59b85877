"""From signing in to an acknowledged memo, in each language and over to the other one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from intranet.memos.models import Acknowledgement, MemoRecord
from tests.browser.conftest import (
    MEMO_TITLE,
    OTHER,
    PASSWORD,
    SHELF,
    WORD,
    Site,
    address,
    say,
    sign_in,
    tab_to,
    width_of,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LANGUAGES = pytest.mark.parametrize("language", ["fr", "en"])
SEARCH_BOX = "#site-search"


def total(page: Page) -> int:
    """The number that the results begin with."""
    return int(page.locator(".results-head [role=status] strong").inner_text())


def results(page: Page) -> list[str]:
    return page.locator(".result .card__title").all_inner_texts()


def wait_for_language(page: Page, language: str) -> None:
    """Wait until the page is there in a language: a selector outlives the moment between two documents."""
    page.locator(f"html[lang={language}]").wait_for()


def switch(page: Page, language: str) -> None:
    page.locator(f".language-switch a[hreflang={language}]").click()
    wait_for_language(page, language)


def in_language(page: Page, language: str) -> None:
    """On the sign-in page, which begins in the browser's French."""
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f".language-switch button[value={language}]").click()
        wait_for_language(page, language)


@LANGUAGES
def test_sign_in_says_what_is_wrong_then_leads_to_the_page_asked_for(
    page: Page, site: Site, language: str, check: Callable[[Page], None]
) -> None:
    person = site.reader(language)
    page.goto(f"/{language}/halifax/heat/")
    in_language(page, language)
    assert page.url.endswith(f"/accounts/login/?next=/{language}/halifax/heat/")
    assert page.locator("html").get_attribute("lang") == language
    check(page)

    sign_in(page, person, "not the password")
    page.locator(".error-summary:focus").wait_for()
    assert page.locator("#id_password").input_value() == ""
    check(page)

    sign_in(page, person)
    page.wait_for_url(f"**/{language}/halifax/heat/")
    assert page.locator("h1").inner_text() == MEMO_TITLE[language]


@LANGUAGES
def test_reader_finds_a_memo_acknowledges_it_and_reads_it_in_the_other_language(
    page: Page, site: Site, language: str, check: Callable[[Page], None]
) -> None:
    other = OTHER[language]
    page.goto("/accounts/login/")
    sign_in(page, site.reader(language))
    page.wait_for_url(f"**/{language}/")
    check(page)

    page.locator(SEARCH_BOX).fill(f"{WORD[language]} 35")
    page.locator(SEARCH_BOX).press("Enter")
    page.wait_for_url(f"**{address('search', language)}?q=*")
    assert results(page)[0] == MEMO_TITLE[language]
    check(page)
    page.get_by_role("link", name=MEMO_TITLE[language]).first.click()
    page.wait_for_url(f"**/{language}/halifax/heat/")
    assert page.get_by_text(MemoRecord.objects.get().number).first.is_visible()
    check(page)

    page.locator(".acknowledge form button").click()
    page.locator(".acknowledge--done").wait_for()
    assert page.locator(".acknowledge form").count() == 0
    receipt = Acknowledgement.objects.get()
    assert (receipt.person, receipt.language, receipt.edition) == (site.reader(language), language, 1)

    switch(page, other)
    assert page.url.endswith(f"/{other}/halifax/heat/")
    assert page.locator("h1").inner_text() == MEMO_TITLE[other]
    assert page.locator(".acknowledge--done").count() == 1
    check(page)
    switch(page, language)
    assert page.url.endswith(f"/{language}/halifax/heat/")


@LANGUAGES
@pytest.mark.usefixtures("shelf")
def test_search_is_narrowed_turned_over_and_asked_again_in_the_other_language(
    page: Page, site: Site, language: str, check: Callable[[Page], None]
) -> None:
    page.goto(f"/accounts/login/?next={address('search', language)}?q={WORD[language]}")
    sign_in(page, site.reader(language))
    page.locator(".results-head").wait_for()
    assert (total(page), len(results(page))) == (SHELF + 1, 20)
    assert "confidentielle" not in page.content()

    page.locator(".pagination [rel=next]").click()
    page.wait_for_url("**page=2*")
    assert (total(page), len(results(page))) == (SHELF + 1, 3)
    check(page)
    page.locator(".pagination [rel=prev]").click()
    page.wait_for_url("**page=1*")

    page.locator(".facets input[name=topic][value=logement]").check()
    page.locator(".facets__actions button").click()
    page.wait_for_url("**topic=logement*")
    assert (total(page), len(results(page))) == (3, 3)
    assert page.locator(".facets input[name=topic][value=logement]").is_checked()
    page.locator(".facets input[name=kind][value=page]").check()
    page.locator(".facets__actions button").click()
    page.wait_for_url("**kind=page*")
    assert total(page) == 3
    check(page)

    switch(page, OTHER[language])
    assert page.url.endswith(f"{address('search', OTHER[language])}?{page.url.partition('?')[2]}")
    assert "topic=logement" in page.url and "kind=page" in page.url


@LANGUAGES
def test_keyboard_alone_leads_from_signing_in_to_an_acknowledged_memo(page: Page, site: Site, language: str) -> None:
    page.goto("/accounts/login/")
    if language == "en":
        tab_to(page, page.locator(".language-switch button[value=en]"))
        page.keyboard.press("Enter")
        wait_for_language(page, "en")
    tab_to(page, page.locator("#id_login"))
    page.keyboard.type(site.reader(language).email)
    tab_to(page, page.locator("#id_password"), limit=2)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{language}/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    tab_to(page, page.locator(SEARCH_BOX))
    page.keyboard.type(f"{WORD[language]} 35")
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=*")
    # From the skip link it is never far to the first result.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to(page, page.locator(".result .card__title a").first, limit=12)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{language}/halifax/heat/")
    tab_to(page, page.locator(".acknowledge form button"))
    page.keyboard.press("Enter")
    page.locator(".acknowledge--done").wait_for()

    assert Acknowledgement.objects.get().person == site.reader(language)


@LANGUAGES
def test_everything_a_reader_does_works_without_javascript_on_a_phone(
    browser: Browser, live_server: object, site: Site, language: str
) -> None:
    context = browser.new_context(
        base_url=str(live_server), java_script_enabled=False, viewport={"width": 320, "height": 640}
    )
    plain = context.new_page()
    plain.goto("/accounts/login/")
    sign_in(plain, site.reader(language))
    plain.wait_for_url(f"**/{language}/")
    plain.locator(SEARCH_BOX).fill(WORD[language])
    plain.locator(SEARCH_BOX).press("Enter")
    plain.wait_for_url("**?q=*")
    address = plain.url
    # No word that is asked for, or that a filter has, makes the page wider.
    plain.goto(f"{address}{'a' * 200}&kind={'b' * 200}")
    assert width_of(plain) == 320
    plain.goto(address)
    plain.locator(".results-head__narrow").click()
    plain.locator(".facets input[name=kind][value=memo]").check()
    plain.locator(".facets__actions button").click()
    plain.wait_for_url("**kind=memo*")
    assert (total(plain), results(plain)) == (1, [MEMO_TITLE[language]])
    plain.get_by_role("link", name=MEMO_TITLE[language]).first.click()
    plain.locator(".acknowledge form button").click()
    plain.locator(".acknowledge--done").wait_for()
    plain.locator(f".language-switch a[hreflang={OTHER[language]}]").click()
    plain.wait_for_url(f"**/{OTHER[language]}/halifax/heat/")
    exit_link = plain.locator("[data-quick-exit]")
    assert exit_link.get_attribute("href") == f"https://www.canada.ca/{OTHER[language]}.html"
    assert plain.locator(".account-menu__sheet button").count() == 1
    plain.locator(".account-menu summary").click()
    plain.locator(".account-menu__sheet form button").click()
    plain.wait_for_url("**/accounts/login/")
    context.close()

    assert Acknowledgement.objects.get().person == site.reader(language)


def test_stranger_meets_the_same_page_for_a_memo_of_others_and_for_no_memo(page: Page, site: Site) -> None:
    page.goto("/accounts/login/?next=/fr/halifax/heat/")
    sign_in(page, site.people["stranger"])
    page.locator("h1").wait_for()
    hidden = (page.title(), page.locator("main").inner_text())
    answer = page.goto("/fr/halifax/nothing/")

    assert answer is not None and answer.status == 404
    assert (page.title(), page.locator("main").inner_text()) == hidden
    page.goto(f"{address('search', 'fr')}?q=fermeture")
    # The two lists for everyone, and the memo of the own society.
    assert total(page) == 3
    assert MEMO_TITLE["fr"] not in page.content()


def test_nothing_that_was_read_stays_in_the_browser(page: Page, site: Site) -> None:
    kept: dict[str, str] = {}
    page.on(
        "response",
        lambda answer: (
            kept.update({answer.url: answer.headers.get("cache-control", "")})
            if answer.request.resource_type == "document"
            else None
        ),
    )
    page.goto("/accounts/login/?next=/fr/")
    sign_in(page, site.reader("fr"))
    page.wait_for_url("**/fr/")
    for path in ("/fr/halifax/", "/fr/halifax/heat/", f"{address('search', 'fr')}?q=fermeture", "/fr/nothing/"):
        page.goto(path)
        assert width_of(page) <= 1280
    assert len(kept) >= 6
    assert {header for header in kept.values() if "no-store" not in header or "private" not in header} == set()

    page.locator(".account-menu summary").click()
    page.locator(".account-menu__sheet form button").click()
    page.wait_for_url("**/accounts/login/")
    page.go_back()
    page.wait_for_load_state()
    assert page.url.partition("?")[0].endswith("/accounts/login/")
    with translation.override("fr"):
        assert say("Sign in", "fr") in page.title()
