"""The table of who uses which file, which decides who may open it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from wagtail.models import Page

from intranet.networks.models import Item
from intranet.pages.models import DocumentUse, GuardedDocument, GuardedImage, ImageUse
from intranet.pages.streams import References, references_of
from search.chunks import chunked

CHUNK = 500
"""Items and files that one statement names."""


def write_uses(keys: Iterable[uuid.UUID]) -> None:
    """Store the files that the live versions of the items use; a file of another network is never stored."""
    for part in chunked(keys, CHUNK):
        networks = dict(Item.objects.filter(pk__in=part).values_list("pk", "network_id"))
        used = dict.fromkeys(networks, References())
        for page in Page.objects.filter(translation_key__in=part, live=True, alias_of=None).specific():
            if page.translation_key in used:
                used[page.translation_key] |= references_of(page)
        _store(DocumentUse, GuardedDocument, networks, {(key, pk) for key in used for pk in used[key].documents})
        _store(ImageUse, GuardedImage, networks, {(key, pk) for key in used for pk in used[key].images})


def _store(use: type, files: type, networks: dict[uuid.UUID, int | None], wanted: set[tuple[uuid.UUID, int]]) -> None:
    """Make the rows of the items in ``networks`` those of ``wanted``: pairs of an item and a file."""
    rows = use.objects.filter(item__in=list(networks)).values_list("item_id", "file_id", "pk")
    stored = {(key, file): pk for key, file, pk in rows}
    for part in chunked((pk for pair, pk in stored.items() if pair not in wanted), CHUNK):
        use.objects.filter(pk__in=part).delete()
    new = wanted - stored.keys()
    owners: dict[int, int | None] = {}
    for part in chunked(sorted({file for _key, file in new}), CHUNK):
        found = files.objects.filter(pk__in=part)
        # Locked: a document's text is stored before this, and then indexed here, or after it, and then indexed there.
        found = found.select_for_update(of=("self",), no_key=True).order_by("pk")
        owners |= dict(found.values_list("pk", "collection__section_collection__network"))
    use.objects.bulk_create(
        use(item_id=key, file_id=file) for key, file in sorted(new) if file in owners and owners[file] == networks[key]
    )
