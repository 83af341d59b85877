"""Serving pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, override

from intranet.pages.serving import find_page, version_instead_of


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """The page at ``path`` under the language's prefix. What one may not see answers as what does not exist."""
    page = find_page(request.user, get_language() or "", path)
    if page is None:
        raise Http404
    if page.alias_of_id is not None:
        version = version_instead_of(page, request.user)
        if version is None:
            raise Http404
        return HttpResponseRedirect(version.get_url())
    refusal = page.check_request_method(request)
    if refusal is not None:
        return refusal
    if request.method == "OPTIONS":
        return page.handle_options_request(request)
    return page.serve(request)


def to_home(request: HttpRequest) -> HttpResponse:
    """The home page in the person's language."""
    with override(request.user.language):
        return HttpResponseRedirect(reverse("wagtail_serve", args=[""]))
