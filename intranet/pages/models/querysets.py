"""The one place where page queries meet the audience."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from wagtail.models import Page, PageManager, get_page_models
from wagtail.query import PageQuerySet

from intranet.networks.access import tokens_for
from intranet.networks.models import Item
from intranet.networks.models.items import seen_by

Pages = TypeVar("Pages", bound=QuerySet[Any])


class AudiencePageQuerySet(PageQuerySet):
    """Pages, with the audience predicate."""

    def visible_to(self, user: Any) -> AudiencePageQuerySet:
        """Live pages whose item's audience meets the person's tokens; aliases are no versions and left out."""
        return self.visible_to_tokens(tokens_for(user))

    def visible_to_tokens(self, tokens: frozenset[str]) -> AudiencePageQuerySet:
        if not tokens:
            return self.none()
        pages = self.filter(seen_by(tokens, "translation_key"), live=True, alias_of=None)
        return with_known_type(pages) if self.model is Page else pages


def with_known_type(pages: Pages, is_wanted: Callable[[type[Page]], bool] = bool) -> Pages:
    """Those of ``pages`` whose type is there, and wanted: pages of a plugin that is switched off wait unseen."""
    types = ContentType.objects.get_for_models(*(model for model in get_page_models() if is_wanted(model)))
    return pages.filter(content_type__in=[content_type.pk for content_type in types.values()])


AudiencePageManager = PageManager.from_queryset(AudiencePageQuerySet)


def all_pages() -> AudiencePageQuerySet:
    """Pages of every type, with the audience methods that stock ``Page.objects`` lacks."""
    return AudiencePageQuerySet(Page)


def keys_as_text(pages: QuerySet[Page]) -> QuerySet[Page, str]:
    """The keys of ``pages`` as revisions, reviews and references name them; the comparison stays in the database."""
    return pages.order_by().values_list(Cast("pk", CharField()), flat=True)


def pages_of_networks(pages: QuerySet[Page], network_ids: Iterable[int]) -> QuerySet[Page]:
    """Those of ``pages`` that are in a section of one of the networks: one condition whatever their number."""
    return pages.filter(Exists(Item.objects.filter(pk=OuterRef("translation_key"), network__in=list(network_ids))))
