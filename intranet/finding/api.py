"""One's own saved searches in the API."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from intranet.finding.models import SavedSearch
from intranet.finding.saving import rename_search, save_search
from intranet.pages import kinds
from intranet.pages.searching import SearchParams

router = Router(tags=["saved searches"])


class NameIn(Schema):
    """What a search is called."""

    name: str


class SavedSearchIn(NameIn):
    """What is asked, under a name."""

    q: str = ""
    sort: Literal["relevance", "date"] = "relevance"
    archived: bool = Field(False, description="Among archived items too.")
    exact: bool = Field(False, description="For nothing but what was typed.")
    filters: dict[str, list[str]] = Field({}, description="Chosen values by facet, as the search takes them.")


class SavedSearchOut(SavedSearchIn):
    """A saved search. To run it, ask ``/api/v1/search?`` with ``query``."""

    id: uuid.UUID
    url: str = Field(description="Its page of results.")
    query: str = Field(description="Its parameters, as the search takes them.")
    saved_at: datetime.datetime


class SavedSearchList(Schema):
    """Complete, by name."""

    results: list[SavedSearchOut]


@router.get("", response=SavedSearchList, summary="Your saved searches")
def list_saved_searches(request: HttpRequest) -> dict[str, Any]:
    return {"results": [_as_json(search) for search in SavedSearch.objects.of(request.user)]}


@router.post("", response={201: SavedSearchOut}, summary="Save a search")
def add_saved_search(request: HttpRequest, asked: SavedSearchIn) -> Status[Any]:
    """Under a name that none of your searches has yet. What is no facet is left out."""
    facets = kinds.facets()
    filters = {name: frozenset(filter(None, values)) for name, values in asked.filters.items() if name in facets}
    params = SearchParams(
        text=asked.q,
        filters={k: v for k, v in filters.items() if v},
        sort=asked.sort,
        archived=asked.archived,
        exact=asked.exact,
    )
    return Status(201, _as_json(save_search(request.user, asked.name, params)))


@router.patch("/{uuid:pk}", response=SavedSearchOut, summary="Rename a saved search")
def rename_saved_search(request: HttpRequest, pk: uuid.UUID, asked: NameIn) -> dict[str, Any]:
    search = get_object_or_404(SavedSearch.objects.of(request.user), pk=pk)
    rename_search(search, asked.name)
    return _as_json(search)


@router.delete("/{uuid:pk}", response={204: None}, summary="Delete a saved search")
def delete_saved_search(request: HttpRequest, pk: uuid.UUID) -> Status[None]:
    get_object_or_404(SavedSearch.objects.of(request.user), pk=pk).delete()
    return Status(204, None)


def _as_json(search: SavedSearch) -> dict[str, Any]:
    return {
        "id": search.pk,
        "name": search.name,
        "q": search.text,
        "sort": search.sort,
        "archived": search.archived,
        "exact": search.exact,
        "filters": search.filters,
        "url": search.get_absolute_url(),
        "query": search.query_string,
        "saved_at": search.saved_at,
    }
