"""What helps when a search finds nothing: each way on is known to lead somewhere, within the reader's audience."""

from __future__ import annotations

import logging
from collections.abc import Set
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from intranet.finding.presenting import url_with
from intranet.networks.access import access_of
from intranet.networks.models import Membership, Network, Role
from intranet.pages.models import SectionPage
from intranet.pages.searching import FacetGroup, SearchAnswer, SearchParams, count_for
from intranet.plugins import registry
from search import SearchTimeout, suggest
from search.text import word_spans

logger = logging.getLogger(__name__)

NEAR_TITLES = 5
NEAR_WORDS = 3
MAX_PEOPLE = 6


def help_context(user: Any, asked: QueryDict, params: SearchParams, answer: SearchAnswer) -> dict[str, Any]:
    """What the component ``nothing_found`` shows.

    One statement for whom to ask, one for the office, and the ways on, unless finding these takes too long.
    """
    try:
        ways = _ways_on(user, asked, params, answer)
    except SearchTimeout as error:
        logger.warning("Nothing leads on from a search that finds nothing: %s", error)
        ways = {}
    return {
        **ways,
        "people": _coordinators(user),
        "office": _office(user),
        "contact": registry.plugin("finding").setting("OFFICE_CONTACT"),
    }


def _ways_on(user: Any, asked: QueryDict, params: SearchParams, answer: SearchAnswer) -> dict[str, Any]:
    """One search more for each choice that is in the way, or one without any choice; one among archived items; the
    titles that have one of three words.
    """
    drops = [
        {
            "label": group.label,
            "values": _chosen(group),
            "url": url_with(asked, {group.name: None}),
            "count": _count_without(user, params, {group.name}),
        }
        for group in answer.facets
        if params.filters.get(group.name) and any(value.count for value in group.values)
    ]
    count = 0 if drops or not params.filters else _count_without(user, params, set(params.filters))
    archived = 0 if params.archived else count_for(user, replace(params, archived=True, page=1))
    return {
        "drops": drops,
        "all_url": url_with(asked, dict.fromkeys(params.filters)) if count else "",
        "all_count": count,
        "archived_url": url_with(asked, {"archived": "1"}) if archived else "",
        "archived_count": archived,
        "near": _near_titles(user, params),
    }


def _chosen(group: FacetGroup) -> list[str]:
    return [value.label for value in group.values if value.selected]


def _count_without(user: Any, params: SearchParams, names: Set[str]) -> int:
    """How many items the same search finds without the choices of these facets.

    The counts of a facet's values do not tell: an item has several languages and topics.
    """
    left = {name: values for name, values in params.filters.items() if name not in names}
    return count_for(user, replace(params, filters=left, page=1))


def _near_titles(user: Any, params: SearchParams) -> list[dict[str, str]]:
    """Titles of items and terms that have one of the longest words, or begin like it: the longest word's first.

    Numbers are no such words: what shares a memo's year with it is not like it.
    """
    spans = word_spans(params.text)
    words = dict.fromkeys(word for _start, _end, word in spans if not any(map(str.isdigit, word)))
    tried = sorted(words, key=len, reverse=True)[:NEAR_WORDS]
    tokens = access_of(user).tokens
    found = (each for word in tried for each in suggest(word, tokens, params.language, NEAR_TITLES))
    near = {each.url: {"title": each.title, "url": each.url} for each in found}
    return list(near.values())[:NEAR_TITLES]


def _coordinators(user: Any) -> list[dict[str, str]]:
    """Who coordinates the reader's own networks: their people know them, guests do not."""
    held = (
        Membership.objects.current()
        .filter(network__in=access_of(user).view, role=Role.COORDINATOR, person__is_active=True)
        .exclude(person=user.pk)
        .select_related("person", "network")
        .order_by("person__name", "pk")[:MAX_PEOPLE]
    )
    return [{"name": each.person.get_full_name(), "network": each.network.name} for each in held]


def _office(user: Any) -> dict[str, str] | None:
    """The national office's section, where the reader may see it."""
    sections = SectionPage.objects.visible_to(user).filter(
        section_network__kind=Network.Kind.OFFICE, section_network__state=Network.State.ACTIVE
    )
    section = sections.filter(locale__language_code=get_language()).select_related("locale").first()
    return {"title": section.title, "url": section.get_url() or ""} if section else None
