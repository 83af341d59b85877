"""Addresses of a person's notifications."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from intranet.notifications.views import listing, preferring

urlpatterns: list[URLPattern] = [
    path("", listing.notification_list, name="list"),
    path(_("to-do/"), listing.to_do, name="to_do"),
    path(_("read/"), listing.read_all, name="read_all"),
    path(_("<int:pk>/open/"), listing.open_notification, name="open"),
    path(_("e-mails/"), preferring.preferences, name="preferences"),
    path(_("feeds/<slug:feed>/new/"), preferring.make_feed, name="make_feed"),
    path(_("feeds/<slug:feed>/revoke/"), preferring.stop_feed, name="stop_feed"),
    path(_("networks/<slug:slug>/"), preferring.network_mail, name="network"),
]
