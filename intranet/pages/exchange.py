"""Pages and lists of pages in the content exchange. What every page has is not the kind's matter."""

from __future__ import annotations

from intranet.plugins import ExchangeKind


class PageKind(ExchangeKind):
    """A page of text; the body becomes its blocks."""

    kind = "page"
    page_type = "pages.ContentPage"


class IndexKind(ExchangeKind):
    """A list of the pages below it; the body becomes its introduction."""

    kind = "index"
    page_type = "pages.IndexPage"
