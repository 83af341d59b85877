from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intranet.networks.models import Item, Network
from intranet.pages.models import ContentPage
from tests.exchange.conftest import Bring
from tests.exchange.lines import item, network, person

pytestmark = pytest.mark.django_db


def test_import_creates_network_person_and_items(bring: Bring) -> None:
    lines = [
        item("x-2", parent="x-1", title="Dessous", audience="members"),
        item("x-1-en", language="en", translation_of="x-1", title="One", body="<h2>H</h2><p>B</p>"),
        person(memberships=[{"network": "halifax", "role": "reader"}]),
        item("x-1", topics=["capacités"]),
        network(),
    ]
    report = bring(*lines)
    assert report.errors == []
    assert (report.created, report.updated, report.unchanged) == (5, 0, 0)
    page = ContentPage.objects.get(external_reference__external_id="x-1")
    assert page.live
    assert page.first_published_at == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert page.last_published_at == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert Network.objects.get().code == "HALIFAX"
    below = ContentPage.objects.get(external_reference__external_id="x-2")
    assert below.get_parent().pk == page.pk
    assert Item.objects.get(pk=below.translation_key).rule == "members"
    english = ContentPage.objects.get(external_reference__external_id="x-1-en")
    assert english.translation_key == page.translation_key
    assert [block.block_type for block in english.body] == ["heading", "text"]


def test_import_repeated_changes_nothing(bring: Bring) -> None:
    lines = [network(), person(memberships=[{"network": "halifax", "role": "reader"}]), item()]
    bring(*lines)
    report = bring(*lines)
    assert (report.created, report.updated, report.unchanged, report.errors) == (0, 0, 3, [])
