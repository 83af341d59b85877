"""Saying that a memo or a note was reviewed and still holds."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intranet.memos import keeping
from intranet.memos.exceptions import MemoError
from intranet.memos.forms import ReviewForm
from intranet.memos.models import Keeping
from intranet.networks.access import access_of
from intranet.networks.notices import coordinators_of
from intranet.notifications.kinds import visible_pages


def review(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """For whoever looks after the item, and who writes in its section; for others the address does not exist."""
    pages = visible_pages(request.user, [item_id])
    kept = Keeping.objects.reviewable_by(request.user).select_related("item__network")
    held = get_object_or_404(kept, item__in=pages)
    page = pages[item_id].specific
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["valid_until"]
        try:
            keeping.review(page, valid_until=until, by=request.user)
        except MemoError as error:
            form.add_error("valid_until", str(error))
        else:
            day = date_format(until, "DATE_FORMAT")
            messages.success(request, _("Recorded: reviewed, still valid until %(day)s.") % {"day": day})
            return redirect(page.url)
    may_edit = held.item.network_id in access_of(request.user).contribute
    context = {
        "title": _("Reviewed, still valid?"),
        "page": page,
        "review_on": held.review_on,
        "form": form,
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]) if may_edit else "",
        "coordinators": [person.get_full_name() for person in coordinators_of(held.item.network)],
        "reviews": keeping.review_rows(item_id, shows_names=held.item.network_id in access_of(request.user).view),
    }
    return render(request, "memos/review.html", context)
