"""What the home page and a section say beyond what every page says."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.networks.models import Membership, Network, Role
from intranet.pages import kinds
from intranet.pages.listing import PER_PAGE, Card, items_below, page_of_cards
from intranet.pages.models import BasePage, SectionPage
from intranet.pages.models.querysets import with_known_type
from intranet.pages.results import result_of
from intranet.pages.searching import Found, SearchAnswer, SearchParams, search_for
from search import SearchTimeout

NEWS_COUNT = 8

TOO_SLOW = gettext_lazy("The search took too long. Please try again in a moment.")
"""Where nobody typed the words of a search: another time it goes."""


def children_context(page: BasePage, request: HttpRequest, *, newest_first: bool = False) -> dict[str, Any]:
    """The list of what is below the page: ``children`` (cards), and where one is in it."""
    below = items_below(page, request.user)
    if newest_first:
        below = below.order_by("-first_published_at", "-pk")
    return _listed(below, request, with_dates=newest_first)


def section_context(section: SectionPage, request: HttpRequest) -> dict[str, Any]:
    """Beside the list, which leaves out what panels show: whom a member may ask."""
    below = items_below(section, request.user)
    if section.network is not None:
        # The panels ask for it; it has been read with the item.
        section.section_network = section.network
    return {
        **_listed(with_listed_type(below), request, with_dates=False),
        "is_closed": section.network is not None and not section.network.is_active,
        "coordinators": _coordinators(section.section_network_id, request),
        "logo_url": _logo_url(section.section_network),
    }


def home_context(request: HttpRequest) -> dict[str, Any]:
    """The reader's networks, and the latest that is meant for this reader: since the last visit, and before it."""
    person: Any = request.user
    since = person.last_visit_ended_at
    news: list[Found] = []
    problem: Any = ""
    try:
        # One more tells whether there is a way on.
        news = latest_for(person, get_language() or "fr", NEWS_COUNT + 1)
    except SearchTimeout:
        # What else the page says matters more.
        problem = TOO_SLOW
    has_more = is_new(news[-1], since) if len(news) > NEWS_COUNT else False
    news = news[:NEWS_COUNT]
    new = [found for found in news if is_new(found, since)]
    recent = [found for found in news if not is_new(found, since)]
    return {
        "my_networks": my_networks(person),
        "since": since,
        "new": [news_card(found) for found in new],
        "news_problem": problem,
        "has_more": has_more,
        "news_url": reverse("news") if has_more else f"{reverse('search')}?sort=date",
        "recent": [news_card(found) for found in recent[: NEWS_COUNT - len(new)]],
    }


def with_listed_type(pages: Any) -> Any:
    """Without the types that a section's own panels list (see ``BasePage.is_listed_in_section``)."""
    return with_known_type(pages, lambda model: getattr(model, "is_listed_in_section", True))


def _listed(below: Any, request: HttpRequest, *, with_dates: bool) -> dict[str, Any]:
    shown, cards = page_of_cards(below, request, with_dates=with_dates)
    return {
        "children": cards,
        "children_page": shown.number,
        "children_page_count": shown.paginator.num_pages if shown.paginator.count > PER_PAGE else 1,
    }


def _logo_url(network: Network) -> str:
    if not network.logo.name:
        return ""
    return reverse("network_logo", args=[network.slug, PurePosixPath(network.logo.name).name])


def _coordinators(network_id: int, request: HttpRequest) -> list[str]:
    """Names for the network's own people; nobody else's business."""
    if network_id not in access_of(request.user).view:
        return []
    current = Membership.objects.current().filter(network=network_id, role=Role.COORDINATOR)
    people = User.objects.filter(is_active=True, pk__in=current.values("person"))
    return [person.get_full_name() for person in people]


def my_networks(person: Any) -> list[Card]:
    """The networks that the person belongs to, by name, with their sections where they are open to the person."""
    seen = SectionPage.objects.visible_to(person).filter(pk=OuterRef("pk"))
    sections = SectionPage.objects.filter(
        section_network__in=access_of(person).network_ids,
        section_network__state=Network.State.ACTIVE,
        locale__language_code=get_language(),
    )
    cards = [
        Card(
            title=section.section_network.name,
            url=(section.get_url() or "") if section.is_seen else "",
            kind=section.section_network.get_kind_display(),
        )
        for section in sections.select_related("locale", "section_network").annotate(is_seen=Exists(seen))
    ]
    return sorted(cards, key=lambda card: card["title"].casefold())


def latest_for(person: Any, language: str, count: int = NEWS_COUNT) -> list[Found]:
    """The latest items, from the search entries: they are ordered by date, however many there are. No terms."""
    return list(search_for(person, _news(language, size=count)).found)


def news_for(
    person: Any, language: str, since: datetime | None, *, page: int = 1, size: int | None = None
) -> SearchAnswer:
    """A page of all that was news for this person after ``since`` (None: ever), the latest first.

    ``size``: how many on a page; None: as in the lists.

    Raises:
        BadQuery: there are not that many pages.
    """
    return search_for(person, _news(language, since=since, page=page, size=size or PER_PAGE))


def _news(language: str, **asked: Any) -> SearchParams:
    wanted = kinds.telling_kinds() - {kinds.SECTION}
    return SearchParams(filters={"kind": wanted}, sort="date", language=language, facets=(), **asked)


def is_new(found: Found, since: datetime | None) -> bool:
    """Whether it was news since then; with nothing to compare with, everything is new."""
    return since is None or found.date > since


def news_card(found: Found) -> dict[str, Any]:
    """What is new as a card: what was published before and became news again says so, with the day."""
    card = result_of(found)
    if found.published is None or found.date <= found.published:
        return card
    return {**card, "date": found.date, "status": _("New edition"), "status_tone": "info"}
