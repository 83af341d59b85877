"""The list of terms and a term's own page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from intranet.glossary.models import Term, is_audience


@require_safe
def term_list(request: HttpRequest) -> HttpResponse:
    """Every term, by letter."""
    if not is_audience(request.user):
        raise Http404
    return render(request, "glossary/list.html", {"terms": Term.objects.visible_to(request.user)})


@require_safe
def term_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One term in both languages."""
    term = get_object_or_404(Term.objects.visible_to(request.user), slug=slug)
    return render(request, "glossary/term.html", {"term": term})
