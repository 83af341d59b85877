"""How django-allauth behaves here."""

from __future__ import annotations

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """django-allauth without public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from an invitation, an import or an approved request; public sign-up is closed."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the site's own address, whatever host the request named: the link opens the account."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return f"{settings.BASE_URL}{path}"
