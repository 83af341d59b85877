"""Every error of the API as problem details (RFC 9457)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from search import BadQuery, SearchTimeout

MEDIA_TYPE = "application/problem+json"
_QUOTED = re.compile("'([^']*)'")
_REASONS = {
    "missing": gettext_lazy("it is missing"),
    "int_type": gettext_lazy("it must be a whole number"),
    "int_parsing": gettext_lazy("it must be a whole number"),
    "int_from_float": gettext_lazy("it must be a whole number"),
    "greater_than_equal": gettext_lazy("it must be %(ge)s or more"),
    "less_than_equal": gettext_lazy("it must be %(le)s or less"),
    "bool_type": gettext_lazy("it must be true or false"),
    "bool_parsing": gettext_lazy("it must be true or false"),
    "literal_error": gettext_lazy("it must be one of: %(known)s"),
    "string_type": gettext_lazy("it must be a text"),
    "list_type": gettext_lazy("it must be a list"),
    "dict_type": gettext_lazy("it must be an object"),
    "model_attributes_type": gettext_lazy("it must be an object"),
    "other": gettext_lazy("this value cannot be taken"),
}
"""By pydantic's types of errors, with the places that their context fills."""
logger = logging.getLogger("django.request")


def problem(request: HttpRequest, status: int, detail: str, **members: Any) -> HttpResponse:
    """A problem details object: ``type``, ``title``, ``status``, ``detail``, ``instance`` and ``members``."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        **members,
    }
    response = JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "private, no-store"
    return response


def unauthorized(request: HttpRequest) -> HttpResponse:
    """The answer to whoever has not said who asks."""
    response = problem(
        request, 401, _("Sign in, or send a personal token in the header “Authorization: Bearer TOKEN”.")
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    """The same answer for what does not exist and for what this person may not see."""
    return problem(request, 404, _("There is nothing at this address."))


def register(api: NinjaAPI) -> None:
    """Let ``api`` answer its errors as problem details."""
    api.add_exception_handler(AuthenticationError, lambda request, error: unauthorized(request))
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(BadQuery, lambda request, error: problem(request, 400, str(error)))
    api.add_exception_handler(SearchTimeout, lambda request, error: problem(request, 503, str(error)))
    api.add_exception_handler(BadRequest, lambda request, error: problem(request, 400, _("The request is wrong.")))
    api.add_exception_handler(Http404, lambda request, error: not_found(request))
    api.add_exception_handler(PermissionDenied, lambda request, error: problem(request, 403, _("You may not do this.")))
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(Exception, _unexpected)


def _invalid(request: HttpRequest, error: ValidationError | Any) -> HttpResponse:
    errors = []
    for found in error.errors:
        # The first part says where the parameter was: query, path or body; a body's name is ours, not the caller's.
        path = [str(part) for part in found["loc"][1:]]
        errors.append({"name": ".".join(path) or str(found["loc"][0]), "reason": _reason(found)})
    sentences = [_("“%(name)s” is wrong: %(reason)s.") % error for error in errors]
    return problem(request, 400, " ".join(sentences), errors=errors)


def _reason(found: dict[str, Any]) -> str:
    """What is wrong with a value, in the person's language; ``type`` and ``ctx`` are pydantic's."""
    context = found.get("ctx", {})
    known = ", ".join(_QUOTED.findall(str(context.get("expected"))))
    return str(_REASONS.get(found["type"], _REASONS["other"])) % {**context, "known": known}


def _http_error(request: HttpRequest, error: HttpError | Any) -> HttpResponse:
    if error.status_code == 400:
        return problem(request, 400, _("The request cannot be read: it must be JSON."))
    return problem(request, error.status_code, str(error))


def _unexpected(request: HttpRequest, error: Exception | Any) -> HttpResponse:
    if settings.DEBUG:
        raise error
    logger.error("Error at %s", request.path, exc_info=error)
    return problem(request, 500, _("Something went wrong here. It has been noted."))


def answer_as_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a view of the API: a method that it does not have is a problem too, and HEAD is GET without a body."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "HEAD":
            request.method = "GET"
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            response["Cache-Control"] = "private, no-store"
            return response
        refused = problem(request, 405, _("This address does not answer this method."))
        refused["Allow"] = response["Allow"]
        return refused

    return wrapped
