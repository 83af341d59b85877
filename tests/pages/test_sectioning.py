"""A network's section is made with it and follows its names."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from intranet.networks.models import Network
from intranet.networks.services import provision_network, update_network
from intranet.pages.models import SectionPage


def _network(slug: str = "halifax") -> Network:
    return provision_network(slug=slug, kind="society", name_en="Halifax society", name_fr="Société de Halifax")


@pytest.mark.django_db
def test_section_exists_in_both_languages_as_one_item() -> None:
    network = _network()
    sections = SectionPage.objects.filter(section_network=network, live=True)

    assert set(sections.values_list("locale__language_code", "title")) == {
        ("fr", "Société de Halifax"),
        ("en", "Halifax society"),
    }
    assert sections.values("translation_key").distinct().count() == 1


@pytest.mark.django_db
def test_section_follows_the_networks_names() -> None:
    network = _network()
    update_network(network, name_en="Society of Halifax")

    titles = dict(SectionPage.objects.values_list("locale__language_code", "title"))
    assert titles == {"fr": "Société de Halifax", "en": "Society of Halifax"}


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["search", "networks", "memos", "recherche"])
def test_network_cannot_take_an_address_of_the_site(slug: str) -> None:
    with pytest.raises(ValidationError, match=slug):
        _network(slug)
    assert not Network.objects.filter(slug=slug).exists()
