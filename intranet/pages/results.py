"""What was found, as the components of pages read it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from intranet.pages.languages import name_here, own_name
from intranet.pages.searching import Found


def result_of(found: Found) -> dict[str, Any]:
    """A result as the component ``search_result`` and the cards read it."""
    is_foreign = found.language != get_language()
    return {
        "title": found.title,
        "url": found.url,
        "kind": found.kind_label,
        "number": found.number,
        "network": found.network_name,
        "date": found.published or found.date,
        "snippet": found.snippet,
        "standing": found.standing,
        "found_in": found.found_in,
        "replacement": found.replacement,
        "language": name_here(found.language) if is_foreign else "",
        "language_code": found.language if is_foreign else "",
        "versions": [
            {"code": version.language, "label": own_name(version.language), "url": version.url}
            for version in found.translations
        ],
    }
