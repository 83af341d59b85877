"""What a page says about itself to its reader, whatever its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from wagtail.models import Page

from intranet.networks.access import Access, access_of
from intranet.networks.models import Item
from intranet.networks.models.items import seen_by
from intranet.pages import kinds
from intranet.pages.audience_words import audience_words, network_label
from intranet.pages.languages import LanguageLink, links_to, own_first, own_name
from intranet.pages.models import HomePage
from intranet.pages.reader import current_reader
from intranet.pages.streams import references_of

HOME_DEPTH = 2
SECTION_DEPTH = 3


def page_context(page: Page, request: HttpRequest) -> dict[str, Any]:
    """The context of ``pages/base_page.html``, in a fixed number of queries; keeps the item on the page.

    Works in a preview too, of a page that was never saved and has no item yet.
    """
    access = access_of(request.user)
    current_reader().learn(references_of(page))
    # Nothing is said of who sees a home page.
    items = Item.objects.select_related("network", "rule_from").filter(pk=page.translation_key)
    item = None if page.depth == HOME_DEPTH else items.first()
    if item is not None:
        page.item = item
    ancestors, versions = _around(page, access)
    urls = _urls_by_language(page, versions, request)
    crumbs = _breadcrumbs(page, ancestors)
    code = page.locale.language_code
    links = {link["code"]: link for link in links_to(urls)}
    exists_in = own_first(code for code, link in links.items() if link["exists"])
    return {
        "title": page.title,
        "kind": kinds.label_of_type(page),
        "content_language": code,
        "languages": [_language(links[each]) for each in exists_in],
        "language_links": list(links.values()),
        "breadcrumbs": crumbs,
        "network": network_label(item.network, access) if item else "",
        "network_url": next((crumb["url"] for crumb in crumbs[1:-1] if crumb["depth"] == SECTION_DEPTH), ""),
        "published": page.first_published_at,
        "updated": _updated(page),
        "audience": audience_words(item, access) if item and page.depth and page.depth > HOME_DEPTH else "",
        "topics": _topics(page),
        "contributing_networks": _contributing_networks(page, access),
        "contributing_people": _lines(getattr(page, "contributors", "")),
        "content_note": getattr(page, "content_note", ""),
        "summary": getattr(page, "summary", ""),
    }


def _around(page: Page, access: Access) -> tuple[list[Page], Sequence[Page]]:
    """In one query, what the reader may see of the page's ancestors, from the home page, and of its versions; a home
    page knows its own already.
    """
    if isinstance(page, HomePage):
        return [], page.live_versions
    paths = [page.path[: page.steplen * depth] for depth in range(HOME_DEPTH, page.depth or 0)] if page.path else []
    # An untranslated parent's alias is a step too; its address leads on to the version that exists.
    wanted = Q(path__in=paths) | Q(translation_key=page.translation_key, alias_of=None)
    # Home pages answer everybody.
    seen = Q(depth=HOME_DEPTH) | Q(seen_by(access.tokens, "translation_key"))
    pages = list(Page.objects.filter(wanted, seen, live=True).select_related("locale").order_by("path"))
    ancestors = [found for found in pages if found.path in paths]
    return ancestors, [found for found in pages if found.translation_key == page.translation_key]


def _urls_by_language(page: Page, versions: Sequence[Page], request: HttpRequest) -> dict[str, str]:
    urls = {version.locale.language_code: version.get_url() for version in versions}
    urls.setdefault(page.locale.language_code, request.path)
    return {code: url for code, url in urls.items() if url}


def _language(link: LanguageLink) -> dict[str, Any]:
    return {"code": link["code"], "label": own_name(link["code"]), "url": link["url"], "is_current": link["is_current"]}


def _breadcrumbs(page: Page, ancestors: list[Page]) -> list[dict[str, Any]]:
    """The way from the home page, without the steps that the reader may not see; none on the home page itself."""
    steps = [{"label": step.title, "url": step.get_url(), "depth": step.depth} for step in ancestors]
    return [*steps, {"label": page.title, "url": "", "depth": page.depth}] if steps else []


def _updated(page: Page) -> Any:
    """The day of the last publication, where it is another one than the first."""
    first, last = page.first_published_at, page.last_published_at
    return last if first and last and last.date() > first.date() else None


def _topics(page: Page) -> list[dict[str, str]]:
    topics = page.topics.all() if _has_credits(page) else []
    address = reverse("search")
    return [{"label": topic.name, "url": f"{address}?{urlencode({'topic': topic.slug})}"} for topic in topics]


def _contributing_networks(page: Page, access: Access) -> list[str]:
    networks = page.contributing_networks.all() if _has_credits(page) else []
    return [label for label in (network_label(network, access) for network in networks) if label]


def _has_credits(page: Page) -> bool:
    """Home pages and sections have neither topics nor contributors."""
    return page.pk is not None and page.depth > SECTION_DEPTH and hasattr(page, "topics")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
