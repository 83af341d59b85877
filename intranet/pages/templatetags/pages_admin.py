"""Template tags of the admin's templates."""

from __future__ import annotations

from typing import Any

from django import template
from wagtail.models import Page

from intranet.pages.admin.audience import AudienceSummary, summary_of

register = template.Library()


@register.simple_tag(takes_context=True)
def page_audience(context: dict[str, Any], page: Page) -> AudienceSummary | None:
    """Who can see ``page``, for the person who looks at the editor."""
    return summary_of(page, context["request"].user)
