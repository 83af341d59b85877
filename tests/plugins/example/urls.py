"""A URL configuration for the tests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path


def answer(request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("example")


urlpatterns = [path("", answer, name="list")]
