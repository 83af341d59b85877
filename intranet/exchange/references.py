"""From the ids of the format to the pages and files that they name."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from intranet.pages.models import ExternalReference


class FindReference:
    """Finds what links and kinds name, as far as it is here already."""

    def page(self, external_id: str) -> Any:
        """The page of that id as its own type, or None."""
        reference = ExternalReference.objects.select_related("page").filter(external_id=external_id).first()
        return reference.page.specific if reference else None

    def link(self, address: str, documents: dict[str, int]) -> dict[str, str] | None:
        """The attributes of an internal link: ``item:ID`` to a page, ``attachment:PATH`` to one of ``documents``."""
        scheme, _colon, name = address.partition(":")
        name = unquote(name)
        if scheme == "attachment":
            return {"linktype": "document", "id": str(documents[name])} if name in documents else None
        page_id = ExternalReference.objects.filter(external_id=name).values_list("page_id", flat=True).first()
        return {"linktype": "page", "id": str(page_id)} if page_id else None
