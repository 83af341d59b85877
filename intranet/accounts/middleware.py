"""Anonymous people meet the sign-in page at every address; signed-in people meet their language."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware as DjangoLocaleMiddleware
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from intranet.accounts.visits import note_visit

OPEN_PREFIXES = ("/accounts/", "/-/", "/api/", settings.STATIC_URL)
"""Addresses that decide for themselves; the API answers 401."""

MAX_WAY_BACK = 1_000
"""Characters of the address to come back to; a web server takes headers of a few thousand bytes."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")

GetResponse = Callable[[HttpRequest], HttpResponse]


class SignInMiddleware:
    """Every other address, existing or not, sends an anonymous visitor to sign in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated and not request.path_info.startswith(OPEN_PREFIXES):
            if request.method == "POST":
                messages.warning(
                    request, _("You were no longer signed in: nothing was recorded. Sign in, then try again.")
                )
            response: HttpResponse = redirect_to_login(_way_back(request), resolve_url(settings.LOGIN_URL))
        else:
            response = self.get_response(request)
        if not request.path_info.startswith(settings.STATIC_URL) and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        if not request.path_info.startswith(settings.STATIC_URL):
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response


def _way_back(request: HttpRequest) -> str:
    """The address that was asked for; of a very long one its path, or the start page.

    What was to be sent is asked for again where its form stands: many a button's address can only be sent to.
    """
    places = [request.get_full_path(), request.path, "/"]
    if request.method not in SAFE_METHODS:
        places = [_address_of_form(request), "/"]
    return next(place for place in places if len(place) <= MAX_WAY_BACK)


def _address_of_form(request: HttpRequest) -> str:
    """The page of the site that the browser says it comes from, or the start page."""
    sent_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sent_from, {request.get_host()}):
        return "/"
    parts = urlsplit(sent_from)
    address = urlunsplit(("", "", parts.path, parts.query, ""))
    return address if url_has_allowed_host_and_scheme(address, None) else "/"


SEEN_SECONDS = 300
"""How exact the time is at which a session was last seen."""


class SessionActivityMiddleware(UserSessionsMiddleware):
    """The list of one's sessions says when each was last seen: written once in a while, not for every page read."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = f"session-seen:{request.session.session_key}:{request.META.get('REMOTE_ADDR', '')}"
        if cache.add(key, True, SEEN_SECONDS):
            return super().__call__(request)
        return self.get_response(request)


class VisitMiddleware:
    """Notes the visits of people who are signed in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            note_visit(request.user)
        return self.get_response(request)


READ_IN = "read_in"
"""The key in a session of the language that somebody reads in, where it is not her own."""


class LanguageMiddleware:
    """Outside the language trees (/fr/, /en/) the person's own language is in force; in her account the one that she
    reads in.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        own = request.user.language
        read_in = request.session.get(READ_IN, own)
        language = translation.get_language_from_path(request.path_info)
        if language is None:
            request.LANGUAGE_CODE = read_in if request.path_info.startswith("/accounts/") else own
            translation.activate(request.LANGUAGE_CODE)
            return self.get_response(request)
        response = self.get_response(request)
        if response.status_code == 200 and language != read_in:
            request.session[READ_IN] = language
        return response


class LocaleMiddleware(DjangoLocaleMiddleware):
    """Django's, without a second address for what a view has looked for in vain.

    An address without a language still leads to the one with it; a view's own 404 (the admin's, a file's) stays one.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code != 404 or getattr(request, "resolver_match", None) is None:
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response
