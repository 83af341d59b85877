"""A society with a memo, a guide and a shelf of pages in both languages, and what a visitor does on every page."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from intranet.accounts.models import User
from intranet.memos.models import MemoPage
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.pages.models import ContentPage, Topic
from tests import kept_rows
from tests.pages.factories import make_network, make_page, make_person, section_of

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PASSWORD = "three quiet harbours"
SHELF = 22
"""Pages that a search for the memo's word finds beside it: more than one page of results holds."""
TRANSLATED = 3
LIST = "Liste de fermeture {} (closing)"
OTHER = {"fr": "en", "en": "fr"}
MEMO_TITLE = {"fr": "Chaleur extrême : fermeture des locaux", "en": "Extreme heat: closing the premises"}
WORD = {"fr": "fermeture", "en": "closing"}


@dataclass
class Site:
    """What is there, and who reads it; ``stranger`` is of Québec, where there is another memo."""

    halifax: Network
    quebec: Network
    memo: dict[str, MemoPage]
    people: dict[str, User]

    def reader(self, language: str) -> User:
        return self.people[f"reader-{language}"]


@pytest.fixture
def site(live_server: object) -> Site:
    return kept_rows.once(make_site)


def make_site() -> Site:
    halifax, quebec = make_network("halifax", code="HFX"), make_network("quebec")
    housing = Topic.objects.create(slug="logement", name_fr="Logement", name_en="Housing")
    asked = {"acknowledge": True, "acknowledge_by": datetime.date(2027, 6, 1)}
    body = {"fr": "<p>On ferme à 35 degrés.</p>", "en": "<p>We close at 35 degrees.</p>"}
    memo: dict[str, MemoPage] = {}
    for language in ("fr", "en"):
        memo[language] = make_page(
            section_of(halifax, language),
            MEMO_TITLE[language],
            page_type=MemoPage,
            slug="heat",
            version_of=memo.get("fr"),
            body=[("heading", "35"), ("text", body[language])],
            **asked,
        )
    for number in range(TRANSLATED):
        french = make_page(section_of(halifax), LIST.format(number), rule=Rule("everyone") if number < 2 else None)
        make_page(section_of(halifax, "en"), f"Closing list {number}", version_of=french)
        french.topics.add(housing)
        french.save_revision().publish()
    make_page(section_of(quebec), "Fermeture confidentielle de Québec / closing")
    people = {f"reader-{code}": make_person(f"reader-{code}", (halifax, "reader"), language=code) for code in OTHER}
    people["stranger"] = make_person("stranger", (quebec, "reader"), language="fr")
    for role in ("contributor", "publisher"):
        people[role] = make_person(role, (halifax, role), language="en")
    for person in people.values():
        person.set_password(PASSWORD)
        person.save()
    return Site(halifax, quebec, memo, people)


@pytest.fixture
def shelf(site: Site) -> None:
    """As many lists as ``SHELF`` says, most of them in one language alone."""
    section = section_of(site.halifax)
    for number in range(TRANSLATED, SHELF):
        section.add_child(
            instance=ContentPage(title=LIST.format(number), slug=f"liste-{number}", locale=section.locale)
        )


def say(text: str, language: str) -> str:
    """The interface's words for ``text``."""
    with translation.override(language):
        return gettext(text)


def address(name: str, language: str) -> str:
    """The address of a view in a language."""
    with translation.override(language):
        return reverse(name)


def sign_in(page: Page, person: User, password: str = PASSWORD) -> None:
    """Fill in the sign-in form of the page that is open, as anybody would."""
    page.locator("#id_login").fill(person.email)
    page.locator("#id_password").fill(password)
    page.locator("#id_password").press("Enter")


def width_of(page: Page) -> int:
    """How wide the page is; more than the window means scrolling sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth"))


def tab_to(page: Page, target: Locator, limit: int = 60) -> None:
    """Press Tab until ``target`` has the focus."""
    for _press in range(limit):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not reach {target} within {limit} presses of Tab.")


@pytest.fixture
def check(assert_accessible: Callable[[Page], None]) -> Callable[[Page], None]:
    """What holds on every page of the site: accessible, with its quick exit, and no wider than a phone."""

    def check_page(page: Page) -> None:
        assert page.locator("[data-quick-exit]").count() == 1
        assert_accessible(page)
        wide = page.viewport_size or {"width": 1280, "height": 720}
        page.set_viewport_size({"width": 320, "height": 640})
        assert width_of(page) == 320, page.url
        page.set_viewport_size(wide)

    return check_page
