"""The print view of a memo or a note, and its PDF."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from intranet.memos.printing.press import NoPdf, PdfBusy, is_pdf_possible, make_pdf
from intranet.memos.printing.sheets import BOTH, Sheet, sheet_of
from intranet.pages.languages import own_name
from intranet.pages.views.files import guarded


@require_safe
def sheet(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """What would be on paper, in one language or both, as a page that prints well."""
    found = sheet_of(request.user, item_id, **_asked(request))
    pdf_url = _address("pdf", found, _shown(found)) if is_pdf_possible() else ""
    return _page(request, "memos/printing/sheet.html", found, choices=_choices(found), pdf_url=pdf_url)


@require_safe
def pdf(request: HttpRequest, item_id: uuid.UUID) -> HttpResponseBase:
    """The sheet as PDF; where none can be made, why, and the way to the print view."""
    asked = _asked(request)
    try:
        found = sheet_of(request.user, item_id, **asked, is_carried=is_pdf_possible())
        html = render_to_string("memos/printing/document.html", {"sheet": found})
        made = make_pdf(html, base_url=f"{settings.BASE_URL}/", images=found.images)
    except NoPdf as refusal:
        found = sheet_of(request.user, item_id, **asked)
        return _without_pdf(request, found, refusal)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{found.name}.pdf") or "inline"
    return guarded(response)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {"languages": request.GET.get("languages", ""), "edition": request.GET.get("edition", "")}


def _without_pdf(request: HttpRequest, found: Sheet, refusal: NoPdf) -> HttpResponse:
    print_url = _address("print", found, _shown(found))
    response = _page(request, "memos/printing/no_pdf.html", found, reason=str(refusal), print_url=print_url)
    response.status_code = refusal.status
    if isinstance(refusal, PdfBusy):
        response["Retry-After"] = "60"
    return response


def _page(request: HttpRequest, template: str, found: Sheet, **context: Any) -> HttpResponse:
    crumbs = [{"label": found.title, "url": found.path}, {"label": _("Print"), "url": ""}]
    response = render(request, template, {"title": found.title, "sheet": found, "breadcrumbs": crumbs, **context})
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(found: Sheet) -> str:
    return found.languages[0] if len(found.languages) == 1 else BOTH


def _choices(found: Sheet) -> list[dict[str, Any]]:
    """The languages to print, where there is a choice."""
    if len(found.exists_in) < 2:
        return []
    labels = [(code, own_name(code), code) for code in found.exists_in] + [(BOTH, _("Both languages"), "")]
    return [
        {
            "label": label,
            "language": language,
            "url": _address("print", found, code),
            "is_current": code == _shown(found),
        }
        for code, label, language in labels
    ]


def _address(name: str, found: Sheet, languages: str) -> str:
    query = {"languages": languages, **({"edition": found.edition} if found.edition else {})}
    return f"{reverse(f'memos:{name}', args=[found.item])}?{urlencode(query)}"
