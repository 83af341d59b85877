"""Which memo takes the place of which."""

from __future__ import annotations

import uuid

from intranet.memos.models.records import MemoRecord


def is_circle(newer: uuid.UUID, older: uuid.UUID) -> bool:
    """Whether ``older`` replaces ``newer``, be it through others, as published or as drafts say; two queries a step."""
    from intranet.memos.models import MemoPage

    newer, known = uuid.UUID(str(newer)), set()
    step = {uuid.UUID(str(older))}
    while step and newer not in step:
        known |= step
        pages = MemoPage.objects.filter(translation_key__in=step, replaces__isnull=False)
        records = MemoRecord.objects.filter(item__in=step, replaces__isnull=False)
        step = {*pages.values_list("replaces__translation_key", flat=True), *records.values_list("replaces", flat=True)}
        step -= known
    return newer in step
