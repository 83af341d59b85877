"""Signing in, forgotten passwords, sessions, limits."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.html import escape

from intranet.accounts.models import AccountEvent, User
from intranet.accounts.services import create_account, set_account_active

PASSWORD = "correct horse battery"


@pytest.fixture
def person(db: None) -> User:
    return create_account(email="Reader@Example.org", name="Reader", language="en", password=PASSWORD)


def _sign_in(client: Client, password: str = PASSWORD, **extra: str) -> object:
    return client.post("/accounts/login/", {"login": "reader@example.org", "password": password, **extra})


def test_right_password_opens_the_door(person: User) -> None:
    client = Client()
    answer = _sign_in(client)

    assert answer.status_code == 302  # type: ignore[attr-defined]
    assert client.get("/en/").status_code == 200


@pytest.mark.parametrize(
    ("more", "comes_to", "greeting"),
    [
        ({}, "/en/", "Successfully signed in as Reader"),
        ({"next": "/fr/recherche/"}, "/fr/recherche/", "Votre session est ouverte, Reader"),
    ],
)
def test_greeting_is_in_the_language_of_the_page_that_one_comes_to(
    person: User, more: dict[str, str], comes_to: str, greeting: str
) -> None:
    client = Client(headers={"accept-language": "en" if more else "fr"})
    _sign_in(client, **more)

    page = client.get("/", follow=True) if not more else client.get(comes_to)

    assert page.request["PATH_INFO"] == comes_to
    assert greeting in page.content.decode()


def test_address_is_taken_in_any_case(person: User) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "READER@example.ORG", "password": PASSWORD})

    assert client.get("/en/").status_code == 200


@pytest.mark.parametrize("login", ["reader@example.org", "nobody@example.org"])
def test_wrong_password_and_unknown_address_answer_alike(person: User, login: str) -> None:
    answer = Client().post("/accounts/login/", {"login": login, "password": "wrong"}, headers={"accept-language": "en"})

    assert answer.status_code == 200
    assert "e-mail address and/or password you specified are not correct" in answer.content.decode().replace(
        "email", "e-mail"
    )


def test_closed_account_is_kept_out_and_its_session_ends(person: User) -> None:
    client = Client()
    _sign_in(client)
    set_account_active(person, False)

    assert client.get("/en/").status_code == 302
    assert client.get("/api/v1/me").status_code == 401
    _sign_in(client)
    assert client.get("/en/").status_code == 302
    assert list(AccountEvent.objects.values_list("kind", flat=True)) == ["created", "deactivated"]


@pytest.mark.parametrize(
    ("asked", "way_back"),
    [
        ("/fr/recherche/?q=abri", "/fr/recherche/%3Fq%3Dabri"),
        (f"/fr/recherche/?q={'é' * 10_000}", "/fr/recherche/"),
        (f"/fr/{'a' * 10_000}/", "/"),
    ],
)
def test_way_back_is_short_enough_for_a_header(asked: str, way_back: str) -> None:
    assert Client().get(asked).headers["Location"] == f"/accounts/login/?next={way_back}"


BUTTON = "/fr/notes-de-service/0f0f0f0f-0000-4000-8000-000000000000/accuser-reception/"


@pytest.mark.parametrize(
    ("sent_from", "way_back"),
    [
        ("http://testserver/fr/quebec/chaleur/?page=2", "/fr/quebec/chaleur/%3Fpage%3D2"),
        ("http://testserver//elsewhere.example/", "/"),
        ("https://elsewhere.example/fr/quebec/", "/"),
        (f"http://testserver/fr/{'a' * 10_000}/", "/"),
        ("", "/"),
    ],
)
def test_button_pressed_after_the_session_leads_back_to_where_it_stands(
    person: User, sent_from: str, way_back: str
) -> None:
    client = Client(headers={"referer": sent_from} if sent_from else {})
    answer = client.post(BUTTON, {"edition": "1"})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={way_back}")
    assert 'class="messages' in client.get(answer.headers["Location"]).content.decode()


def test_only_own_addresses_are_followed_after_signing_in(person: User) -> None:
    answer = _sign_in(Client(), next="https://elsewhere.example/steal")

    assert "elsewhere" not in answer["Location"]  # type: ignore[index]


def test_forgotten_password_is_reset_by_a_link_that_works_once(person: User) -> None:
    Client().post(reverse("account_reset_password"), {"email": "reader@example.org"})
    found = re.search(r"(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert found is not None
    client = Client()
    form = client.get(found[1], follow=True)
    url = form.redirect_chain[-1][0]
    new = "another long phrase"
    client.post(url, {"password1": new, "password2": new})

    assert User.objects.get().check_password(new)
    again = Client().get(found[1], follow=True)
    assert not again.redirect_chain or "set-password" not in again.redirect_chain[-1][0]


def test_reset_says_nothing_of_an_account(person: User) -> None:
    answers = {
        Client().post(reverse("account_reset_password"), {"email": email})["Location"]
        for email in ("reader@example.org", "nobody@example.org")
    }

    assert len(answers) == 1
    assert [message.to for message in mail.outbox] == [["reader@example.org"]]


def test_sessions_are_listed_and_ended(person: User) -> None:
    here, elsewhere = Client(), Client()
    _sign_in(here)
    _sign_in(elsewhere)
    assert here.get(reverse("usersessions_list")).status_code == 200

    here.post(reverse("usersessions_list"))

    assert elsewhere.get("/en/").status_code == 302
    assert here.get("/en/").status_code == 200


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0", "Firefox on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari on iOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "CriOS/138.0.7204.119 Mobile/15E148 Safari/604.1",
            "Chrome on iOS",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
            "Safari/537.36 Edg/141.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
            "Safari/605.1.15",
            "Safari on macOS",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Unknown browser on Linux"),
        ("<b>", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_session_names_browser_and_system_in_words(person: User, sent: str, said: str) -> None:
    client = Client(headers={"user-agent": sent})
    _sign_in(client)

    html = client.get(reverse("usersessions_list")).content.decode()

    assert f'<th scope="row" role="rowheader">{said} ' in html
    assert (f"<code>{escape(sent)}</code>" in html) == bool(sent)


@override_settings(ACCOUNT_RATE_LIMITS={"login_failed": "3/m/ip"})
def test_guessing_is_slowed_down(person: User) -> None:
    cache.clear()
    client = Client()
    for _guess in range(3):
        _sign_in(client, "wrong")

    _sign_in(client)

    assert client.get("/en/").status_code == 302


def test_language_of_the_profile_is_that_of_the_interface(person: User) -> None:
    client = Client()
    _sign_in(client)
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/en/"

    client.post(reverse("profile"), {"name": "Lectrice", "language": "fr"})

    assert client.get("/", follow=True).redirect_chain[-1][0] == "/fr/"
    assert client.get("/accounts/profile/").content.decode().count('<html lang="fr"') == 1


def lang_of(client: Client, address: str) -> str:
    return re.findall(r'<html lang="(\w+)"', client.get(address).content.decode())[0]


def test_account_speaks_the_language_that_one_reads_in(person: User) -> None:
    client = Client()
    _sign_in(client)
    assert lang_of(client, "/accounts/profile/") == "en"

    assert lang_of(client, "/fr/") == "fr"
    assert [lang_of(client, reverse(name)) for name in ("profile", "api_tokens", "usersessions_list")] == ["fr"] * 3
    assert client.get("/").headers["Location"] == "/en/", "her own language stays as it is"
    client.post(reverse("profile"), {"name": "Reader", "language": "en"})
    assert lang_of(client, "/accounts/profile/") == "fr"

    client.get("/en/no-such-page/")
    assert lang_of(client, "/accounts/profile/") == "fr"
    client.get("/en/")
    assert lang_of(client, "/accounts/profile/") == "en"


def test_account_offers_the_other_language(person: User) -> None:
    client = Client()
    _sign_in(client)
    text = client.get("/accounts/profile/").content.decode()
    assert '<button type="submit" name="language" value="fr" lang="fr">' in text
    assert '<input type="hidden" name="next" value="/accounts/profile/">' in text

    answer = client.post(reverse("set_language"), {"language": "fr", "next": "/accounts/profile/"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/profile/")
    assert lang_of(client, "/accounts/profile/") == "fr"
    client.post(reverse("set_language"), {"language": "xx", "next": "/accounts/profile/"})
    assert lang_of(client, "/accounts/profile/") == "fr"


def test_brand_leads_home_in_the_language_that_one_reads(person: User) -> None:
    client = Client()
    _sign_in(client)
    for address, home in (("/accounts/profile/", "/en/"), ("/fr/", "/fr/"), ("/accounts/profile/", "/fr/")):
        assert f'<a class="brand" href="{home}">' in client.get(address).content.decode()


def test_fields_of_the_library_are_named_as_ours_are(person: User) -> None:
    client = Client(headers={"accept-language": "en"})
    labels = [re.findall(r"<label[^>]*>\s*([^<]+?)\s*<", client.get("/accounts/login/").content.decode())[0]]
    _sign_in(client)
    labels += re.findall(r"<label[^>]*>\s*([^<]+?)\s*<", client.get("/accounts/password/change/").content.decode())
    assert [label for label in labels if "assword" in label or "mail" in label] == [
        "E-mail address",
        "Current password",
        "New password",
        "New password (again)",
    ]


def test_password_follows_the_address_and_nothing_stands_between(db: None) -> None:
    text = Client().get("/accounts/login/").content.decode()
    stops = re.findall(r'<(?:a|button|input|select|textarea)\b[^>]*?(?:name="(\w+)"|href="([^"]+)")', text)

    names = [name or address for name, address in stops if name not in ("csrfmiddlewaretoken", "next")]
    place = names.index("login")
    assert names[place : place + 3] == ["login", "password", "/accounts/password/reset/"]
