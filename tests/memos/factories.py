"""Memos for tests, published as their editors would."""

from __future__ import annotations

import uuid
from typing import Any

from intranet.memos.models import Edition, MemoPage, MemoRecord
from intranet.networks.models import Network
from tests.pages.factories import make_page, section_of


def make_memo(network: Network, title: str, language: str = "en", **fields: Any) -> MemoPage:
    """A published memo; ``version_of`` names its version in the other language."""
    memo: MemoPage = make_page(section_of(network, language), title, page_type=MemoPage, **fields)
    return memo


def declared(change: str = "material", *, missing_reason: str = "", **changed: str) -> dict[str, Any]:
    """What the editor's form puts on the draft: ``declared(en="The hour changed")``."""
    return {"id": str(uuid.uuid4()), "change": change, "changed": changed, "missing_reason": missing_reason}


def publish(memo: MemoPage, **changes: Any) -> MemoPage:
    """Publish the memo with some fields changed."""
    page = MemoPage.objects.get(pk=memo.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return MemoPage.objects.get(pk=memo.pk)


def record_of(memo: MemoPage) -> MemoRecord:
    return MemoRecord.objects.get(item=memo.translation_key)


def editions_of(memo: MemoPage) -> list[Edition]:
    """From the first."""
    return list(record_of(memo).editions.order_by("number", "revision"))
