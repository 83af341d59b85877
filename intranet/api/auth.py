"""Who asks: the browser's session, or a personal token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import translation
from ninja.security import SessionAuth
from wagtail.api.v3.auth import BearerTokenAuth

from intranet.accounts.requests import SignedInRequest


class PersonalToken(BearerTokenAuth):
    """``Authorization: Bearer TOKEN``: one of the person's own tokens, stored hashed, revocable."""

    def authenticate(self, request: SignedInRequest, token: str) -> Any:
        found = super().authenticate(request, token)
        if found is not None:
            # The middleware that sets the person's language ran before the token was read.
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return found


class Session(SessionAuth):
    """The session of the site; what writes needs the CSRF token too. An anonymous visitor is told to sign in, first."""

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if request.user.is_authenticated else None


AUTHENTICATION = (PersonalToken(), Session())
