"""Requests, as views that only people with an account reach know them."""

from django.http import HttpRequest

from intranet.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request whose person is known: ``SignInMiddleware`` or the API's authentication has seen to that."""

    user: User  # type: ignore[assignment]
