"""Signing in by an OpenID Connect provider, which opens the account whose address it vouches for, and makes none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.openid_connect import views
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from intranet.accounts.models import User
from intranet.accounts.models.users import normalise_email

logger = logging.getLogger(__name__)


class ProviderAdapter(DefaultSocialAccountAdapter):
    """An account is found by its address, at each sign-in anew.

    Nothing is linked: whoever had an address that has changed since enters no more. allauth's sign-up never begins.
    """

    def list_apps(self, *args: Any, **kwargs: Any) -> list[SocialApp]:
        """The provider that the environment names, and no other."""
        return [app for app in super().list_apps(*args, **kwargs) if app.pk is None]

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The account of an address that the provider vouches for.

        The empty text keeps allauth from taking away the password: addresses come from the office, not from sign-up.
        """
        # Some providers write the claim as a text, and "false" is true to Python.
        vouched = [address.email for address in sociallogin.email_addresses if address.verified in (True, "true")]
        person = User.objects.filter(email__in=map(normalise_email, vouched)).first()
        return (person, "") if person else None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Ends here for whoever has no account, with a page that says what to do."""
        if sociallogin.is_existing and sociallogin.state.get("process") == "login":
            return
        context = {"provider_name": sociallogin.provider.name}
        raise ImmediateHttpResponse(render(request, "socialaccount/no_account.html", context, status=403))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """For whoever operates the site: what the provider did, and nothing of the person."""
        logger.warning("Sign-in by %s failed (%s).", provider.name, error, exc_info=exception)


def _answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """``view`` with a page that says so where the provider is away, or answers nonsense."""

    @wraps(view)
    def answer(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except (RequestException, KeyError, ValueError, TypeError) as error:
            try:
                provider = ProviderAdapter(request).get_provider(request, provider_id)
            except SocialApp.DoesNotExist:
                raise Http404 from error
            return render_authentication_error(request, provider, exception=error)

    return answer


login = _answering(views.login)
callback = _answering(views.callback)
