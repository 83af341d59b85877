"""What the pages about one memo share: its history, its questions, its follow-up."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from intranet.memos.listing import ListedMemo, with_pages
from intranet.memos.models import MemoRecord
from intranet.memos.presenting import reader_language


def visible_memo(user: Any, memo_id: uuid.UUID) -> ListedMemo:
    """The memo, in the reader's language if it is there.

    Raises:
        Http404: there is none that this person may see.
    """
    records = MemoRecord.objects.visible_to(user).select_related("item__network", "item__archived_item")
    return with_pages([get_object_or_404(records, item=memo_id)], reader_language())[0]


def memo_page(
    request: HttpRequest, template: str, memo: ListedMemo, title: str, *, within: tuple[str, str], **context: Any
) -> HttpResponse:
    """A page about a memo, under it in the trail; ``within``: label and address of the first such page."""
    label, url = within
    crumbs = [
        {"label": _("Service memos"), "url": reverse("memos:list")},
        {"label": f"{memo.record.number} – {memo.page.title}", "url": memo.page.url},
        *([{"label": label, "url": url}] if title != label else []),
        {"label": title, "url": ""},
    ]
    shared = {"title": title, "memo": memo, "number": memo.record.number, "breadcrumbs": crumbs}
    return render(request, template, {**shared, **context})
