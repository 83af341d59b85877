"""One reading of a person's access for each request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from intranet.networks.access import access_cache


class AccessMiddleware:
    """Opens the cache of access around the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with access_cache():
            return self.get_response(request)
