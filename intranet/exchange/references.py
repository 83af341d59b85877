"""From the ids of the format to the pages and files that they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from intranet.pages.models import ExternalReference, SectionPage

FindDocument = Callable[[str], int | None]
"""From the path of an attachment to the document's primary key; None when the line has no such attachment."""


class FindReference:
    """Finds what links and kinds name, as far as it is here already."""

    def page(self, external_id: str) -> Any:
        """The page of that id as its own type, or None."""
        reference = ExternalReference.objects.select_related("page").filter(external_id=external_id).first()
        return reference.page.specific if reference else None

    def link(self, address: str, language: str, find_document: FindDocument) -> dict[str, str] | None:
        """The attributes of an internal link; None when it leads nowhere.

        ``item:ID`` leads to a page, ``section:SLUG`` to a network's section in ``language``, ``attachment:PATH`` to
        what ``find_document`` finds.
        """
        scheme, _colon, name = address.partition(":")
        name = unquote(name)
        if scheme == "attachment":
            document = find_document(name)
            return {"linktype": "document", "id": str(document)} if document else None
        if scheme == "section":
            sections = SectionPage.objects.filter(section_network__slug=name, locale__language_code=language)
            page_id = sections.values_list("pk", flat=True).first()
        else:
            page_id = ExternalReference.objects.filter(external_id=name).values_list("page_id", flat=True).first()
        return {"linktype": "page", "id": str(page_id)} if page_id else None
