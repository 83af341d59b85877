"""What is kept for the record once it was published: it is never deleted, and stays with the network that issued it."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from wagtail.models import Page

from intranet.plugins import registry


def kept_pages() -> QuerySet[Page]:
    """The published pages, live or not, of the types that are kept once published."""
    kept = [model for model in registry.page_models() if getattr(model, "kept_once_published", False)]
    types = ContentType.objects.get_for_models(*kept).values()
    return Page.objects.filter(content_type__in=list(types), first_published_at__isnull=False)
