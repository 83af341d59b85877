"""Which documents are to be read, what is kept of them, and who hears of it.

While a document is read there is no transaction and no lock: a row's claim says who reads it, and until when.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import timedelta
from time import monotonic
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from intranet.pages.extraction.limits import Limits
from intranet.pages.extraction.reading import Reading, read_document
from intranet.pages.models import DocumentPassage, DocumentText, DocumentUse, GuardedDocument
from intranet.pages.search_sources import index_items

logger = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often a document is read that does not let itself be read to the end."""
RETRY_SECONDS = 60
RUN_SECONDS = 5
"""After that the other jobs have their turn."""
CLAIM_MARGIN_SECONDS = 90
"""What storing and indexing may take after the reading, before another worker takes over."""
BATCH = 20
State = DocumentText.State


def items_using(documents: Iterable[int]) -> list[uuid.UUID]:
    """The items that use one of the documents, whoever's they are."""
    uses = DocumentUse.objects.filter(file__in=list(documents))
    return sorted(set(uses.values_list("item_id", flat=True)))


@transaction.atomic
def note_document(document: GuardedDocument) -> None:
    """After every save of a document: a new file waits to be read, and the text of the former one is gone at once."""
    text = DocumentText.objects.filter(document=document).first()
    if text is None:
        row = DocumentText(document=document, file_hash=document.file_hash, due_at=timezone.now())
        DocumentText.objects.bulk_create([row], ignore_conflicts=True)
    elif text.file_hash != document.file_hash:
        _let_wait(DocumentText.objects.filter(pk=text.pk), file_hash=document.file_hash)
        DocumentPassage.objects.filter(text_of=text).delete()
    index_items(items_using([document.pk]))


def read_again(document: GuardedDocument) -> None:
    """Let the file be read once more, unless its text is there or awaited anyway."""
    _let_wait(DocumentText.objects.filter(document=document, state__in=DocumentText.PROBLEMS))


def _let_wait(texts: QuerySet[DocumentText], **values: Any) -> None:
    texts.update(
        **values, state=State.WAITING, is_cut=False, read_at=None, attempts=0, due_at=timezone.now(), claim=None
    )


def note_unnoticed() -> int:
    """Note the documents that came or changed without a signal, such as from a copy of a database; their number."""
    changed = GuardedDocument.objects.exclude(text__file_hash=F("file_hash")).order_by("pk")
    number = 0
    while documents := list(changed[:BATCH]):
        for document in documents:
            note_document(document)
        number += len(documents)
    return number


def site_limits() -> Limits:
    """What this site lets one document cost."""
    setting = apps.get_app_config("pages").setting
    return Limits(
        seconds=setting("EXTRACTION_SECONDS"),
        memory_bytes=setting("EXTRACTION_MEMORY_MEGABYTES") * 1024**2,
        file_bytes=setting("EXTRACTION_FILE_MEGABYTES") * 1024**2,
    )


def extract_due(limits: Limits, *, seconds: float = RUN_SECONDS) -> bool:
    """Read documents that are due, one after the other, for about ``seconds``; say whether there may be more."""
    end = monotonic() + seconds
    while text := _claim(limits):
        _extract(text, limits)
        if monotonic() > end:
            return True
    return False


def _claim(limits: Limits) -> DocumentText | None:
    """Take the document that has waited longest; another worker that wanted it takes the next one."""
    now = timezone.now()
    due = DocumentText.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    until = now + timedelta(seconds=limits.seconds + CLAIM_MARGIN_SECONDS)
    for pk, due_at in due.values_list("pk", "due_at")[:BATCH]:
        mine = DocumentText.objects.filter(pk=pk, due_at=due_at)
        claim = uuid.uuid4()
        if mine.update(claim=claim, due_at=until, attempts=F("attempts") + 1):
            return DocumentText.objects.select_related("document").filter(pk=pk, claim=claim).first()
    return None


def _extract(text: DocumentText, limits: Limits) -> None:
    """Read a claimed document, keep what came of it, and write it into the search entries.

    A worker that dies on the way leaves the claim, and the next one goes on after the last of these three that was
    done.
    """
    document = text.document
    if text.file_hash != document.file_hash:
        note_document(document)
        return
    if text.state == State.WAITING:
        reading = Reading(State.FAILED)
        if text.attempts <= ATTEMPTS:
            reading = read_document(document.file, document.filename, limits)
        if reading.may_succeed_later and text.attempts < ATTEMPTS:
            later = timezone.now() + timedelta(seconds=RETRY_SECONDS * text.attempts)
            _claimed(text).update(due_at=later, claim=None)
            return
        if reading.may_succeed_later:
            logger.warning("Document %s is given up after %s attempts: %s.", document.pk, ATTEMPTS, reading.state)
        if not _store(text, reading):
            return
    # One by one: whoever holds two items while waiting for a third may wait for ever.
    for key in items_using([document.pk]):
        index_items([key])
    _claimed(text).update(due_at=None, claim=None)


@transaction.atomic
def _store(text: DocumentText, reading: Reading) -> bool:
    """Keep the text, unless the file was replaced or another worker took over meanwhile; say whether it is kept."""
    # Locked for an instant: whoever publishes a page with this document meanwhile (``uses``) is either seen when the
    # text is indexed, or waits and then sees the text.
    same = GuardedDocument.objects.filter(pk=text.document_id, file_hash=text.file_hash)
    if same.select_for_update(no_key=True).values("pk").first() is None:
        return False
    if not _claimed(text).update(state=reading.state, is_cut=reading.is_cut, read_at=timezone.now()):
        return False
    DocumentPassage.objects.filter(text_of=text).delete()
    DocumentPassage.objects.bulk_create(
        (
            DocumentPassage(text_of=text, position=position, page=piece.page, text=piece.text)
            for position, piece in enumerate(reading.passages)
        ),
        batch_size=200,
    )
    return True


def _claimed(text: DocumentText) -> QuerySet[DocumentText]:
    """The row, as long as the claim is this worker's."""
    return DocumentText.objects.filter(pk=text.pk, claim=text.claim)
