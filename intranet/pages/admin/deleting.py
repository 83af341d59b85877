"""What may not be deleted, wherever it stands in the pages to delete."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q
from wagtail.models import Page

from intranet.pages.keeping import kept_pages


def kept_below(pages: Iterable[Page]) -> bool:
    """Whether one of ``pages``, or a page below, is of a type that is kept once published, and was published."""
    below = reduce(or_, (Q(path__startswith=page.path) for page in pages), Q(pk=None))
    return kept_pages().filter(below).exists()
