"""The number of queries does not grow with networks or pages."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Workflow

from intranet.accounts.models import User
from intranet.networks.services import add_membership
from tests.pages.admin.conftest import World, make_network, make_page, section_of

ADDRESSES = {
    "dashboard": "/admin/",
    "explorer": "/admin/pages/{section}/",
    "chooser": "/admin/choose-page/{section}/",
    "chooser's search": "/admin/choose-page/search/?q=quokka",
    "admin search": "/admin/pages/search/?q=quokka",
}


def costs(client: Client, section: int) -> dict[str, int]:
    found = {}
    for name, address in ADDRESSES.items():
        client.get(address.format(section=section))
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address.format(section=section)).status_code == 200
        found[name] = len(captured)
    return found


ROLES = ("contributor", "publisher")


def test_more_pages_in_review_cost_no_queries(world: World, client_of: Callable[[User], Client]) -> None:
    clients = {role: client_of(getattr(world, role)) for role in ROLES}
    found: dict[int, list[int]] = {}
    made = 0
    for count in (1, 3, 30):
        for number in range(made, count):
            page = make_page(world.section, f"quokka {number}", live=False)
            Workflow.objects.get().start(page, world.contributor)
        made = count
        found[count] = [costs(client, world.section.pk)["dashboard"] for client in clients.values()]

    assert found[1] == found[3] == found[30]
    offered = {role: client.get("/admin/").content.decode().count("/approve/") for role, client in clients.items()}
    assert offered == {"contributor": 0, "publisher": 60}


def test_more_pages_cost_no_queries(world: World, client_of: Callable[[User], Client]) -> None:
    clients, section = [client_of(getattr(world, role)) for role in ROLES], world.section
    found = {}
    made = 0
    for count in (1, 3, 30):
        for number in range(made, count):
            make_page(section, f"quokka {number}", live=number % 2 == 0)
        made = count
        found[count] = [costs(client, section.pk) for client in clients]

    assert found[3] == found[1]
    assert found[30] == found[1]


def test_more_networks_cost_no_queries(world: World, client_of: Callable[[User], Client]) -> None:
    client, section = client_of(world.publisher), world.section
    make_page(section, "quokka")
    found = {}
    made = 0
    for count in (1, 3, 30):
        for number in range(made, count):
            network = make_network(f"network-{number}")
            add_membership(person=world.publisher, network=network, role="publisher")
            make_page(section_of(network), "quokka elsewhere")
        made = count
        found[count] = costs(client, section.pk)

    assert found[3] == found[1]
    assert found[30] == found[1]
