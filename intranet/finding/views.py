"""The search page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from intranet.finding.asked import after, asking_of, note_search
from intranet.finding.helping import help_context
from intranet.finding.permissions import is_inspector
from intranet.finding.presenting import answer_context, why_url
from intranet.pages.landing import TOO_SLOW, news_card, news_for
from intranet.pages.languages import links_to, url_in
from intranet.pages.results import result_of
from intranet.pages.searching import SearchParams, search_for
from search import BadQuery, SearchTimeout


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What the reader looks for, in pages; a question that cannot be answered is a 400 that says why, a slow one
    a 503."""
    language = get_language() or "fr"
    context: dict[str, Any] = {
        "action": reverse("search"),
        "query": request.GET.get("q", ""),
        "saved_url": reverse("saved_searches"),
        "language_links": _same_search_elsewhere(request),
    }
    try:
        params = SearchParams.from_query(request.GET, language=language)
        answer = search_for(request.user, params)
        context["help"] = None if answer.total else help_context(request.user, request.GET, params, answer)
    except (BadQuery, SearchTimeout) as error:
        status = 503 if isinstance(error, SearchTimeout) else 400
        return render(request, "finding/search.html", {**context, "problem": str(error)}, status=status)
    context |= answer_context(request.GET, params, answer)
    context["pinned"] = [result_of(found) for found in answer.pinned]
    context["may_save"] = bool(params.text.strip() or params.filters)
    asking = asking_of(request.user, params.text, language)
    if asking is not None:
        first = (answer.page - 1) * answer.size + 1
        context["results"] = [asking.mark(result, rank) for rank, result in enumerate(context["results"], first)]
        for name in ("explained", "pinned"):
            context[name] = [asking.mark(result, 1) for result in context[name]]
    if params.text.strip() and is_inspector(request.user):
        context["results"] = [
            {**result, "why_url": why_url(found.key, params, answer)}
            for result, found in zip(context["results"], answer.found, strict=True)
        ]
    response = render(request, "finding/search.html", context)
    # A page or a choice further is the same query. What another spelling finds was not found by this one.
    is_further = params.page > 1 or params.filters or params.archived or params.exact
    if asking is None or is_further or request.method != "GET":
        return response
    hits = answer.total_as_typed if answer.is_corrected else answer.total
    return after(response, lambda: note_search(asking, hits))


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """All that is new for this reader since the last visit; before the second one, all that there is."""
    person: Any = request.user
    since, page = person.last_visit_ended_at, request.GET.get("page") or "1"
    try:
        number = int(page) if page.isdecimal() and len(page) < 6 else 1
        answer = news_for(person, get_language() or "fr", since, page=number)
    except BadQuery as error:
        raise Http404(str(error)) from error
    except SearchTimeout:
        asked = {"action": reverse("search"), "problem": TOO_SLOW}
        return render(request, "finding/search.html", asked, status=503)
    context = {
        "title": _("New since your last visit") if since else _("New for me"),
        "since": since,
        "items": [news_card(found) for found in answer.found],
        "number": answer.page,
        "count": answer.page_count,
        "language_links": links_to({code: url_in(code, "news") for code in ("fr", "en")}),
    }
    return render(request, "finding/news.html", context)


def _same_search_elsewhere(request: HttpRequest) -> list[Any]:
    """The same question on the search page of each language."""
    asked = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return links_to({code: url_in(code, "search") + asked for code in ("fr", "en")})
