"""Terms in the API."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Field, Query, Router, Schema

from intranet.accounts.requests import SignedInRequest
from intranet.glossary.models import LANGUAGES, Term

router = Router(tags=["glossary"])


class TextsOut(Schema):
    en: str
    fr: str


class TextListsOut(Schema):
    en: list[str]
    fr: list[str]


class TermOut(Schema):
    """A term in both languages; empty where it is not said in one."""

    id: uuid.UUID = Field(description="The same as in a search.")
    slug: str
    form: TextsOut
    acronyms: TextListsOut
    variants: TextListsOut
    definition: TextsOut
    url: str


class TermList(Schema):
    results: list[TermOut]


@router.get("", response=TermList, summary="The terms of the glossary")
def list_terms(
    request: SignedInRequest,
    q: str = Query("", description="A text that one of the forms has."),
    size: int | None = Query(None, ge=1, le=1000),
) -> dict[str, Any]:
    """In the order of their slugs, complete unless ``size`` is given."""
    terms = Term.objects.visible_to(request.user).having(q).order_by("slug")
    return {"results": [_as_json(term, request.user.language) for term in terms[:size]]}


def _as_json(term: Term, language: str) -> dict[str, Any]:
    return {
        "id": term.pk,
        "slug": term.slug,
        "form": {code: term.form_in(code) for code in LANGUAGES},
        "acronyms": {code: term.acronyms_in(code) for code in LANGUAGES},
        "variants": {code: term.variants_in(code) for code in LANGUAGES},
        "definition": {code: term.definition_in(code) for code in LANGUAGES},
        "url": term.url_in(language),
    }
