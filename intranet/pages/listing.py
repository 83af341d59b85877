"""Lists of items: one entry for each item, in the reader's language where it exists in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, TypedDict

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.models import Page

from intranet.networks.models import Item
from intranet.pages import kinds
from intranet.pages.languages import name_here
from intranet.pages.models.querysets import AudiencePageQuerySet, all_pages

PER_PAGE = 30

_unlisted: dict[str, tuple[Callable[[OuterRef], QuerySet[Any, Any]], bool]] = {}
"""By name: the rows, and whether they are archived."""


def register_unlisted(name: str, rows: Callable[[OuterRef], QuerySet[Any, Any]], *, are_archived: bool = False) -> None:
    """Leave the items of which ``rows(key)`` selects a row out of the lists of what is below a page.

    ``key`` is the outer query's: each item is asked for by itself, however many there are. They are read where they
    are all the same, and by one query whenever it is asked: what it says depends on nothing but the rows. The same name
    replaces. ``are_archived``: a search finds them on request.
    """
    _unlisted[name] = (rows, are_archived)
    is_listed.cache_clear()


@cache
def is_listed(key: str, *, archived: bool = False) -> Q:
    """Whether lists have the item whose key is in the outer query's field ``key``; true where there is no item.

    ``archived``: what is left out for being archived alone counts too, as in a search among archived items.
    """
    left_out = [rows for rows, are_archived in _unlisted.values() if not (archived and are_archived)]
    return Q(*(~Exists(rows(OuterRef(key))) for rows in left_out))


class Card(TypedDict, total=False):
    """An item as the component ``card`` reads it."""

    title: str
    url: str
    kind: str
    network: str
    summary: str
    date: datetime | None
    language: str
    language_code: str


def one_for_each_item(pages: AudiencePageQuerySet, language: str) -> AudiencePageQuerySet:
    """Of ``pages``, already those a person may see, the version in ``language``, else the other one."""
    own = all_pages().filter(
        translation_key=OuterRef("translation_key"), locale__language_code=language, live=True, alias_of=None
    )
    return pages.filter(Q(locale__language_code=language) | ~Exists(own))


def items_below(page: Page, user: Any) -> AudiencePageQuerySet:
    """The items below ``page``'s item that ``user`` may see, in the editors' order, those in another language last."""
    language = get_language() or "fr"
    below = Item.objects.filter(parent=page.translation_key).values("pk")
    visible = all_pages().visible_to(user).filter(is_listed("translation_key"), translation_key__in=below)
    foreign_last = Case(When(locale__language_code=language, then=0), default=1)
    return one_for_each_item(visible, language).order_by(foreign_last, "path")


def page_of_cards(
    pages: AudiencePageQuerySet, request: HttpRequest, *, with_dates: bool = False
) -> tuple[ListPage[Page], list[Card]]:
    """The page of the list that the request names (the nearest one there is), and its entries.

    Three queries, and one more for each further type of page.
    """
    shown = Paginator(pages.select_related("locale"), PER_PAGE).get_page(request.GET.get("page"))
    listed = list(shown.object_list)
    summaries = _summaries(listed)
    return shown, [_card(page, summaries.get(page.pk, ""), with_dates) for page in listed]


def _summaries(pages: Iterable[Page]) -> dict[int, str]:
    """The summaries of pages, by primary key, without the rest of what their types store."""
    by_type: dict[type[Page], list[int]] = {}
    for page in pages:
        by_type.setdefault(page.specific_class, []).append(page.pk)
    summaries: dict[int, str] = {}
    for model, ids in by_type.items():
        if hasattr(model, "summary"):
            summaries.update(model.objects.filter(pk__in=ids).values_list("pk", "summary"))
    return summaries


def _card(page: Page, summary: str, with_dates: bool) -> Card:
    code = page.locale.language_code
    is_foreign = code != get_language()
    return Card(
        title=page.title,
        url=page.get_url() or "",
        kind=kinds.label_of_type(page),
        summary=summary,
        date=page.first_published_at if with_dates else None,
        language=name_here(code) if is_foreign else "",
        language_code=code if is_foreign else "",
    )
