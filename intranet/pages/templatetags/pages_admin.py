"""Template tags of the admin's templates."""

from __future__ import annotations

from typing import Any

from django import template
from wagtail.models import Page

from intranet.pages.admin.audience import AudienceSummary, summary_of
from intranet.pages.admin.documents import text_of
from intranet.pages.models import DocumentText, GuardedDocument

register = template.Library()


@register.simple_tag(takes_context=True)
def page_audience(context: dict[str, Any], page: Page) -> AudienceSummary | None:
    """Who can see ``page``, for the person who looks at the editor."""
    return summary_of(page, context["request"].user)


@register.simple_tag
def document_text(document: GuardedDocument) -> DocumentText:
    """What is known of the document's text."""
    return text_of(document)
