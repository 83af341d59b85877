"""Feeds for programs, behind secret addresses."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from intranet.accounts.models import User
from intranet.notifications.feeds import atom_of, calendar_of, reader_of
from intranet.notifications.models import FeedAddress


@require_safe
def what_is_new(request: HttpRequest, secret: str) -> HttpResponse:
    """What the person was told last, as Atom; 404 for a secret that is no longer good."""
    reader = _reader(secret, FeedAddress.Feed.NEW)
    with translation.override(reader.language):
        return HttpResponse(atom_of(reader), content_type="application/atom+xml; charset=utf-8")


@require_safe
def due_dates(request: HttpRequest, secret: str) -> HttpResponse:
    """What the person owes by a day, as iCalendar; 404 for a secret that is no longer good."""
    reader = _reader(secret, FeedAddress.Feed.DUE)
    with translation.override(reader.language):
        return HttpResponse(calendar_of(reader, timezone.now()), content_type="text/calendar; charset=utf-8")


def _reader(secret: str, feed: str) -> User:
    reader = reader_of(secret, feed)
    if reader is None:
        raise Http404
    return reader
