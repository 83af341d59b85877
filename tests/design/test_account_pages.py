"""Sign-in and account pages wear our clothes; error pages stand without a context."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.test import Client

from tests.design.gallery import ORIGIN, serve
from tests.pages.factories import make_network

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "a long enough passphrase"


@pytest.fixture
def signed_in(db: None) -> Client:
    """A browser of a person without any network."""
    user = get_user_model().objects.create_user(email="amina@example.org", name="Amina", language="en")
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def heading(html: str) -> str:
    """Return the text of the only first-level heading."""
    (found,) = re.findall(r"<h1[^>]*>(.*?)</h1>", html, flags=re.DOTALL)
    return str(found).strip()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/accounts/login/", "Sign in"),
        ("/accounts/password/reset/", "Choose a new password"),
        ("/accounts/password/reset/done/", "Look at your e-mail"),
        ("/accounts/password/reset/key/done/", "Your password is changed"),
        ("/accounts/password/reset/key/1-nonsense/", "This link no longer works"),
        ("/accounts/inactive/", "This account is closed"),
        ("/accounts/signup/", "Accounts are by invitation"),
    ],
)
def test_page_for_visitors_is_in_our_frame(path: str, expected: str) -> None:
    response = Client().get(path, headers={"accept-language": "en"})
    html = response.content.decode()
    assert response.status_code == 200
    assert heading(html) == expected
    assert html.count("data-quick-exit") == 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/accounts/password/change/", "Change my password"),
        ("/accounts/sessions/", "Where I am signed in"),
        ("/accounts/logout/", "Sign out"),
    ],
)
def test_page_of_the_account_is_in_our_frame(signed_in: Client, path: str, expected: str) -> None:
    html = signed_in.get(path).content.decode()
    assert heading(html) == expected
    assert html.count("data-quick-exit") == 1


def test_page_that_allauth_alone_writes_is_in_our_frame(signed_in: Client) -> None:
    html = signed_in.get("/accounts/reauthenticate/").content.decode()
    assert html.count("data-quick-exit") == 1
    assert html.count("<h1") == 1


@pytest.mark.django_db
def test_wrong_password_is_summed_up_and_said_without_telling_who_exists() -> None:
    get_user_model().objects.create_user(email="amina@example.org", name="Amina", password=PASSWORD)
    answers = []
    for email in ("amina@example.org", "nobody@example.org"):
        html = Client().post("/accounts/login/", {"login": email, "password": "wrong"}).content.decode()
        assert html.count('class="error-summary"') == 1
        answers.append(re.findall(r'<div class="error-summary".*?</div>', html, flags=re.DOTALL))
    assert answers[0] == answers[1]


@pytest.mark.django_db
def test_visitor_chooses_the_language_of_the_sign_in_page() -> None:
    client = Client()
    client.post("/accounts/language/", {"language": "en", "next": "/accounts/login/"})
    assert '<html lang="en">' in client.get("/accounts/login/").content.decode()
    client.post("/accounts/language/", {"language": "fr", "next": "/accounts/login/"})
    assert '<html lang="fr">' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("template", ["500.html", "400.html"])
def test_error_page_without_a_context_speaks_both_languages(template: str) -> None:
    html = render_to_string(template)
    assert html.count("<h1") == 1
    assert '<html lang="en">' in html
    assert 'lang="fr"' in html


@pytest.mark.django_db
def test_sign_in_is_accessible_before_and_after_a_mistake(
    browser: Browser, assert_accessible: Callable[[Page], None]
) -> None:
    pages = {
        "/first": Client().get("/accounts/login/").content.decode(),
        "/again": Client().post("/accounts/login/", {"login": "amina", "password": ""}).content.decode(),
    }
    context = browser.new_context(viewport={"width": 320, "height": 700})
    foreign = serve(context, pages)
    page = context.new_page()
    for path in pages:
        page.goto(f"{ORIGIN}{path}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator(".error-summary:focus").wait_for()
    assert foreign == []
    context.close()


def test_what_is_shown_once_and_what_one_can_do_stand_on_a_narrow_screen(
    browser: Browser, signed_in: Client, assert_accessible: Callable[[Page], None]
) -> None:
    make_network("champions", "local", joining="request")
    pages = {
        "/networks": signed_in.get("/en/networks/").content.decode(),
        "/token": signed_in.post("/accounts/tokens/", {"name": "Rapports du conseil"}).content.decode(),
        "/feed": signed_in.post("/en/notifications/feeds/new/new/", follow=True).content.decode(),
        "/sessions": signed_in.get("/accounts/sessions/").content.decode(),
    }
    context = browser.new_context(viewport={"width": 320, "height": 700})
    serve(context, pages)
    page = context.new_page()
    for path, shown in (
        ("/networks", ("td a",)),
        ("/token", (".notice code", "td button")),
        ("/feed", (".notice code",)),
        ("/sessions", ("tbody th", "td:last-child")),
    ):
        page.goto(f"{ORIGIN}{path}")
        assert_accessible(page)
        for selector in shown:
            box = page.locator(selector).bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= box["x"] + box["width"] <= 320, (path, selector)
        title = page.locator(".notice__title")
        assert all(each["width"] > 160 for each in [title.nth(at).bounding_box() or {} for at in range(title.count())])
    context.close()
