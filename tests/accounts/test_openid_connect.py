"""Signing in by an OpenID Connect provider: a small one answers on this machine, as the standard says."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import LazySettings
from django.test import Client
from django.test.utils import override_settings

from intranet.accounts.models import User
from intranet.accounts.services import create_account, set_account_active
from intranet.settings import env

LOGIN = "/accounts/oidc/sso/login/"
CALLBACK = "/accounts/oidc/sso/login/callback/"
PASSWORD = "correct horse battery"


class Provider:
    """An issuer whose one person is ``claims``; ``broken`` answers pages instead of JSON."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "person-1"}
        self.exchanged: list[dict[str, list[str]]] = []
        self.broken = False
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(provider.userinfo() if self.path == "/userinfo" else provider.configuration())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.exchanged.append(parse_qs(body))
                self.answer(provider.token())

            def answer(self, content: dict[str, Any]) -> None:
                body = b"<h1>Welcome</h1>" if provider.broken else json.dumps(content).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html" if provider.broken else "application/json")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def configuration(self) -> dict[str, Any]:
        endpoints = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        addresses = {name: f"{self.url}/{path}" for name, path in endpoints.items()}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **addresses}

    def userinfo(self) -> dict[str, Any]:
        return self.claims

    def token(self) -> dict[str, Any]:
        now = int(time.time())
        identity = {"iss": self.url, "aud": "intranet", "iat": now, "exp": now + 60, "sub": self.claims["sub"]}
        return {
            "access_token": "opaque",
            "token_type": "Bearer",
            "id_token": jwt.encode(identity, "a secret of the provider, long enough", algorithm="HS256"),
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[Provider]:
    provider = Provider()
    for part, value in {"URL": provider.url, "CLIENT_ID": "intranet", "CLIENT_SECRET": "s", "NAME": "Aurora"}.items():
        monkeypatch.setenv(f"OPENID_CONNECT_{part}", value)
    settings.SOCIALACCOUNT_PROVIDERS = env.openid_connect()
    yield provider
    provider.close()


@pytest.fixture
def person(db: None) -> User:
    return create_account(email="reader@example.org", name="Reader", language="en", password=PASSWORD)


def come_back(client: Client, *, to: str = "", **query: str) -> Any:
    """Press the button, agree at the provider, and return its way back into the site."""
    sent = client.post(f"{LOGIN}?{urlencode({'process': 'login', **query})}")
    asked = parse_qs(urlsplit(sent["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"http://testserver{CALLBACK}"]
    return client.get(to or CALLBACK, {"code": "once", "state": asked["state"][0]}, headers={"accept-language": "en"})


def without_secrets(answer: Any) -> str:
    """The page without what is new each time: the form's token, the state in its own address."""
    return re.sub(r'(csrfmiddlewaretoken" value="|state=)\w+', "", answer.content.decode())


def is_signed_in(client: Client) -> bool:
    return client.get("/api/v1/me").status_code == 200


def test_confirmed_address_opens_its_account_and_changes_nothing_of_it(provider: Provider, person: User) -> None:
    provider.claims |= {"email": "Reader@Example.org", "email_verified": True, "name": "Someone"}
    client = Client()

    answer = come_back(client, next="/en/search/")

    assert (answer.status_code, answer["Location"]) == (302, "/en/search/")
    assert is_signed_in(client)
    person.refresh_from_db()
    assert (person.name, person.check_password(PASSWORD)) == ("Reader", True)
    assert not SocialAccount.objects.exists()
    assert "code_verifier" in provider.exchanged[0]


@pytest.mark.parametrize("claim", [False, "false", None])
def test_address_that_is_not_confirmed_opens_nothing(provider: Provider, person: User, claim: object) -> None:
    provider.claims |= {"email": "reader@example.org", "email_verified": claim}
    client = Client()

    answer = come_back(client)

    assert (answer.status_code, is_signed_in(client)) == (403, False)


def test_unknown_address_gets_no_account_and_the_same_answer(provider: Provider, person: User) -> None:
    provider.claims |= {"email": "reader@example.org", "email_verified": False}
    unconfirmed = come_back(Client())
    provider.claims |= {"email": "nobody@example.org", "email_verified": True}
    client = Client()

    answer = come_back(client)

    assert (answer.status_code, is_signed_in(client)) == (403, False)
    assert "No account found" in answer.content.decode()
    assert without_secrets(answer) == without_secrets(unconfirmed)
    assert client.get("/accounts/3rdparty/signup/", follow=True).redirect_chain[-1][0] == "/accounts/signup/"
    assert [user.email for user in User.objects.all()] == ["reader@example.org"]


def test_domain_that_the_provider_vouches_for_needs_no_word_of_it(
    provider: Provider, person: User, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    monkeypatch.setenv("OPENID_CONNECT_EMAIL_DOMAINS", "example.org, example.com")
    settings.SOCIALACCOUNT_PROVIDERS = env.openid_connect()
    create_account(email="reader@elsewhere.example", name="Other")
    client, other = Client(), Client()

    provider.claims |= {"email": "reader@example.org"}
    come_back(client)
    provider.claims |= {"email": "reader@elsewhere.example"}
    come_back(other)

    assert (is_signed_in(client), is_signed_in(other)) == (True, False)


def test_closed_account_stays_closed(provider: Provider, person: User) -> None:
    set_account_active(person, False)
    provider.claims |= {"email": "reader@example.org", "email_verified": True}
    client = Client()

    answer = come_back(client)

    assert (answer["Location"], is_signed_in(client)) == ("/accounts/inactive/", False)


def test_account_follows_its_address_at_once(provider: Provider, person: User) -> None:
    provider.claims |= {"email": "reader@example.org", "email_verified": True}
    come_back(Client())
    person.email = "moved@example.org"
    person.save()
    client = Client()

    come_back(client)

    assert not is_signed_in(client)


def test_second_identity_is_not_tied_to_an_account(provider: Provider, person: User) -> None:
    provider.claims |= {"email": "reader@example.org", "email_verified": True}
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    answer = come_back(client, process="connect")

    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()
    assert client.get("/accounts/3rdparty/")["Location"] == "/accounts/profile/"


@pytest.mark.parametrize("step", ["login", "callback"])
@pytest.mark.parametrize("fault", ["away", "broken"])
def test_provider_that_is_away_or_answers_nonsense_is_named(
    provider: Provider, db: None, step: str, fault: str
) -> None:
    client = Client()
    sent = client.post(f"{LOGIN}?process=login")
    state = parse_qs(urlsplit(sent["Location"]).query)["state"][0]
    if fault == "away":
        provider.close()
    provider.broken = True

    if step == "login":
        answer = Client().post(LOGIN, headers={"accept-language": "en"})
    else:
        answer = client.get(CALLBACK, {"code": "once", "state": state}, headers={"accept-language": "en"})

    assert answer.status_code == 401
    assert "Aurora could not sign you in." in answer.content.decode()


@pytest.mark.parametrize("query", ["", "?code=x&state=y", "?error=server_error", "?state=%00", "?code=x"])
def test_made_up_way_back_is_refused(provider: Provider, db: None, query: str) -> None:
    assert Client().get(f"{CALLBACK}{query}").status_code == 401


def test_change_of_mind_is_no_error(provider: Provider, db: None) -> None:
    client = Client()
    sent = client.post(f"{LOGIN}?process=login")
    state = parse_qs(urlsplit(sent["Location"]).query)["state"][0]

    answer = client.get(CALLBACK, {"error": "access_denied", "state": state}, follow=True)

    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1


@pytest.mark.parametrize(("language", "label"), [("en", "Sign in with Aurora"), ("fr", "Se connecter avec Aurora")])
def test_sign_in_page_offers_the_provider(provider: Provider, db: None, language: str, label: str) -> None:
    text = Client().get("/accounts/login/?next=/en/search/", headers={"accept-language": language}).content.decode()

    assert label in text
    assert f'action="{LOGIN}?process=login&amp;next=%2Fen%2Fsearch%2F"' in text


@override_settings(SOCIALACCOUNT_PROVIDERS={})
def test_without_a_provider_there_is_no_other_way_in(db: None) -> None:
    assert LOGIN not in Client().get("/accounts/login/").content.decode()
    assert [Client().get(LOGIN).status_code, Client().get(CALLBACK).status_code] == [404, 404]


def test_any_other_provider_is_unknown(provider: Provider, db: None) -> None:
    assert Client().post("/accounts/oidc/elsewhere/login/").status_code == 404
