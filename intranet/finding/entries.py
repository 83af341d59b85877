"""Search entries as the admin names them, within a person's audience."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import get_language

from intranet.networks.access import tokens_for
from search.models import EntryVersion
from search.reading import seen_versions, visible_versions


def version_at(address: str, user: Any) -> EntryVersion | None:
    """The version at this address of the site, whole or without its host; None also where ``user`` may not see it."""
    try:
        path = urlsplit(address.strip()).path
    except ValueError:
        return None
    if not path.startswith("/"):
        return None
    paths = (path, f"{path.rstrip('/')}/")
    return seen_versions(tokens_for(user)).filter(url__in=paths).select_related("entry").first()


def versions_of(keys: Iterable[str], user: Any) -> dict[str, EntryVersion]:
    """Of each of these entries that ``user`` may see, the version in the language in force, else the other one."""
    language = get_language()
    found = visible_versions(keys, tokens_for(user)).defer("summary", "headings", "body")
    return {version.entry.key: version for version in sorted(found, key=lambda version: version.language == language)}
