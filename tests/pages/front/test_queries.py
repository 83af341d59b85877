"""A page costs the same number of queries whatever it shows, and never more than twenty."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intranet.networks.audiences import Rule
from intranet.networks.services import add_membership
from intranet.pages.models import IndexPage, Topic
from tests.pages.factories import (
    make_document,
    make_image,
    make_network,
    make_page,
    make_person,
    section_of,
    signed_in,
)

pytestmark = pytest.mark.django_db

MAXIMUM = 20


def queries(person: Any, address: str) -> int:
    """How many queries the second reading takes; the first one fills caches of the process."""
    client = signed_in(person)
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(address)
    return len(captured)


@pytest.mark.parametrize(
    ("parent", "addresses"),
    [("section", ["/fr/halifax/", "/fr/", "/fr/recherche/"]), ("index", ["/fr/halifax/outils/"])],
)
def test_lists_take_a_fixed_number_of_queries(parent: str, addresses: list[str]) -> None:
    network = make_network("halifax")
    person = make_person("reader", (network, "reader"))
    above = section_of(network)
    if parent == "index":
        above = make_page(above, "Outils", page_type=IndexPage)
    counts, made = {}, 0
    for size in (1, 3, 30):
        for number in range(made, size):
            page = make_page(above, f"Page {number}", summary="Un résumé.")
            page.topics.add(Topic.objects.create(slug=f"t{number}", name_fr=f"T{number}", name_en=f"T{number}"))
            page.save_revision().publish()
        made = size
        counts[size] = [queries(person, address) for address in addresses]

    assert counts[1] == counts[3] == counts[30]
    assert max(counts[1]) <= MAXIMUM


def test_networks_take_a_fixed_number_of_queries() -> None:
    first = make_network("first")
    person = make_person("reader", (first, "reader"))
    make_page(section_of(first), "Page")
    counts, made = {}, 1
    for size in (1, 3, 30):
        for number in range(made, size):
            network = make_network(f"n{number}")
            add_membership(person=person, network=network, role="reader")
            make_page(section_of(network), f"Page {number}")
        made = max(made, size)
        counts[size] = [queries(person, address) for address in ("/fr/", "/fr/first/")]

    assert counts[1] == counts[3] == counts[30]
    assert max(counts[1]) <= MAXIMUM


def test_body_takes_a_fixed_number_of_queries() -> None:
    network = make_network("halifax")
    person = make_person("reader", (network, "reader"))
    section = section_of(network)
    counts = {}
    for size in (1, 3, 30):
        body: list[tuple[str, Any]] = []
        for number in range(size):
            target = make_page(section, f"Cible {size} {number}")
            document = make_document(network, f"Document {size} {number}")
            image = make_image(network, f"image-{size}-{number}")
            link = f'<a linktype="page" id="{target.pk}">x</a> <a linktype="document" id="{document.pk}">y</a>'
            body += [
                ("text", f"<p>{link}</p>"),
                ("callout", {"kind": "note", "text": f"<p>{link}</p>"}),
                ("documents", [document.pk]),
                ("image", {"image": image.pk, "alternative_text": "x"}),
            ]
        page = make_page(section, f"Guide {size}", slug=f"guide-{size}", body=body)
        for number in range(size):
            page.topics.add(Topic.objects.create(slug=f"t{size}-{number}", name_fr="T", name_en="T"))
            page.contributing_networks.add(make_network(f"c{size}-{number}"))
            make_page(page, f"Sous-page {number}")
        page.save_revision().publish()
        counts[size] = queries(person, page.url)

    assert counts[1] == counts[3] == counts[30]
    # One is for the number of unread notifications at the head.
    assert counts[1] <= MAXIMUM + 1


def test_chosen_audience_takes_a_fixed_number_of_queries() -> None:
    network = make_network("halifax")
    person = make_person("reader", (network, "reader"))
    counts = {}
    for size in (1, 3, 30):
        chosen = frozenset(make_network(f"a{size}-{number}").pk for number in range(size))
        page = make_page(section_of(network), f"Guide {size}", rule=Rule("networks", chosen))
        counts[size] = queries(person, page.url)

    assert counts[1] == counts[3] == counts[30]
    assert counts[1] <= MAXIMUM
