"""What the home page and a section say beyond what every page says."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.networks.models import Membership, Network, Role
from intranet.pages import kinds
from intranet.pages.listing import PER_PAGE, Card, items_below, page_of_cards
from intranet.pages.models import BasePage, SectionPage
from intranet.pages.models.querysets import with_known_type
from intranet.pages.results import result_of
from intranet.pages.searching import SearchParams, search_for

NEWS_COUNT = 8


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
    """The reader's networks, and what is new for this reader."""
    return {"my_networks": _my_networks(request), "news": _news(request)}


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


def _my_networks(request: HttpRequest) -> list[Card]:
    access = access_of(request.user)
    networks = Network.objects.active().filter(pk__in=access.network_ids)
    sections = (
        SectionPage.objects.visible_to(request.user)
        .filter(section_network__in=access.network_ids, locale__language_code=get_language())
        .select_related("locale")
    )
    urls = {section.section_network_id: section.get_url() for section in sections}
    cards = [
        Card(title=network.name, url=urls.get(network.pk) or "", kind=network.get_kind_display())
        for network in networks
    ]
    return sorted(cards, key=lambda card: card["title"].casefold())


def _news(request: HttpRequest) -> list[dict[str, Any]]:
    """The latest items, from the search entries: they are ordered by date, however many there are."""
    wanted = frozenset(kinds.kind_labels()) - {kinds.SECTION}
    params = SearchParams(
        filters={"kind": wanted}, sort="date", size=NEWS_COUNT, language=get_language() or "fr", facets=()
    )
    return [result_of(found) for found in search_for(request.user, params).found]
