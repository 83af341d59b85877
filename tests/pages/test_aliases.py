"""Aliases hold a place in the other language's tree; they are no versions."""

from __future__ import annotations

import pytest
from wagtail.models import Locale, Page

from intranet.networks.models import Item
from intranet.networks.services import provision_network
from intranet.pages.models import ContentPage, SectionPage


def _page_with_alias() -> tuple[ContentPage, Page]:
    network = provision_network(slug="halifax", kind="society", name_en="Halifax", name_fr="Halifax")
    section = SectionPage.objects.get(section_network=network, locale__language_code="fr")
    page = ContentPage(title="Texte confidentiel", locale=section.locale)
    section.add_child(instance=page)
    page.save_revision().publish()
    page = ContentPage.objects.get(pk=page.pk)
    return page, page.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True, alias=True)


@pytest.mark.django_db
def test_deleted_original_leaves_no_alias_behind() -> None:
    page, alias = _page_with_alias()
    page.delete()

    assert not Page.objects.filter(pk=alias.pk).exists()
    assert not Item.objects.filter(pk=page.translation_key).exists()


@pytest.mark.django_db
def test_deleted_original_leaves_a_draft_where_pages_hang_below_its_alias() -> None:
    page, alias = _page_with_alias()
    below = ContentPage(title="Below", locale=alias.locale)
    alias.add_child(instance=below)
    below.save_revision().publish()
    page.delete()

    alias = Page.objects.get(pk=alias.pk)
    assert (alias.live, alias.alias_of_id) == (False, None)
    assert Item.objects.filter(pk=page.translation_key).exists()
