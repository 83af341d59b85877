"""Personal tokens: made by a command or by oneself, shown once, revoked."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import APIToken

from intranet.accounts.models import User
from intranet.accounts.services import set_account_active

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return User.objects.create_user("rita@example.org", name="Rita", language="en")


@pytest.fixture
def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_api_token_prints_the_token_alone(person: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("api_token", "Rita@Example.org")
    token = capsys.readouterr().out
    assert token == token.strip() + "\n"
    stored = APIToken.objects.get(user=person)
    assert stored.key_hash == APIToken.hash_token(token.strip())
    response = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token.strip()}"})
    assert response.json()["email"] == "rita@example.org"


def test_api_token_refuses_strangers_and_inactive_accounts(person: User) -> None:
    with pytest.raises(CommandError, match="Nobody has the e-mail address “who@example.org”"):
        call_command("api_token", "who@example.org")
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="is not active"):
        call_command("api_token", "rita@example.org")
    assert not APIToken.objects.exists()


def test_createsuperuser_without_a_user_name(db: None) -> None:
    call_command("createsuperuser", "--noinput", "--email", "admin@example.org", verbosity=0)
    admin = User.objects.get(email="admin@example.org")
    assert (admin.is_superuser, admin.has_usable_password()) == (True, False)


def test_token_is_shown_once_and_revoked(person: User, client_of: Client) -> None:
    response = client_of.post("/accounts/tokens/", {"name": "My script"})
    plaintext = response.context["plaintext"]
    assert plaintext in response.content.decode()
    headers = {"Authorization": f"Bearer {plaintext}"}
    assert Client().get("/api/v1/me", headers=headers).status_code == 200
    listed = client_of.get("/accounts/tokens/").content.decode()
    assert "My script" in listed
    assert plaintext not in listed
    token = APIToken.objects.get(user=person)
    assert client_of.post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 302
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    assert "My script" not in client_of.get("/accounts/tokens/").content.decode()


@pytest.mark.parametrize("is_saved", [False, True])
def test_token_ends_with_the_account_and_does_not_come_back_with_it(person: User, is_saved: bool) -> None:
    _token, plaintext = APIToken.create_token(user=person, name="My script")
    _other, kept = APIToken.create_token(user=User.objects.create_user("other@example.org"), name="Other")
    for is_active in (False, True):
        if is_saved:
            person.is_active = is_active
            person.save()
        else:
            set_account_active(person, is_active)
        assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {plaintext}"}).status_code == 401
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {kept}"}).status_code == 200


@pytest.mark.parametrize("name", ["account_change_password", "account_reset_password_from_key_done"])
def test_who_changes_the_password_reads_what_that_does_not_stop(person: User, name: str) -> None:
    person.set_password("correct horse battery")
    person.save()
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    body = client.get(reverse(name)).content.decode()
    assert f'<li><a href="{reverse("api_tokens")}">' in body
    assert f'<a href="{reverse("notifications:preferences")}#feeds">' in body


def test_foreign_token_is_not_found(client_of: Client) -> None:
    other = User.objects.create_user("other@example.org")
    token, _plaintext = APIToken.create_token(user=other, name="Foreign script")
    assert "Foreign script" not in client_of.get("/accounts/tokens/").content.decode()
    assert client_of.post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_anonymous_is_sent_to_sign_in(db: None) -> None:
    response = Client().get("/accounts/tokens/")
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/accounts/tokens/")
