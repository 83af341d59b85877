"""The days of memberships: one of a person in a network is in force at a time, and none ends before it has to."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from intranet.accounts.models import User
from intranet.networks.exceptions import MembershipError
from intranet.networks.models import Membership
from intranet.networks.people import change_membership
from intranet.networks.services import add_membership
from tests.networks.conftest import MakeNetwork, MakePerson


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
