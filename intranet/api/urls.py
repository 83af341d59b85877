"""The API and its routers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, re_path
from ninja import NinjaAPI

from intranet import __version__
from intranet.api import problems
from intranet.api.auth import AUTHENTICATION
from intranet.api.endpoints import router
from intranet.api.home import router as home_router
from intranet.api.schemas import Problem
from intranet.plugins import registry


class IntranetAPI(NinjaAPI):
    """Answers every error, also outside its operations, as problem details, and says so in its description."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = super()._get_urls()
        # ninja's root, the last one, is there to find the prefix by its name; nothing answers at it.
        patterns[-1].callback = unknown
        patterns.append(re_path(r"^.+$", unknown))
        for pattern in patterns:
            if pattern.callback is not None:
                pattern.callback = problems.answer_as_problems(pattern.callback)
        return patterns

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["schemas"]["Problem"] = Problem.json_schema()
        content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status in (400, 401, 404):
                    operation["responses"].setdefault(
                        status, {"description": HTTPStatus(status).phrase, "content": content}
                    )
        return schema


def unknown(request: HttpRequest) -> HttpResponse:
    """An address that the API does not have."""
    if not any(authenticate(request) for authenticate in AUTHENTICATION):
        return problems.unauthorized(request)
    return problems.not_found(request)


unknown.csrf_exempt = True  # type: ignore[attr-defined]


def build_api() -> IntranetAPI:
    """The API with the routers of the plugins that are switched on."""
    built = IntranetAPI(
        title="Intranet",
        version=__version__,
        description="What a person may see and do, by a session of the site or by a personal token.",
        urls_namespace="api-1",
        docs_url=None,
        auth=list(AUTHENTICATION),
    )
    problems.register(built)
    built.add_router("", router)
    built.add_router("", home_router)
    for contribution in registry.contributions("api_routers"):
        built.add_router(contribution.item.prefix, contribution.item.router)
    return built


api = build_api()
