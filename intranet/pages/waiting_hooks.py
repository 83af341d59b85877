"""Pages of a plugin that is switched off wait for its return: what holds some is not deleted under them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from intranet.pages.models.querysets import with_known_type


def hold_waiting_pages(pages: Iterable[Page]) -> bool:
    """Say whether a page whose type is not there stands below one of ``pages`` or below another version of one."""
    keys = [page.translation_key for page in pages]
    paths = Page.objects.filter(translation_key__in=keys).values_list("path", flat=True)
    below = reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk=None))
    found = Page.objects.filter(below)
    return found.exclude(pk__in=with_known_type(found).values("pk")).exists()


@hooks.register("before_delete_page")
def keep_waiting_pages(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse, with the reason. The database would refuse too, but with an error page."""
    return _refusal(request, page) if hold_waiting_pages([page]) else None


@hooks.register("before_bulk_action")
def keep_waiting_pages_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """The same for several pages at once."""
    pages = [item for item in objects if isinstance(item, Page)]
    return _refusal(request, pages[0]) if action_type == "delete" and pages and hold_waiting_pages(pages) else None


def _refusal(request: HttpRequest, page: Page) -> HttpResponse:
    text = _("Pages of a plugin that is switched off are below. Switch it on and move or delete them first.")
    messages.error(request, text)
    return redirect("wagtailadmin_explore", page.get_parent().pk)
