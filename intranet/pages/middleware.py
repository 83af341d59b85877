"""The reader of each request, parameters that every database can read, redirects that tell nothing, blank answers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect

from intranet.pages.admin.guard import ADMIN_PREFIX
from intranet.pages.languages import home_links
from intranet.pages.models.querysets import all_pages
from intranet.pages.reader import reading_as


class ReadableParametersMiddleware:
    """NUL, which nothing here contains and PostgreSQL cannot be asked for, becomes a question mark in parameters."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\x00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "%3F").replace("\x00", "%3F")
        return self.get_response(request)


class ReaderMiddleware:
    """Texts of this request are rendered for the person who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with reading_as(request.user):
            return self.get_response(request)


class ButtonAddressMiddleware:
    """Who opens an address that only a button sends to reads so, where the answer would be blank."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_blank = isinstance(response, HttpResponseNotAllowed) and not response.content
        if is_blank and request.user.is_authenticated and request.accepts("text/html"):
            response.content = render_to_string("405.html", {"language_links": home_links()}, request=request)
        return response


class GuardedRedirectMiddleware:
    """Wagtail's redirects from old addresses, only to pages that the person may see: else the 404 stays.

    The admin's own addresses never were a page's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            response.status_code != 404
            or not request.user.is_authenticated
            or request.path_info.startswith(ADMIN_PREFIX)
        ):
            return response
        url = self._new_address(request)
        if not url:
            return response
        # Never a permanent one: browsers would remember it for the next person, who may not see the page.
        return HttpResponseRedirect(url)

    def _new_address(self, request: HttpRequest) -> str:
        path = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
        found = get_redirect(request, path) or get_redirect(request, path.partition("?")[0])
        if found is None:
            return ""
        if found.redirect_page_id is None:
            return str(found.link or "")
        page = all_pages().visible_to(request.user).filter(pk=found.redirect_page_id).select_related("locale").first()
        return (page.get_url() or "") if page else ""
