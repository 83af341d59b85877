"""The page tree as the items' way up: one place for an item, whatever its language versions."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Page

from intranet.networks import audiences
from intranet.networks.audiences import Rule
from intranet.networks.models import Item, Network
from intranet.pages.models import SectionPage
from search.chunks import chunked

CHUNK = 2_000
"""Items that one statement names."""


def place_page(page: Page) -> None:
    """Make or move the item of ``page`` so that it hangs where the page hangs.

    A version that stands elsewhere than the item's other versions is refused.

    Raises:
        django.core.exceptions.ValidationError: another version stands below another item.
    """
    if page.depth <= 1:
        return
    parent = page.get_parent()
    parent_key = parent.translation_key if parent.depth > 1 else None
    item = Item.objects.filter(pk=page.translation_key).values_list("parent_id").first()
    if item is not None:
        if item[0] != parent_key:
            raise ValidationError(
                _("The other language version of this page is elsewhere. Put both below the same page.")
            )
        return
    network, rule = _network_and_rule(page, parent_key)
    audiences.place_item(page.translation_key, network=network, parent=parent_key, rule=rule)


def _network_and_rule(page: Page, parent_key: uuid.UUID | None) -> tuple[Network | None, Rule | None]:
    if parent_key is None:
        return None, Rule(Item.Rule.EVERYONE)
    if isinstance(page, SectionPage):
        return page.section_network, Rule(Item.Rule.SECTION)
    return Item.objects.select_related("network").get(pk=parent_key).network, None


@transaction.atomic
def move_versions(page: Page) -> None:
    """After ``page`` moved: the item follows, and every other language version moves to the same place."""
    parent = page.get_parent()
    parent_item = Item.objects.select_related("network").get(pk=parent.translation_key)
    item = Item.objects.get(pk=page.translation_key)
    if item.parent_id == parent_item.pk and item.network_id == parent_item.network_id:
        return
    versions = Page.objects.filter(translation_key=page.translation_key).exclude(pk=page.pk)
    for path in versions.values_list("path", flat=True):
        hold_pages(Page.objects.filter(path__startswith=path))
    audiences.place_item(page.translation_key, network=parent_item.network, parent=parent_item.pk)
    for version in versions:
        target = Page.objects.filter(translation_key=parent.translation_key, locale=version.locale_id).first()
        if target is None:
            target = parent.specific.copy_for_translation(version.locale, copy_parents=True, alias=True)
        version.specific.move(target, pos="last-child")


def hold_pages(pages: QuerySet[Page]) -> None:
    """Until this transaction ends nobody writes these pages or puts something below them.

    Before their items are held: whoever makes a page has its parent's row when it gets to the items.
    """
    list(pages.select_for_update(no_key=True).order_by("path").values_list("pk"))


def subtree(key: uuid.UUID) -> list[uuid.UUID]:
    """The item and everything below it."""
    keys, level = [key], [key]
    while level:
        parts = [Item.objects.filter(parent__in=part).values_list("pk", flat=True) for part in chunked(level, CHUNK)]
        level = [below for part in parts for below in part]
        keys += level
    return keys
