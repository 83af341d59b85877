"""The table of who uses which file, which decides who may open it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Page, ReferenceIndex, get_default_page_content_type

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


@transaction.atomic
def write_uses_of(files: type[GuardedDocument] | type[GuardedImage], pks: Iterable[int]) -> None:
    """Store the uses of files that may have come to another network, by the items of this network that show them."""
    keys: set[uuid.UUID] = set()
    kind = ContentType.objects.get_for_model(files)
    for part in chunked(pks, CHUNK):
        networks = files.objects.filter(pk__in=part).values("collection__section_collection__network")
        references = ReferenceIndex.objects.filter(
            to_content_type=kind,
            to_object_id__in=[str(pk) for pk in part],
            base_content_type=get_default_page_content_type(),
        )
        for pages in chunked(sorted(set(references.values_list("object_id", flat=True))), CHUNK):
            live = Page.objects.filter(pk__in=pages, live=True, alias_of=None).values("translation_key")
            keys.update(Item.objects.filter(pk__in=live, network__in=networks).values_list("pk", flat=True))
    write_uses(sorted(keys))


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
