"""wagtail-localize in one's own section: by role, and without reaching out of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail_localize.models import OverridableSegment, Translation, TranslationSource

from intranet.accounts.models import User
from intranet.networks.models import Item
from intranet.pages.models import ContentPage
from tests.pages.admin.conftest import World, make_image, make_page, section_of

ClientOf = Callable[[User], Client]


@pytest.fixture
def french(db: None) -> Locale:
    return Locale.objects.get(language_code="fr")


def translate(client: Client, page: Page, locale: Locale) -> int:
    address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    return client.post(address, {"locales": [locale.pk]}).status_code


def test_a_translation_stays_in_the_section_and_is_one_item(world: World, client_of: ClientOf, french: Locale) -> None:
    parent = make_page(world.section, "Parent")
    page = make_page(parent, "Page")

    assert translate(client_of(world.contributor), page, french) == 302

    version = Page.objects.get(translation_key=page.translation_key, locale=french)
    above = version.get_parent()
    assert above.translation_key == parent.translation_key
    assert above.alias_of_id == parent.pk
    assert above.get_parent().pk == section_of(world.own, "fr").pk
    assert Item.objects.get(pk=page.translation_key).network == world.own


def test_a_contributors_translation_is_not_published(world: World, client_of: ClientOf, french: Locale) -> None:
    page = make_page(world.section, "Page")

    translate(client_of(world.contributor), page, french)

    assert Page.objects.get(translation_key=page.translation_key, locale=french).live is False


def test_publishing_by_an_update_asks_for_the_right_to_publish(
    world: World, client_of: ClientOf, french: Locale, django_capture_on_commit_callbacks: Any
) -> None:
    page = make_page(world.section, "Page")
    translate(client_of(world.contributor), page, french)
    source = TranslationSource.objects.get(object_id=page.translation_key)
    address = reverse("wagtail_localize:update_translations", args=[source.pk])
    version = Page.objects.get(translation_key=page.translation_key, locale=french)

    client_of(world.contributor).post(address, {"publish_translations": "on"})
    version.refresh_from_db()
    assert version.live is False

    # The library publishes when the transaction is through.
    with django_capture_on_commit_callbacks(execute=True):
        client_of(world.publisher).post(address, {"publish_translations": "on"})
    version.refresh_from_db()
    assert version.live is True


def test_a_live_version_is_not_turned_into_an_alias_by_a_contributor(
    world: World, client_of: ClientOf, french: Locale
) -> None:
    page = make_page(world.section, "Page")
    translate(client_of(world.publisher), page, french)
    version = ContentPage.objects.get(translation_key=page.translation_key, locale=french)
    version.save_revision().publish()
    address = reverse("wagtail_localize:convert_to_alias", args=[version.pk])

    client_of(world.contributor).post(address)
    version.refresh_from_db()
    assert version.alias_of_id is None

    client_of(world.publisher).post(address)
    version.refresh_from_db()
    assert version.alias_of_id == page.pk


def test_a_contributor_does_not_turn_a_live_alias_into_a_live_version(
    world: World, client_of: ClientOf, french: Locale
) -> None:
    parent = make_page(world.section, "Parent")
    translate(client_of(world.contributor), make_page(parent, "Page"), french)
    alias = Page.objects.get(translation_key=parent.translation_key, locale=french)
    assert (alias.alias_of_id, alias.live) == (parent.pk, True)

    assert translate(client_of(world.contributor), parent, french) == 302
    alias.refresh_from_db()
    assert alias.alias_of_id == parent.pk

    translate(client_of(world.publisher), parent, french)
    alias.refresh_from_db()
    assert alias.alias_of_id is None


def test_the_home_page_and_sections_are_not_submitted(world: World, client_of: ClientOf, french: Locale) -> None:
    for page in (world.section, world.section.get_parent()):
        address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
        assert client_of(world.publisher).get(address)["Location"] == "/admin/"


def test_an_override_names_no_foreign_image(world: World, client_of: ClientOf, french: Locale) -> None:
    own, other, foreign = make_image(world.own, "own"), make_image(world.own, "other"), make_image(world.foreign, "f")
    page = make_page(world.section, "Page", body=[("image", {"image": own, "alternative_text": "x", "caption": ""})])
    client = client_of(world.contributor)
    translate(client, page, french)
    translation = Translation.objects.get(source__object_id=page.translation_key)
    segments = OverridableSegment.objects.filter(source=translation.source, context__path__endswith=".image")
    address = reverse("wagtail_localize:edit_override", args=[translation.pk, segments.get().pk])

    def put(pk: int) -> int:
        return client.put(address, f"value={pk}", content_type="application/x-www-form-urlencoded").status_code

    assert put(foreign.pk) == 404
    assert put(987_654) == 404
    assert put(other.pk) in (200, 201)
