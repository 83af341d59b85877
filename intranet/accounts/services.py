"""Writes of accounts: made, closed, opened again."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse

from intranet.accounts.models import AccountEvent, User


@transaction.atomic
def create_account(
    *, email: str, name: str = "", language: str = "fr", password: str | None = None, by: Any = None
) -> User:
    """A new account; without a password it is entered by a link sent by e-mail.

    Raises:
        django.core.exceptions.ValidationError: the address has an account, or is none.
    """
    user = User(email=email, name=name, language=language)
    user.set_password(password)
    user.clean()
    user.full_clean(exclude=["password"])
    user.save()
    AccountEvent.objects.create(person=user, kind=AccountEvent.Kind.CREATED, by=by)
    return user


def password_path(user: User) -> str:
    """The path at which the person chooses a password, as if it had been asked for at the sign-in page."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)


@transaction.atomic
def set_account_active(user: User, is_active: bool, *, by: Any = None) -> None:
    """Close an account, or open it again.

    It sees nothing from the next request on; its sessions, tokens and secret addresses end for good.
    """
    if user.is_active == is_active:
        return
    user.is_active = is_active
    user.state_changed_by = by
    user.save(update_fields=["is_active"])
