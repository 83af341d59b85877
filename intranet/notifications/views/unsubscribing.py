"""One click that stops e-mails: by the link in the e-mail, or by the button of the e-mail program (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from intranet.notifications.exceptions import BadLink
from intranet.notifications.preferences import stoppable_kinds
from intranet.notifications.unsubscribing import stop_of


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, as programs that look at links press nothing; POST stops. No sign-in is needed; nobody is named."""
    try:
        stop = stop_of(token)
    except BadLink as error:
        return render(request, "notifications/unsubscribe.html", {"error": str(error)}, status=400)
    translation.activate(stop.person.language)
    request.LANGUAGE_CODE = stop.person.language
    stopped = [kind for kind in stoppable_kinds() if stop.kind in ("", kind.name)]
    context = {
        "kinds": [kind.label for kind in stopped],
        "is_of_network": stop.network is not None,
        "action": request.path,
    }
    if request.method == "POST":
        context["state"] = "stopped" if stop.carry_out() else "before"
    return render(request, "notifications/unsubscribe.html", context)
