"""The list of terms and a term's own page. Whoever terms are not meant for finds neither."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.permissions import policy_registry

from intranet.glossary.models import Term, TermForm, is_audience
from intranet.glossary.presenting import groups_of, letters_of, sides_of
from intranet.networks.views.filters import text_filter

PAGE_SIZE = 100


@require_safe
def term_list(request: HttpRequest) -> HttpResponse:
    """Names and acronyms of the reader's language by letter; those that have ``q`` in a form, or begin with
    ``letter``."""
    if not is_audience(request.user):
        raise Http404
    language = _language()
    text, letter = request.GET.get("q", "")[:100].strip(), request.GET.get("letter", "")[:1]
    listed = forms = TermForm.objects.listed_in(language)
    if text:
        # An acronym beside the name that it stands for would say the same twice.
        forms = forms.filter(term__in=Term.objects.having(text), kind=TermForm.Kind.MAIN)
    elif letter:
        forms = forms.filter(letter=letter)
    page = Paginator(forms.order_by("letter", "sorted_as", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "groups": groups_of(page, language),
        "page_obj": page,
        "letters": letters_of(listed, "" if text else letter, request.path),
        "fields": [text_filter(_("Word or acronym"), text)],
        "clear_url": request.path if text else "",
        "all_url": request.path if letter and not text else "",
        "add_url": reverse("terms:add") if _may_keep(request.user) else "",
    }
    return render(request, "glossary/list.html", context)


@require_safe
def term_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One term, as it is said and what it means in both languages."""
    term = get_object_or_404(Term.objects.visible_to(request.user), slug=slug)
    context = {
        "term": term,
        "sides": sides_of(term, _language()),
        "breadcrumbs": [{"label": _("Glossary"), "url": reverse("glossary:list")}, {"label": term.name, "url": ""}],
        "edit_url": reverse("terms:edit", args=[term.pk]) if _may_keep(request.user) else "",
    }
    return render(request, "glossary/term.html", context)


def _may_keep(user: Any) -> bool:
    return policy_registry.get_by_type(Term).user_has_permission(user, "change")


def _language() -> str:
    return (get_language() or "fr")[:2]
