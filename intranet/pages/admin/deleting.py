"""What may not be deleted, wherever it stands in the pages to delete."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions.delete import DeleteBulkAction
from wagtail.models import Page

from intranet.pages.keeping import kept_pages


def kept_below(pages: Iterable[Page]) -> Page | None:
    """The first of ``pages`` and those below that was published, and is of a type that is kept once published."""
    below = reduce(or_, (Q(path__startswith=page.path) for page in pages), Q(pk=None))
    return kept_pages().filter(below).order_by("path").first()


def refusal_of_deletion(page: Page) -> str:
    """Why the page, which is kept, stays."""
    return _(
        "“%(title)s” has been published here, and is kept for the record. "
        "Withdraw or archive it instead of deleting it."
    ) % {"title": page.title}


class SectionDeleteBulkAction(DeleteBulkAction):
    """Says before the others are deleted which of the chosen pages stay for the record."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        chosen = [row["item"].pk for row in context["items_with_no_access"]]
        for page in kept_pages().filter(pk__in=chosen).order_by("path"):
            messages.warning(self.request, refusal_of_deletion(page))
        return context
