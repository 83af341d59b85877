"""What memos show on the home page and in a section."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from intranet.memos.follow_up.overview import followed_card, memos_followed, read_on
from intranet.memos.follow_up.permissions import is_follower
from intranet.memos.listing import memos_for, notes_for, with_pages
from intranet.memos.presenting import memo_card, networks_of, note_card, reader_language
from intranet.networks.models import Network
from intranet.pages.listing import one_for_each_item
from intranet.plugins import Panel

SHOWN = 5
FOLLOWED = 3
SOON = datetime.timedelta(days=7)


class FollowUpPanel(Panel):
    """For those who publish and for coordinators: what is overdue or due within a week, the latest day first."""

    template_name = "memos/panels/follow_up.html"
    order = 15
    is_on_home = False

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        if not is_follower(request.user):
            return None
        owed = memos_followed(request.user, "owed").filter(acknowledge_by__lte=timezone.localdate() + SOON)
        followed, _following = read_on(request.user, "owed", owed, wanted=FOLLOWED)
        if not followed:
            return None
        return {
            "items": [followed_card(each, request.user) for each in followed],
            "more_url": reverse("memos:followed"),
        }


class SectionMemosPanel(Panel):
    """The newest memos that a network issued."""

    template_name = "memos/panels/section_memos.html"
    order = 20

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        network = scope["section"].section_network
        state = _shown_of(network)
        memos = with_pages(memos_for(request.user, state).filter(item__network=network)[:SHOWN], reader_language())
        if not memos:
            return None
        return {
            "items": [memo_card(memo, request.user) for memo in memos],
            "more_url": f"{reverse('memos:list')}?network={network.slug}&state={state}",
        }


class SectionNotesPanel(Panel):
    """The newest post-training notes of a network."""

    template_name = "memos/panels/section_notes.html"
    order = 30

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        network = scope["section"].section_network
        state = _shown_of(network)
        visible = notes_for(request.user, state).filter(translation_key__in=network.items.values("pk"))
        pages = one_for_each_item(visible, reader_language()).select_related("locale")
        notes = list(pages.order_by("-first_published_at", "-pk")[:SHOWN])
        if not notes:
            return None
        networks = networks_of(notes)
        return {
            "items": [note_card(page, networks, request.user) for page in notes],
            "more_url": f"{reverse('memos:notes')}?network={network.slug}&state={state}",
        }


def _shown_of(network: Network) -> str:
    """All that a closed network issued is archived: its section shows that."""
    return "all" if network.is_active else "archived"
