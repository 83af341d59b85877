"""How django-allauth behaves here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_login_redirect_url
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from intranet.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """django-allauth without public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from an invitation, an import or an approved request; public sign-up is closed."""
        return False

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str | None, signup: bool, **more: Any
    ) -> HttpResponse:
        """Whoever signed in is greeted in the language of the page that they come to, or in their own."""
        comes_to = urlsplit(get_login_redirect_url(request, redirect_url, signup=signup)).path
        with translation.override(translation.get_language_from_path(comes_to) or user.language):
            response: HttpResponse = super().post_login(request, user, redirect_url=redirect_url, signup=signup, **more)
        return response

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the site's own address, whatever host the request named: the link opens the account."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return f"{settings.BASE_URL}{path}"
