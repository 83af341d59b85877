"""The door of the admin: an object outside one's sections does not exist, before any view runs.

Stock views fetch whatever id an address or a form names and refuse afterwards, or never. Here every id is looked up
among the objects that the person's admin holds; one that is not there gets the answer of one that was never made.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import ResolverMatch
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.defaults import bad_request, page_not_found
from wagtail.admin.auth import permission_denied

from intranet.pages.admin import guard_rules, unreadable
from intranet.pages.admin.usable import editing_as

ADMIN_PREFIX = "/admin/"

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


def not_here(request: HttpRequest) -> HttpResponse:
    """The admin's answer to what does not exist."""
    response = page_not_found(request, Http404(), template_name="wagtailadmin/404.html")
    add_never_cache_headers(response)
    return response


def _lead_home(request: HttpRequest) -> HttpResponse:
    """The answer to whoever has no rights in the admin, at every address alike, existing or not."""
    if request.headers.get("x-requested-with") == "XMLHttpRequest":
        raise PermissionDenied
    with override(request.user.language):
        messages.error(
            request, _("You have no editing rights here. If you need them, ask a coordinator of your network.")
        )
    return redirect("to_home")


class AdminGuardMiddleware:
    """Stands in front of every view below ``/admin/``."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADMIN_PREFIX):
            return self.get_response(request)
        with editing_as(request.user):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.path_info.startswith(ADMIN_PREFIX) or request.resolver_match is None:
            return None
        if not request.user.is_authenticated:
            return None
        if not request.user.has_perm("wagtailadmin.access_admin"):
            return _lead_home(request)
        match: ResolverMatch = request.resolver_match
        try:
            unreadable.check(request, match)
            guard_rules.check_closed(match)
            guard_rules.check_addressed(request, match, kwargs)
            guard_rules.check_bulk(request, match, kwargs)
            guard_rules.check_named(request, match)
            return guard_rules.answer(request, match, view)
        except Http404:
            return not_here(request)
        except BadRequest as error:
            return bad_request(request, error)
        except PermissionDenied:
            if request.headers.get("x-requested-with") == "XMLHttpRequest":
                raise
            return permission_denied(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Stock views trust queries and forms: what they make of nonsense is no fault of the site."""
        if not request.path_info.startswith(ADMIN_PREFIX) or not unreadable.explains(request, exception):
            return None
        logger.warning("Unreadable request to %s", request.path_info, exc_info=exception)
        return bad_request(request, exception)
