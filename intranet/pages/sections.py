"""From a page to its network."""

from __future__ import annotations

from wagtail.models import Page

from intranet.networks.models import Item


def network_id_of(page: Page) -> int | None:
    """The primary key of the network whose section the page is in; None for the home page."""
    return Item.objects.filter(pk=page.translation_key).values_list("network_id", flat=True).first()
