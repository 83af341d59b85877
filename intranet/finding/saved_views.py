"""A person's own saved searches: listed, saved, renamed, deleted."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from intranet.finding.forms import NameForm, SaveForm
from intranet.finding.models import SavedSearch
from intranet.finding.saving import params_of, rename_search, save_search, shown_searches
from search import BadQuery


@require_http_methods(["GET", "HEAD", "POST"])
def saved_searches(request: HttpRequest) -> HttpResponse:
    """The list; a POST saves a search and goes back to it."""
    form = SaveForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            params = params_of(form.cleaned_data["search"], get_language() or "fr")
            search = save_search(request.user, form.cleaned_data["name"], params)
        except BadQuery as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("“%(name)s” is saved. You find it in your menu.") % {"name": search.name})
            return redirect(search)
    return _shown(request, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def rename_saved_search(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Another name for a search of one's own."""
    search = get_object_or_404(SavedSearch.objects.of(request.user), pk=pk)
    form = NameForm(request.POST or None, initial={"name": search.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_search(search, form.cleaned_data["name"])
        except BadQuery as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("saved_searches")
    return render(request, "finding/rename.html", {"form": form, "list_url": reverse("saved_searches")})


@require_POST
def delete_saved_search(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Forget a search of one's own."""
    search = get_object_or_404(SavedSearch.objects.of(request.user), pk=pk)
    search.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": search.name})
    return redirect("saved_searches")


def _shown(request: HttpRequest, **context: Any) -> HttpResponse:
    context |= {"searches": shown_searches(request.user), "search_page_url": reverse("search")}
    return render(request, "finding/saved.html", context)
