"""Memos in the API."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, Query, Router, Schema
from pydantic import BaseModel

from intranet.api.problems import problem
from intranet.api.schemas import Problem
from intranet.memos.exceptions import NotInForce, StaleEdition
from intranet.memos.listing import ListedMemo, memos_for, with_pages
from intranet.memos.models import Edition, MemoRecord
from intranet.memos.questions.api import router as questions_router
from intranet.memos.services import acknowledge

router = Router(tags=["memos"])
router.add_router("", questions_router)


class MemoOut(Schema):
    """A memo in the person's language, or in the one that exists."""

    id: uuid.UUID
    external_id: str | None
    number: str
    title: str
    url: str
    language: str
    edition: int
    acknowledge_by: datetime.date | None
    acknowledged_at: datetime.datetime | None


class MemoList(Schema):
    """Memos, the newest first; those to acknowledge by their day."""

    results: list[MemoOut]


class AcknowledgeIn(BaseModel):
    """The edition that was read; the current one is meant without it. What is no JSON object is refused."""

    edition: int | None = None


class AcknowledgeOut(Schema):
    """The receipt."""

    id: uuid.UUID
    edition: int
    acknowledged_at: datetime.datetime


class StaleOut(Problem):
    """The edition that was acknowledged is no longer the current one, or the memo is withdrawn or archived."""

    edition: int = Field(description="The current edition.")


def _as_json(memo: ListedMemo) -> dict[str, Any]:
    reference = getattr(memo.page, "external_reference", None)
    return {
        "id": memo.id,
        "external_id": reference.external_id if reference else None,
        "number": memo.record.number,
        "title": memo.page.title,
        "url": memo.page.url or "",
        "language": memo.language,
        "edition": memo.record.edition,
        "acknowledge_by": memo.record.acknowledge_by,
        "acknowledged_at": memo.acknowledged_at,
    }


@router.get("", response=MemoList, summary="Memos that you may see")
def list_memos(
    request: HttpRequest,
    state: Literal["to_acknowledge", "acknowledged", "archived", "all"] = "all",
    size: int | None = Query(None, ge=1, le=1000),
) -> dict[str, Any]:
    """Complete unless ``size`` is given; ``all`` is every visible memo in force, asked or not."""
    records = memos_for(request.user, state)
    return {
        "results": [_as_json(memo) for memo in with_pages(records[:size] if size else records, request.user.language)]
    }


@router.post("/{uuid:memo_id}/acknowledge", response={200: AcknowledgeOut, 409: StaleOut}, summary="Acknowledge a memo")
def acknowledge_memo(request: HttpRequest, memo_id: uuid.UUID, body: AcknowledgeIn | None = None) -> Any:
    """Repeatable; 409 with the current edition when the one you read is stale, or the memo is not in force."""
    record = get_object_or_404(MemoRecord.objects.visible_to(request.user), item=memo_id)
    (memo,) = with_pages([record], request.user.language)
    try:
        receipt = acknowledge(
            record, person=request.user, language=memo.language, edition=body.edition if body else None
        )
    except StaleEdition as error:
        return problem(request, 409, str(error), edition=error.current)
    except NotInForce as error:
        return problem(request, 409, str(error), edition=record.edition)
    return {"id": record.item_id, "edition": receipt.edition, "acknowledged_at": receipt.acknowledged_at}


class EditionOut(Schema):
    """A published state of a memo: what changed and why a language is missing, in the languages in which it is said."""

    label: str
    edition: int
    revision: int
    kind: Literal["first", "minor", "language", "material"]
    published_at: datetime.datetime
    languages: list[str]
    changed: dict[str, str]
    missing: dict[str, str] | None
    digest: str
    url: str


class EditionList(Schema):
    """Editions, the newest first."""

    results: list[EditionOut]


def _edition_as_json(edition: Edition) -> dict[str, Any]:
    return {
        "label": edition.label,
        "edition": edition.number,
        "revision": edition.revision,
        "kind": edition.kind,
        "published_at": edition.published_at,
        "languages": edition.languages,
        "changed": edition.content["changed"],
        "missing": edition.content["missing"],
        "digest": edition.digest,
        "url": reverse("memos:edition", args=[edition.record.item_id, edition.label]),
    }


@router.get("/{uuid:memo_id}/editions", response=EditionList, summary="The editions of a memo")
def list_editions(request: HttpRequest, memo_id: uuid.UUID) -> dict[str, Any]:
    """Complete; 404 for a memo that you may not see."""
    record = get_object_or_404(MemoRecord.objects.visible_to(request.user), item=memo_id)
    return {"results": [_edition_as_json(each) for each in record.editions.order_by("-number", "-revision")]}
