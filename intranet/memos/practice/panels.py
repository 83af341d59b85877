"""What the home page asks of those who speak for a society."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from intranet.memos.practice.following import looks_of
from intranet.networks.access import access_of
from intranet.plugins import Panel

SHOWN = 5


class PracticePanel(Panel):
    """Trainings of three or twelve months ago, of which one's society has not said what became of them."""

    template_name = "memos/practice/panel.html"
    order = 30
    is_on_home = False

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        if not access_of(request.user).publish:
            return None
        looks = list(looks_of(request.user).values())
        if not looks:
            return None
        items = [
            {
                "title": page.title,
                "url": f"{page.get_url()}#practice",
                "language_code": page.locale.language_code,
                "status": ngettext(
                    "The session was %(months)d month ago: what is in practice now?",
                    "The session was %(months)d months ago: what is in practice now?",
                    look.months,
                )
                % {"months": look.months},
                "status_tone": "info",
            }
            for look, page in looks[:SHOWN]
        ]
        return {"items": items, "more_url": reverse("memos:figures")}
