"""The search page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from intranet.pages.languages import links_to, url_in
from intranet.pages.results import result_of
from intranet.pages.searching import FacetGroup, SearchAnswer, SearchParams, search_for
from search import BadQuery

SHOWN_VALUES = 12
"""Values of a facet that are shown at once; the rest opens."""


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What the reader looks for, in pages; a question that cannot be answered is a 400 that says why."""
    language = get_language() or "fr"
    context: dict[str, Any] = {
        "action": reverse("search"),
        "query": request.GET.get("q", ""),
        "language_links": _same_search_elsewhere(request),
    }
    try:
        answer = search_for(request.user, SearchParams.from_query(request.GET, language=language))
    except BadQuery as error:
        return render(request, "finding/search.html", {**context, "problem": str(error)}, status=400)
    return render(request, "finding/search.html", {**context, **_answer_context(request, answer)})


def _same_search_elsewhere(request: HttpRequest) -> list[Any]:
    """The same question on the search page of each language."""
    asked = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return links_to({code: url_in(code, "search") + asked for code in ("fr", "en")})


def _answer_context(request: HttpRequest, answer: SearchAnswer) -> dict[str, Any]:
    params = request.GET.copy()
    params.pop("page", None)
    kept = {name: params.getlist(name) for name in ("q", "sort") if name in params}
    return {
        "answer": answer,
        "has_choices": any(group.values for group in answer.facets),
        "groups": [_shortened(group) for group in answer.facets],
        "results": [result_of(found) for found in answer.found],
        "sort": "date" if request.GET.get("sort") == "date" else "relevance",
        "is_past_the_end": answer.total > 0 and not answer.found,
        "first_page_url": f"?{params.urlencode()}",
        "is_filtered": any(group.name in params for group in answer.facets),
        "clear_url": f"?{urlencode(kept, doseq=True)}",
    }


def _shortened(group: FacetGroup) -> dict[str, Any]:
    """A facet as the component ``facets`` reads it: what is chosen and the first values, the rest to be opened."""
    shown = [value for number, value in enumerate(group.values) if number < SHOWN_VALUES or value.selected]
    more = [value for number, value in enumerate(group.values) if number >= SHOWN_VALUES and not value.selected]
    return {"name": group.name, "label": group.label, "values": shown, "more": more}
