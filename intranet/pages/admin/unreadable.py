"""Requests that make no sense, told from faults of the site."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, ResolverMatch
from django.utils.datastructures import MultiValueDictKeyError

MAX_ID = 2**63 - 1

REQUIRED = {
    "wagtailadmin_choose_page_external_link": "external-link-chooser-url",
}
"""By view: a field without which its form fails before it can say so."""


def check(request: HttpRequest, match: ResolverMatch) -> None:
    """Refuse what no object can be called and no form sends.

    Raises:
        django.http.Http404: a number in the address is no id.
        django.core.exceptions.BadRequest: the form lacks a field that its page has.
    """
    if any(isinstance(value, int) and not 1 <= value <= MAX_ID for value in match.kwargs.values()):
        raise Http404
    field = REQUIRED.get(match.view_name or "")
    if request.method == "POST" and field and field not in request.POST:
        raise BadRequest(f"The form lacks its field {field}.")


def explains(request: HttpRequest, exception: Exception) -> bool:
    """Whether the request's own words made the view fail.

    They did when a field is missing, when a number is larger than the database can hold, and when the
    error quotes a value of the query or the form, as "expected a number but got 'abc'" does.
    """
    if isinstance(exception, MultiValueDictKeyError | OverflowError | DataError):
        return True
    if not isinstance(exception, ValueError | NoReverseMatch | ValidationError):
        return False
    message = str(exception)
    return any(quoted in message for value in _values(request) for quoted in (repr(value), f"“{value}”"))


def _values(request: HttpRequest) -> Iterator[str]:
    for data in (request.GET, request.POST):
        for _name, values in data.lists():
            yield from values
