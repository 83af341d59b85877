"""Takes the mark of a result's link off its address."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.encoding import escape_uri_path

from intranet.finding.asked import PARAMETER, after, note_click

GetResponse = Callable[[HttpRequest], HttpResponse]


class FoundMiddleware:
    """A result is opened at its own address: the rank is noted, nothing of the search stays in address or referrer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or PARAMETER not in request.GET:
            return self.get_response(request)
        left = request.GET.copy()
        mark = left.pop(PARAMETER)[-1]
        # Not the address as it was sent: two slashes at its beginning would name another host.
        path = "/" + escape_uri_path(request.path).lstrip("/")
        response = HttpResponseRedirect(f"{path}?{left.urlencode()}" if left else path)
        response["Referrer-Policy"] = "no-referrer"
        return after(response, lambda: note_click(str(mark))) if request.method == "GET" else response
