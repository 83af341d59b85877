"""What the API can be asked, apart from what plugins add."""

from __future__ import annotations

from typing import Any, Literal

from django.utils import translation
from ninja import Field, Query, Router, Schema
from ninja.responses import Response

from intranet.accounts.requests import SignedInRequest
from intranet.api.schemas import MeOut, NetworksOut, SearchOut, SuggestOut
from intranet.networks.access import access_of, tokens_for
from intranet.networks.models import Membership, Network
from intranet.pages import kinds
from intranet.pages.searching import Found, SearchAnswer, SearchParams, search_for
from search import suggest

router = Router(tags=["core"])
SUGGESTIONS = 8


@router.get("/me", response=MeOut, summary="Who you are, and the networks you are in")
def me(request: SignedInRequest) -> dict[str, Any]:
    person = request.user
    memberships = (
        Membership.objects.current()
        .filter(person=person.pk, network__state=Network.State.ACTIVE)
        .select_related("network")
        .order_by("network__slug")
    )
    return {
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "networks": [{"slug": held.network.slug, "kind": held.network.kind, "role": held.role} for held in memberships],
    }


@router.get("/networks", response=NetworksOut, summary="The networks that you may view")
def networks(request: SignedInRequest) -> dict[str, Any]:
    return {"results": [_network(network) for network in Network.objects.filter(pk__in=access_of(request.user).view)]}


def _network(network: Network) -> dict[str, Any]:
    return {
        "slug": network.slug,
        "kind": network.kind,
        "code": network.code,
        "name": {"en": network.name_en, "fr": network.name_fr},
        "region": network.region,
        "languages": network.languages,
        "listed": network.listed,
    }


class SearchIn(Schema):
    """The parameters of a search. Values of one filter are alternatives; filters add up."""

    q: str = Field("", description="Words, “a phrase” in quotes, -word to leave out. Empty: all, latest first.")
    kind: list[str] = Field([], description="Kinds of items.")
    network: list[str] = Field([], description="Slugs of networks.")
    region: list[str] = Field([], description="Regions of networks, Canada Post's two letters.")
    topic: list[str] = Field([], description="Slugs of topics.")
    language: list[str] = Field([], description="Languages in which the item exists.")
    year: list[str] = Field([], description="Years of publication.")
    archived: bool = Field(False, description="Among archived items too.")
    exact: bool = Field(False, description="For nothing but what was typed.")
    sort: Literal["relevance", "date"] = "relevance"
    page: int = Field(1, ge=1)
    size: int = Field(20, ge=1, le=100)


@router.get("/search", response=SearchOut, summary="Search what is meant for you")
def search_items(request: SignedInRequest, asked: Query[SearchIn]) -> Response:
    """One result for each item, in your language where it exists. Facets of plugins are parameters too.

    Asking past 10,000 results is refused: refine the search.
    """
    params = SearchParams(
        text=asked.q,
        filters=_filters(request),
        sort=asked.sort,
        page=asked.page,
        size=asked.size,
        language=request.user.language,
        archived=asked.archived,
        exact=asked.exact,
    )
    # A thousand networks make a thousand values of a facet: checking each against the schema would take longer than the
    # search. The tests check it.
    return Response(_answer(search_for(request.user, params)))


def _filters(request: SignedInRequest) -> dict[str, frozenset[str]]:
    # The schema names the standard ones, for whoever reads the documentation; the plugins' own are not known there.
    chosen: dict[str, list[str]] = {name: request.GET.getlist(name) for name in kinds.facets()}
    return {name: frozenset(filter(None, values)) for name, values in chosen.items() if any(values)}


def _answer(answer: SearchAnswer) -> dict[str, Any]:
    return {
        "total": answer.total,
        "with_every_word": answer.with_every_word,
        "page": answer.page,
        "size": answer.size,
        "engine": answer.engine,
        "degraded": answer.degraded,
        "did_you_mean": answer.did_you_mean,
        "corrected": answer.is_corrected,
        "also_searched": [{"typed": each.typed, "forms": each.forms} for each in answer.also_searched],
        "answers": [result_as_json(found) for found in answer.answers],
        "pinned": [result_as_json(found) for found in answer.pinned],
        "results": [result_as_json(found) for found in answer.found],
        "facets": {
            group.name: [
                {"value": choice.value, "label": choice.label, "count": choice.count}
                for choice in group.values
                if choice.count
            ]
            for group in answer.facets
        },
    }


def result_as_json(found: Found) -> dict[str, Any]:
    """One result as ``ResultOut`` has it."""
    return {
        "id": found.key,
        "external_id": found.external_id or None,
        "kind": found.kind,
        "title": found.title,
        "url": found.url,
        "language": found.language,
        "network": found.network or None,
        "published": found.published,
        "snippet": str(found.snippet),
        "translations": [
            {"language": other.language, "url": other.url, "external_id": other.external_id or None}
            for other in found.translations
        ],
        "standing": found.standing,
        "found_in": vars(found.found_in) if found.found_in else None,
        "replacement": vars(found.replacement) if found.replacement else None,
    }


@router.get("/suggest", response=SuggestOut, summary="Titles that have the words typed")
def suggest_titles(
    request: SignedInRequest, q: str = "", language: Literal["fr", "en"] | None = None
) -> dict[str, Any]:
    """The last word may be unfinished. In your language, or in ``language``, unless only the other one's title fits."""
    chosen: str = language or request.user.language
    found = suggest(q, tokens_for(request.user), chosen, SUGGESTIONS)
    with translation.override(chosen):
        labels = kinds.kind_labels()
    return {
        "suggestions": [
            {"title": each.title, "url": each.url, "kind": each.kind, "kind_label": labels.get(each.kind, each.kind)}
            for each in found
        ]
    }
