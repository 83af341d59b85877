"""What search entries hold of the documents that their items use."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from intranet.pages.models import DocumentPassage, DocumentText, DocumentUse, GuardedDocument
from search import Attachment, Passage


def attachments_of(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[Attachment, ...]]:
    """The documents that the items' live versions use, with their texts, in two queries for all.

    A document of another network is none of them, whatever page uses it. The first passage is its title, by which it
    is found also where its file has no text, or none yet.
    """
    uses = DocumentUse.objects.of_own_network().filter(item__in=list(keys)).select_related("file")
    by_item: dict[uuid.UUID, list[GuardedDocument]] = defaultdict(list)
    for use in uses.order_by("file__title", "file_id"):
        by_item[use.item_id].append(use.file)
    passages = _passages_of({document.pk for documents in by_item.values() for document in documents})
    return {
        key: tuple(
            Attachment(
                document=str(document.pk),
                title=document.title,
                url=document.url,
                language=document.language,
                passages=(Passage(document.title), *passages[document.pk]),
            )
            for document in documents
        )
        for key, documents in by_item.items()
    }


def _passages_of(documents: set[int]) -> dict[int, list[Passage]]:
    found: dict[int, list[Passage]] = defaultdict(list)
    if documents:
        texts = DocumentText.objects.current().filter(document__in=documents)
        rows = DocumentPassage.objects.filter(text_of__in=texts).order_by("text_of", "position")
        for document, page, text in rows.values_list("text_of__document", "page", "text"):
            found[document].append(Passage(text, page))
    return found
