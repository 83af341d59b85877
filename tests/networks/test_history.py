"""What happened to networks, their people and accounts, and who reads it."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from intranet.accounts.models import AccountEvent, User
from intranet.accounts.services import create_account, set_account_active
from intranet.networks.models import Membership, Network, NetworkEvent
from intranet.networks.people import change_membership, end_membership
from intranet.networks.services import add_membership, grant_access, set_network_state, update_network
from tests.networks.conftest import MakeNetwork, MakePerson
from tests.pages.factories import signed_in


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


def address_of(network: Network) -> str:
    return reverse("networks:history", args=[network.pk])


def day(days: int) -> str:
    return date_format(timezone.localdate() + datetime.timedelta(days=days), "DATE_FORMAT")


def lines_of(person: User, address: str) -> list[tuple[str, str]]:
    """What happened, and by whom, as the page says."""
    text = signed_in(person).get(address).content.decode()
    found = re.findall(r"<li>(.*?)<br><span class=\"soft\"><time [^>]*>[^<]*</time>(?: · by (.*?))?</span></li>", text)
    return [(words, by) for words, by in found]


def test_history_tells_what_happened_and_by_whom(
    make_network: MakeNetwork, make_person: MakePerson, manager: User
) -> None:
    network, lise = make_network("halifax"), make_person("lise")
    chair = make_person("chair", network, "coordinator", language="en")
    today = timezone.localdate()
    added = add_membership(person=lise, network=network, role="reader", by=chair)
    changed = change_membership(added, role="reader", until=today + datetime.timedelta(days=9), by=chair)
    end_membership(changed, by=chair)
    add_membership(
        person=lise, network=network, role="guest", starts_on=today, until=today + datetime.timedelta(days=2), by=chair
    )
    end_membership(Membership.objects.get(person=lise, ended_at=None), by=chair)
    grant_access(person=lise, network=network, role="reader", until=today, reason="Repair", by=manager)
    update_network(network, by=manager, name_en="Halifax", joining="request")
    set_network_state(network, "closed", by=manager)
    set_network_state(network, "active", by=manager)

    told = lines_of(chair, address_of(network))

    assert told == lines_of(manager, address_of(network))
    assert told == [
        ("The network was opened again.", "manager"),
        ("The network was closed.", "manager"),
        ("Changed: how people join, name in English.", "manager"),
        (f"Access in need was given to lise (reader) until {day(0)}: Repair", "manager"),
        (f"lise became a member (reader), from {day(0)} until {day(0)}.", "manager"),
        ("lise: the role “guest” ended.", "chair"),
        (f"lise became a member (guest), from {day(0)} until {day(2)}.", "chair"),
        ("lise: the role “reader” ended.", "chair"),
        (f"lise, reader: the last day is now {day(9)}.", "chair"),
        (f"lise became a member (reader), from {day(0)} on.", "chair"),
        (f"chair became a member (coordinator), from {day(0)} on.", ""),
        ("The network was made.", ""),
    ]


def test_rows_of_earlier_versions_are_told_without_what_they_lack(manager: User) -> None:
    network = Network.objects.get(slug="office")
    NetworkEvent.objects.all().delete()
    rows = (
        ("member_added", {"role": "reader"}),
        ("changed", {"fields": ["motto"]}),
        ("member_changed", {}),
        ("member_ended", {"role": "reader"}),
        ("member_ended", {}),
    )
    for kind, details in rows:
        NetworkEvent.objects.create(network=network, kind=kind, details=details)

    assert [words for words, _by in lines_of(manager, address_of(network))] == [
        "somebody whose account is gone: a membership ended.",
        "somebody whose account is gone: the role “reader” ended.",
        "somebody whose account is gone: the last day of a membership was changed.",
        "Changed: motto.",
        "somebody whose account is gone became a member (reader).",
    ]


def test_history_tells_what_was_planned_and_cancelled(make_network: MakeNetwork, make_person: MakePerson) -> None:
    network, lise = make_network("halifax"), make_person("lise")
    chair = make_person("chair", network, "coordinator", language="en")
    in_force = add_membership(
        person=lise, network=network, role="reader", until=timezone.localdate() + datetime.timedelta(days=4)
    )
    later = timezone.localdate() + datetime.timedelta(days=5)
    planned = add_membership(person=lise, network=network, role="publisher", starts_on=later)

    end_membership(planned, by=chair)
    change_membership(in_force, role="contributor", until=None, by=chair)

    assert lines_of(chair, address_of(network))[:3] == [
        (f"lise became a member (contributor), from {day(0)} on.", "chair"),
        ("lise: the role “reader” ended.", "chair"),
        ("lise: the planned membership (publisher) was cancelled.", "chair"),
    ]


def test_history_is_for_coordinators_and_the_office(
    make_network: MakeNetwork, make_person: MakePerson, manager: User
) -> None:
    halifax, table = make_network("halifax"), make_network("directors", "table")
    publisher = make_person("publisher", halifax, "publisher")
    other = make_person("other", make_network("moncton"), "coordinator")
    chair = make_person("chair", table, "coordinator")
    # Whoever reads the table's section knows of the table, and not who is in it.
    add_membership(person=manager, network=table, role="reader")

    def answer(person: User, network: Network) -> int:
        return signed_in(person).get(address_of(network)).status_code

    assert [answer(person, halifax) for person in (publisher, other, chair, manager)] == [404, 404, 404, 200]
    assert [answer(person, table) for person in (publisher, other, chair, manager)] == [404, 404, 200, 404]
    assert address_of(table) not in signed_in(manager).get(reverse("networks:edit", args=[table.pk])).content.decode()
    assert address_of(halifax) in signed_in(manager).get(reverse("networks:edit", args=[halifax.pk])).content.decode()
    set_network_state(table, "closed")
    assert [answer(person, table) for person in (chair, manager)] == [200, 404]


def test_account_s_page_tells_its_history_and_nothing_of_unlisted_networks(
    make_network: MakeNetwork, make_person: MakePerson, manager: User
) -> None:
    lise = create_account(email="lise@example.org", name="lise", by=manager)
    add_membership(person=lise, network=make_network("halifax"), role="publisher")
    add_membership(person=lise, network=make_network("directors", "table"), role="reader")
    set_account_active(lise, False, by=manager)
    set_account_active(lise, True, by=manager)
    client, address = signed_in(manager), reverse("networks:account", args=[lise.pk])
    assert f'href="{address}"' in client.get(reverse("networks:accounts")).content.decode()

    text = client.get(address).content.decode()

    assert lines_of(manager, address) == [
        ("The account was opened again.", "manager"),
        ("The account was closed.", "manager"),
        ("The account was made.", "manager"),
    ]
    assert "halifax in English" in text
    assert "directors" not in text
    assert signed_in(lise).get(address).status_code == 404


@pytest.mark.parametrize("count", [1, 3, 30])
def test_histories_have_a_fixed_number_of_queries(
    make_network: MakeNetwork, make_person: MakePerson, manager: User, count: int, django_assert_num_queries: Any
) -> None:
    network, lise = make_network("halifax"), make_person("lise")
    for number in range(count):
        add_membership(person=make_person(f"member{number}"), network=network, role="reader", by=lise)
        add_membership(person=lise, network=make_network(f"local{number}", "local"), role="reader")
        AccountEvent.objects.create(person=lise, kind="created", by=manager)
    client = signed_in(manager)
    for address, queries in ((address_of(network), 7), (reverse("networks:account", args=[lise.pk]), 8)):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


def test_history_is_read_on_in_pages(make_network: MakeNetwork, manager: User) -> None:
    network = make_network("halifax")
    NetworkEvent.objects.bulk_create([NetworkEvent(network=network, kind="closed") for _number in range(60)])

    assert len(lines_of(manager, address_of(network))) == 50
    assert len(lines_of(manager, f"{address_of(network)}?page=2")) == 11


def test_manager_does_not_list_a_network_to_read_its_history(
    make_network: MakeNetwork, make_person: MakePerson, manager: User
) -> None:
    table = make_network("directors", "table", listed=False)
    lise = make_person("lise", table, "coordinator")
    membership = add_membership(person=manager, network=table, role="reader")
    client, edit = signed_in(manager), reverse("networks:edit", args=[table.pk])
    form = {"name_fr": "Table", "name_en": "Table", "languages": "fr", "time_zone": table.time_zone, "listed": "on"}

    assert client.post(edit, {**form, "joining": "invitation"}).status_code == 302

    table.refresh_from_db()
    assert (table.name_en, table.listed) == ("Table", False)
    assert client.get(address_of(table)).status_code == 404
    account = client.get(reverse("networks:account", args=[lise.pk])).content.decode()
    assert "There are none." in account
    assert "Table" not in account
    assert "Only its coordinators may make this network listed" in client.get(edit).content.decode()
    change_membership(membership, role="coordinator", until=None, by=lise)
    client.post(edit, {**form, "joining": "invitation"})
    table.refresh_from_db()
    assert table.listed
