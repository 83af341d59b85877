"""Addresses under ``/accounts/`` that work without signing in: they carry a secret of their own."""

from __future__ import annotations

from django.urls import URLPattern, path

from intranet.notifications.views import feeding, unsubscribing

urlpatterns: list[URLPattern] = [
    path("unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("feeds/<str:secret>/new.atom", feeding.what_is_new, name="feed_new"),
    path("feeds/<str:secret>/due.ics", feeding.due_dates, name="feed_due"),
]
