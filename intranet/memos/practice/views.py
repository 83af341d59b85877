"""What people say of a training. A note that somebody may not see answers as one that does not exist."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intranet.memos.models import Participation, PracticeStep
from intranet.memos.practice import access as rights
from intranet.memos.practice import services
from intranet.memos.practice.forms import PeopleForm, RatingForm, StepsForm, TookPartForm
from intranet.memos.practice.models import current_marks
from intranet.memos.practice.presenting import marking_rows
from intranet.memos.practice.services import PracticeError
from intranet.memos.presenting import reader_language


def practice(request: HttpRequest, note_id: uuid.UUID, network: str) -> HttpResponse:
    """What one society says of the steps; the form by itself where something is to be corrected."""
    note = rights.note_asking(request.user, note_id)
    society = get_object_or_404(
        rights.networks_marked_by(request.user, rights.networks_addressed(note_id)), slug=network
    )
    steps = list(PracticeStep.objects.filter(item=note_id, retired_at=None))
    marks = list(current_marks(step__item=note_id, network=society))
    form = StepsForm(society, steps, marks, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        count = services.mark_steps(network=society, said=form.said(), by=request.user, language=reader_language())
        text = ngettext("Recorded: %(count)d step.", "Recorded: %(count)d steps.", count) % {"count": count}
        messages.success(request, text if count else _("Nothing has changed since you last said it."))
        return redirect(f"{note.url}#practice")
    context = {
        "title": _("In practice at %(network)s") % {"network": society.name},
        "note": note,
        "rows": marking_rows(note, form),
        "errors": form.errors if form.errors else [],
        "slug": society.slug,
        "action": request.path,
    }
    return render(request, "memos/practice/steps_page.html", context)


def took_part(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """A person says, once, to have taken part."""
    note = rights.note_asking(request.user, note_id)
    networks = rights.networks_of_participant(request.user, rights.networks_addressed(note_id))
    form = TookPartForm(request.POST if request.method == "POST" else None, networks=networks)
    if request.method == "POST" and form.is_valid():

        def record() -> None:
            services.take_part(note.item, person=request.user, network=form.chosen, session_on=note.session_on)

        return _said_once(request, note, record, _("Recorded: you took part."))
    return _form_page(request, note, form, _("I took part"), _("I took part"))


def take_back(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """A person says not to have taken part after all, as long as she has not rated the session."""
    note = rights.note_asking(request.user, note_id)
    if request.method != "POST":
        return redirect(f"{note.url}#session")

    def record() -> None:
        services.take_back(note.item, person=request.user)

    return _said_once(request, note, record, _("Taken back: you are no longer counted."))


def rate_session(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """A participant's rating, once."""
    note = rights.note_asking(request.user, note_id)
    get_object_or_404(Participation, item=note_id, person=request.user)
    form = RatingForm(request.POST if request.method == "POST" else None, auto_id="rating_%s")
    if request.method == "POST" and form.is_valid():

        def record() -> None:
            services.rate(note.item, person=request.user, language=reader_language(), **form.cleaned_data)

        return _said_once(request, note, record, _("Thank you. Your rating is recorded."))
    return _form_page(request, note, form, _("Rate the session"), _("Send the rating"))


def count_people(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """How many people of a network took part, as its coordinators, publishers or the note's say."""
    note = rights.note_asking(request.user, note_id)
    networks = rights.networks_counted_by(request.user, note.item, rights.networks_addressed(note_id))
    if not networks.exists():
        raise Http404
    form = PeopleForm(request.POST if request.method == "POST" else None, networks=networks, auto_id="people_%s")
    if request.method == "POST" and form.is_valid():
        network, people = form.cleaned_data["network"], form.cleaned_data["people"]
        services.count_people(note.item, network=network, people=people, by=request.user)
        text = _("Recorded for %(network)s: %(people)d.") % {"network": network.name, "people": people}
        messages.success(request, text)
        return redirect(f"{note.url}#session")
    return _form_page(request, note, form, _("How many took part"), _("Record"))


def _said_once(request: HttpRequest, note: Any, record: Callable[[], None], thanks: str) -> HttpResponse:
    """Record it, or tell why it is refused; back to the note."""
    try:
        record()
    except PracticeError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, thanks)
    return redirect(f"{note.url}#session")


def _form_page(request: HttpRequest, note: Any, form: Any, title: str, submit_label: str) -> HttpResponse:
    context = {"title": title, "note": note, "form": form, "submit_label": submit_label}
    return render(request, "memos/practice/form_page.html", context)
