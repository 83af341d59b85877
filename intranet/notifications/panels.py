"""What notifications show on every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from intranet.notifications.services import unread_count
from intranet.plugins import Panel

MOST = 99


class UnreadTool(Panel):
    """The way to one's notifications, with the number of unread ones."""

    template_name = "notifications/unread_tool.html"

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        return {"unread": unread_count(request.user, MOST + 1), "most": MOST, "list_url": reverse("notifications:list")}
