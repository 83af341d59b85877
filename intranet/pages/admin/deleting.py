"""What may not be deleted, wherever it stands in the pages to delete."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import Page

from intranet.plugins import registry


def kept_below(pages: Iterable[Page]) -> bool:
    """Whether one of ``pages``, or a page below, is of a type that is kept once published, and was published."""
    kept = [model for model in registry.page_models() if getattr(model, "kept_once_published", False)]
    below = reduce(or_, (Q(path__startswith=page.path) for page in pages), Q(pk=None))
    if not kept:
        return False
    types = ContentType.objects.get_for_models(*kept).values()
    return Page.objects.filter(below, content_type__in=list(types), first_published_at__isnull=False).exists()
