"""What a person was told, and what is still unread."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from intranet.notifications.models import Notification
from intranet.notifications.panels import owed_card
from intranet.notifications.services import mark_read, unread_count
from intranet.notifications.telling import lines_of, owed_by

PAGE_SIZE = 30


@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    """The person's notifications, the newest first; what is over or no longer meant for the person is left out."""
    seen = Notification.objects.visible_to(request.user).filter(is_listed=True).select_related("event")
    page = Paginator(seen, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    lines = lines_of(rows, request.user)
    told = {line.notification.pk for line in lines if line.notification}
    over = [row.pk for row in rows if row.read_at is None and row.pk not in told]
    if over:
        # Nobody can open it any more: it does not stay unread for ever.
        mark_read(Notification.objects.of(request.user).filter(pk__in=over))
    context = {"lines": lines, "page_obj": page, "unread": unread_count(request.user)}
    return render(request, "notifications/list.html", context)


@require_safe
def to_do(request: HttpRequest) -> HttpResponse:
    """Everything that is asked of the person, the nearest day first."""
    return render(request, "notifications/to_do.html", {"items": [owed_card(line) for line in owed_by(request.user)]})


@require_safe
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what a notification is about, and note that it was read."""
    found = Notification.objects.visible_to(request.user).filter(pk=pk).select_related("event")
    lines = lines_of(found, request.user)
    if not lines:
        raise Http404
    mark_read(Notification.objects.of(request.user).filter(pk=pk))
    return redirect(lines[0].told.url)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Note that everything was read."""
    count = mark_read(Notification.objects.of(request.user).filter(is_listed=True))
    if count:
        text = ngettext(
            "%(count)d notification is marked as read.", "%(count)d notifications are marked as read.", count
        )
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("Everything was read already."))
    return redirect("notifications:list")
