"""Addresses under ``/accounts/`` that work without signing in: they carry a secret of their own."""

from __future__ import annotations

from django.urls import URLPattern, path

from intranet.notifications.views import unsubscribing

urlpatterns: list[URLPattern] = [
    path("unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
]
