"""What is said where there is nothing, and where a request cannot be read."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from intranet.pages.languages import home_links


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The one answer to whatever does not exist for this person. Nothing in it depends on the address."""
    return render(request, "404.html", {"language_links": home_links()}, status=404)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Wagtail's own sign-in form is not used."""
    return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
