"""The gallery: pages of components with sample data, served to a browser without a server or a database."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from tests.design.samples import Reader, samples

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route

PAGES_FOLDER = Path(__file__).parent / "pages"
PAGES = sorted(path.stem for path in PAGES_FOLDER.glob("*.html"))
ANONYMOUS_PAGES = frozenset({"entrance"})
UNREAD = 3
ORIGIN = "https://gallery.example"


def url_of(page: str, language: str) -> str:
    """Return the address of a page of the gallery."""
    return f"{ORIGIN}/{language}/gallery/{page}/"


def render_page(page: str, language: str) -> str:
    """Return the HTML of a page of the gallery, in ``language``."""
    request = RequestFactory().get(f"/{language}/gallery/{page}/")
    request.user = AnonymousUser() if page in ANONYMOUS_PAGES else Reader()  # type: ignore[assignment]
    source = (PAGES_FOLDER / f"{page}.html").read_text(encoding="utf-8")
    # The bar counts what is unread, which has no database to come from.
    with translation.override(language), patch("intranet.notifications.panels.unread_count", return_value=UNREAD):
        return str(engines["django"].from_string(source).render(samples(language), request))


def serve(context: BrowserContext, pages: Mapping[str, str] | None = None) -> list[str]:
    """Answer every request of ``context``; return a list in which requests to other sites will be found.

    ``pages`` are further pages by their path.
    """
    foreign: list[str] = []

    def answer(route: Route) -> None:
        url = route.request.url
        path = urlsplit(url).path
        if not url.startswith(ORIGIN):
            foreign.append(url)
            route.fulfill(status=200, content_type="text/html", body="<title>Elsewhere</title>")
        elif path.startswith("/static/") and (found := finders.find(path.removeprefix("/static/"))):
            kind = mimetypes.guess_type(str(found))[0] or "application/octet-stream"
            route.fulfill(status=200, content_type=kind, body=Path(str(found)).read_bytes())
        elif pages and path in pages:
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=pages[path])
        elif "/gallery/" in path:
            language, _gallery, page = path.strip("/").split("/")
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=render_page(page, language))
        else:
            route.fulfill(status=404, body="")

    context.route("**/*", answer)
    return foreign
