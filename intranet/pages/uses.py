"""The table of who uses which file, which decides who may open it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from wagtail.models import Page

from intranet.networks.models import Item
from intranet.pages.models import DocumentUse, GuardedDocument, GuardedImage, ImageUse
from intranet.pages.streams import References, references_of


def write_uses(keys: Iterable[uuid.UUID]) -> None:
    """Store the files that the live versions of the items use; a file of another network is never stored."""
    for key in keys:
        item = Item.objects.filter(pk=key).first()
        if item is None:
            continue
        used = References()
        for page in Page.objects.filter(translation_key=key, live=True, alias_of=None).specific():
            used |= references_of(page)
        _store(DocumentUse, GuardedDocument, item, used.documents)
        _store(ImageUse, GuardedImage, item, used.images)


def _store(use: type, files: type, item: Item, wanted: frozenset[int]) -> None:
    stored = set(use.objects.filter(item=item).values_list("file_id", flat=True))
    if stored - wanted:
        use.objects.filter(item=item, file__in=stored - wanted).delete()
    new = wanted - stored
    if new:
        own = files.objects.filter(pk__in=new, collection__section_collection__network=item.network_id)
        # Locked: a document's text is stored before this, and then indexed here, or after it, and then indexed there.
        own = own.select_for_update(of=("self",), no_key=True).order_by("pk")
        use.objects.bulk_create([use(item=item, file_id=pk) for pk in own.values_list("pk", flat=True)])
