"""The kinds of items and their labels, as the search sources declare them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from wagtail.models import Page

from search import Facet, sources

SECTION = "section"


def kind_labels() -> dict[str, str]:
    """The kinds of the plugins that are switched on, with their labels in the language in force."""
    return {source.kind: str(source.label) for source in sources()}


def telling_kinds() -> frozenset[str]:
    """The kinds that tell something, without those that explain words: what is latest, where nobody asked for words."""
    return frozenset(source.kind for source in sources() if not source.explains)


def kind_label(kind: str) -> str:
    """The label of one kind; the bare name where no source knows it."""
    return kind_labels().get(kind, kind)


def value_label(facet: str, value: str) -> str:
    """The label of a value of a facet that a plugin added."""
    for source in sources():
        if facet in {own.name for own in source.facets}:
            return source.value_label(facet, value)
    return value


def label_of_type(page: Page) -> str:
    """The kind of a page, said in lists only where it is more than a page."""
    kind = getattr(page.specific_class, "search_kind", "page")
    return "" if kind == "page" else kind_label(kind)


def facets() -> dict[str, str]:
    """The facets of the search page in their order, with their labels: the standard ones, then the plugins' own."""
    standard = {
        "kind": _("Kind"),
        "network": _("Network"),
        "region": _("Region"),
        "topic": _("Topic"),
        "language": _("Language"),
        "year": _("Year"),
    }
    own: list[Facet] = [facet for source in sources() for facet in source.facets]
    return standard | {facet.name: str(facet.label) for facet in own if facet.name not in standard}
