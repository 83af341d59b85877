"""The days of memberships: one of a person in a network is in force at a time, and none ends before it has to."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from intranet.accounts.models import User
from intranet.networks import joining
from intranet.networks.exceptions import MembershipError
from intranet.networks.models import Invitation, Membership, Network, NetworkEvent
from intranet.networks.people import change_membership
from intranet.networks.services import add_membership, set_network_state
from tests.networks.conftest import MakeNetwork, MakePerson
from tests.pages.factories import signed_in


def day(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


def terms_of(person: User) -> list[tuple[str, int, int | None]]:
    """What the person has or will have, the first first: role, first day and last, in days from today."""
    rows = Membership.objects.filter(person=person, ended_at=None).order_by("starts_on")
    today = timezone.localdate()
    return [(row.role, (row.starts_on - today).days, (row.until - today).days if row.until else None) for row in rows]


@pytest.mark.parametrize("until", [None, 5, 40])
def test_last_day_that_runs_into_the_next_membership_is_refused_with_the_remedy(
    make_network: MakeNetwork, make_person: MakePerson, until: int | None
) -> None:
    halifax, person = make_network("halifax"), make_person("lise")
    reader = add_membership(person=person, network=halifax, role="reader")
    add_membership(person=person, network=halifax, role="publisher", starts_on=day(5))
    begins = date_format(day(5), "DATE_FORMAT")

    with pytest.raises(MembershipError, match=rf"lise \(publisher\) begins on {begins}. Choose a last day before it"):
        change_membership(reader, role="reader", until=None if until is None else day(until), by=None)

    assert terms_of(person) == [("reader", 0, 4), ("publisher", 5, None)]
    change_membership(reader, role="reader", until=day(2), by=None)
    assert terms_of(person) == [("reader", 0, 2), ("publisher", 5, None)]


def test_planned_membership_lasts_until_the_one_that_takes_its_place(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    halifax, person = make_network("halifax"), make_person("lise")
    add_membership(person=person, network=halifax, role="reader", starts_on=day(5))

    add_membership(person=person, network=halifax, role="publisher", starts_on=day(30))

    assert terms_of(person) == [("reader", 5, 29), ("publisher", 30, None)]


@pytest.mark.parametrize("first", [None, 5])
def test_only_coordinator_is_not_lost_by_what_is_planned_after(
    make_network: MakeNetwork, make_person: MakePerson, first: int | None
) -> None:
    halifax, chair = make_network("halifax"), make_person("chair")
    add_membership(person=chair, network=halifax, role="coordinator", until=day(10))
    planned = add_membership(person=chair, network=halifax, role="reader", starts_on=day(11))
    starts_on = None if first is None else day(first)

    with pytest.raises(MembershipError, match="only coordinator"):
        change_membership(planned, role="reader", starts_on=starts_on, until=None, by=chair)

    assert terms_of(chair) == [("coordinator", 0, 10), ("reader", 11, None)]
    make_person("other", halifax, "coordinator")
    change_membership(planned, role="reader", starts_on=starts_on, until=None, by=chair)
    assert ("reader", first or 0, None) in terms_of(chair)


def offered(person: User, network: Network, role: str, until: int | None = None) -> Membership:
    _invitation, secret = joining.invite(
        network=network,
        email=person.email,
        role=role,
        language="en",
        until=None if until is None else day(until),
    )
    return joining.accept(secret, person=person)


@pytest.mark.parametrize(("until", "last"), [(20, 20), (None, None), (5, 10)])
def test_same_role_until_a_later_day_lengthens_what_the_person_has(
    make_network: MakeNetwork, make_person: MakePerson, until: int | None, last: int | None
) -> None:
    halifax, person = make_network("halifax"), make_person("lise")
    add_membership(person=person, network=halifax, role="reader", until=day(10))

    offered(person, halifax, "reader", until)

    assert terms_of(person) == [("reader", 0, last)]
    changed = NetworkEvent.objects.filter(network=halifax, kind="member_changed").values_list("details", flat=True)
    iso = day(last).isoformat() if last else None
    assert list(changed) == ([] if last == 10 else [{"role": "reader", "until": iso}])


def test_whoever_asked_and_whoever_accepts_are_told_the_last_day(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    halifax, person = make_network("halifax"), make_person("lise", language="en")
    chair = make_person("chair", halifax, "coordinator", language="en")
    add_membership(person=person, network=halifax, role="reader", until=day(10))
    last = date_format(day(20), "DATE_FORMAT")
    asked = joining.ask_to_join(network=halifax, email=person.email, name="lise", language="en", person=person)

    form = {"accept": "1", "role": "reader", "until": day(20).isoformat()}
    action = reverse("networks:request_action", args=["halifax", asked.pk])
    answer = signed_in(chair).post(action, form, follow=True)

    assert f"lise is now a member, until {last}." in answer.content.decode()
    _invitation, secret = joining.invite(
        network=halifax, email=person.email, role="reader", language="en", until=day(20)
    )
    answer = signed_in(person).post(f"/accounts/invitation/{secret}/", follow=True)
    assert f"You are now a member of halifax in English, until {last}." in answer.content.decode()


@pytest.mark.parametrize(
    ("planned", "until", "expected"),
    [
        ("reader", None, [("reader", 0, None)]),
        ("guest", 40, [("reader", 0, 40)]),
        ("reader", 40, [("reader", 0, 29), ("reader", 30, None)]),
        ("publisher", None, [("reader", 0, 29), ("publisher", 30, None)]),
    ],
)
@pytest.mark.parametrize("held", [True, False])
def test_planned_membership_stays_where_it_gives_more(
    make_network: MakeNetwork, make_person: MakePerson, planned: str, until: int | None, expected: list[Any], held: bool
) -> None:
    halifax, person = make_network("halifax"), make_person("lise")
    if held:
        add_membership(person=person, network=halifax, role="reader", until=day(10))
    add_membership(person=person, network=halifax, role=planned, starts_on=day(30))

    offered(person, halifax, "reader", until)

    assert terms_of(person) == expected


def test_network_that_closed_meanwhile_invites_nobody(make_network: MakeNetwork) -> None:
    halifax = make_network("halifax")
    set_network_state(Network.objects.get(pk=halifax.pk), "closed")

    with pytest.raises(MembershipError, match="closed"):
        joining.invite(network=halifax, email="new@example.org", role="reader", language="en")

    assert not Invitation.objects.exists()


@pytest.mark.parametrize("until", [20, None])
def test_term_until_the_last_day_of_all_is_lengthened(
    make_network: MakeNetwork, make_person: MakePerson, until: int | None
) -> None:
    halifax, person = make_network("halifax"), make_person("lise")
    add_membership(person=person, network=halifax, role="reader", until=datetime.date.max)

    offered(person, halifax, "reader", until)

    (held,) = Membership.objects.filter(person=person, ended_at=None)
    assert held.until == (None if until is None else datetime.date.max)


@pytest.mark.parametrize(
    ("name", "far"), [("until", "9999-12-31"), ("starts_on", "9999-12-31"), ("starts_on", "0001-01-01")]
)
def test_far_day_of_a_term_is_refused_in_words(
    make_network: MakeNetwork, make_person: MakePerson, name: str, far: str
) -> None:
    client = signed_in(make_person("chair", make_network("halifax"), "coordinator", language="en"))
    form = {"email": "new@example.org", "role": "reader", "language": "en", "starts_on": "", "until": "", name: far}

    answer = client.post(reverse("networks:people", args=["halifax"]), form)

    assert "Choose a day between the years 1900 and 2200." in answer.content.decode()
    assert not Invitation.objects.exists()
