"""Documents, images and logos are handed out here, to those who may see them; to others they do not exist."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath
from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from wagtail.documents.models import document_served

from intranet.networks.access import access_of
from intranet.networks.models import Network
from intranet.pages.models import GuardedDocument, GuardedImage, GuardedRendition

SHOWN_TYPES = frozenset(
    {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"}
)
"""What a browser may show itself; everything else is saved, so that no file's scripts run on our address."""


@require_safe
def document(request: HttpRequest, pk: int, filename: str) -> HttpResponseBase:
    """A document, for those who may see it."""
    found = get_object_or_404(GuardedDocument.objects.visible_to(request.user), pk=pk)
    if found.filename != filename:
        raise Http404
    response = hand_out(found.file, filename)
    document_served.send(sender=GuardedDocument, instance=found, request=request)
    return response


@require_safe
def rendition(request: HttpRequest, pk: int, filename: str) -> HttpResponseBase:
    """A resized image, for those who may see the image."""
    images = GuardedImage.objects.visible_to(request.user)
    found = get_object_or_404(GuardedRendition.objects.filter(image__in=images), pk=pk)
    return _hand_out_named(found.file, filename)


@require_safe
def original(request: HttpRequest, pk: int, filename: str) -> HttpResponseBase:
    """An image as it was uploaded, for those who may see it."""
    found = get_object_or_404(GuardedImage.objects.visible_to(request.user), pk=pk)
    return _hand_out_named(found.file, filename)


@require_safe
def logo(request: HttpRequest, slug: str, filename: str) -> HttpResponseBase:
    """A network's logo, for those who may know the network's name."""
    networks = Network.objects.nameable_by(access_of(request.user).network_ids).exclude(logo="")
    return _hand_out_named(get_object_or_404(networks, slug=slug).logo, filename)


def _hand_out_named(file: FieldFile, filename: str) -> HttpResponseBase:
    if _name_of(file) != filename:
        raise Http404
    return hand_out(file, filename)


def _name_of(file: FieldFile) -> str:
    return PurePosixPath(file.name or "").name


def hand_out(file: FieldFile, filename: str) -> HttpResponseBase:
    """The file, streamed, or left to the web server where it offers that; nothing of it stays in a cache.

    Raises:
        Http404: the file is gone from the disk.
    """
    content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    is_shown = content_type in SHOWN_TYPES
    response: HttpResponseBase
    if settings.X_ACCEL_PREFIX and file.storage.exists(file.name):
        response = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX.rstrip('/')}/{quote(file.name or '')}"
        del response["Content-Length"]
    else:
        try:
            response = FileResponse(file.open("rb"), content_type=content_type)
        except FileNotFoundError:
            raise Http404 from None
    response["Content-Disposition"] = content_disposition_header(not is_shown, filename) or "attachment"
    return guarded(response)


def guarded(response: HttpResponseBase) -> HttpResponseBase:
    """The answer with a file, for its reader alone: nothing of it stays in a cache, and nothing in it runs."""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # The PDF viewers of browsers do not start inside a sandbox.
    is_pdf = response["Content-Type"] == "application/pdf"
    response["Content-Security-Policy"] = "default-src 'none'" if is_pdf else "default-src 'none'; sandbox"
    return response
