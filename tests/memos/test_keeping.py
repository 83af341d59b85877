"""Owners, deputies and reviews of memos and notes."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intranet.memos.keeping import ReviewReminders, keepers_of
from intranet.memos.models import Keeping, MemoPage, TrainingNotePage
from intranet.memos.services import withdraw
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import end_membership
from tests.beginnings import beginning
from tests.memos.factories import make_memo, publish, record_of
from tests.pages.admin.conftest import World, client_of, world  # noqa: F401
from tests.pages.factories import make_halifax, make_network, make_page, make_person, section_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
TYPES = [MemoPage, TrainingNotePage]


def day(offset: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=offset)


network = beginning(make_halifax)


def keepers(page: Any) -> list[str]:
    keeping = Keeping.objects.published().with_keepers().select_related("item__network").get(item=page.translation_key)
    return sorted(person.name for person in keepers_of(keeping))


@pytest.mark.parametrize("page_type", TYPES)
def test_what_an_owner_leaves_passes_to_the_deputy_and_then_to_the_coordinators(
    network: Network, page_type: Any
) -> None:
    owner, deputy = make_person("owner", (network, "publisher")), make_person("deputy", (network, "reader"))
    first, second = (make_person(name, (network, "coordinator")) for name in ("ann", "bea"))
    make_person("stranger", (make_network("moncton"), "coordinator"))
    page = make_page(
        section_of(network), "Rule", page_type=page_type, responsible=owner, deputy=deputy, review_on=day(-1)
    )
    owed = ReviewReminders().owed_by
    assert (keepers(page), len(owed(owner)), len(owed(deputy))) == (["Owner"], 1, 0)

    end_membership(owner.memberships.get())
    assert (keepers(page), len(owed(owner)), len(owed(deputy))) == (["Deputy"], 0, 1)

    deputy.is_active = False
    deputy.save()
    assert (keepers(page), len(owed(first)), len(owed(second))) == (["Ann", "Bea"], 1, 1)


def test_review_is_reminded_by_its_day_while_the_item_is_live(network: Network) -> None:
    owner = make_person("owner", (network, "publisher"))
    page = make_page(section_of(network), "Rule", page_type=MemoPage, responsible=owner, review_on=day(3))
    (obligation,) = ReviewReminders().due_on([day(3)])
    assert (obligation.item, obligation.network, obligation.due_on) == (page.translation_key, network.pk, day(3))
    assert list(ReviewReminders().due_on([day(2), day(4)])) == []
    assert ReviewReminders().owed_by(owner) == []

    page.unpublish()

    assert list(ReviewReminders().due_on([day(3)])) == []


def test_withdrawn_memo_is_reviewed_by_nobody_until_it_is_back_in_force(network: Network) -> None:
    owner = make_person("owner", (network, "publisher"))
    memo = make_memo(network, "Rule", responsible=owner, review_on=day(0))
    assert (len(ReviewReminders().owed_by(owner)), len(list(ReviewReminders().due_on([day(0)])))) == (1, 1)

    withdraw(record_of(memo), reason="Wrong.", language="en", by=owner)
    assert (ReviewReminders().owed_by(owner), list(ReviewReminders().due_on([day(0)]))) == ([], [])

    publish(memo)
    assert len(ReviewReminders().owed_by(owner)) == 1


@pytest.mark.parametrize("page_type", TYPES)
@pytest.mark.parametrize(("offset", "is_said"), [(-1, True), (0, False), (1, False)])
def test_readers_are_told_when_a_review_is_overdue(
    network: Network, page_type: Any, offset: int, is_said: bool
) -> None:
    section = section_of(network, "en")
    page = make_page(section, "Rule", page_type=page_type, review_on=day(offset), rule=Rule("everyone"))
    reader = signed_in(make_person("reader", language="en"))

    assert ("may be out of date" in reader.get(page.url).content.decode()) is is_said


def test_draft_changes_nothing_of_who_keeps_it(network: Network) -> None:
    owner, other = make_person("owner", (network, "publisher")), make_person("other", (network, "publisher"))
    page = make_page(section_of(network), "Rule", page_type=MemoPage, responsible=owner)
    page.responsible = other
    page.save_revision()
    assert keepers(page) == ["Owner"]

    page.get_latest_revision().publish()

    assert keepers(page) == ["Other"]


@pytest.mark.parametrize("name", ["memopage", "trainingnotepage"])
def test_owner_is_chosen_among_the_networks_own_people(
    world: World,  # noqa: F811
    client_of: Callable[..., Client],  # noqa: F811
    name: str,
) -> None:
    address = reverse("wagtailadmin_pages:add", args=["memos", name, world.section.pk])
    field = client_of(world.contributor).get(address).context["form"].fields["responsible"]

    assert set(field.queryset) == {world.contributor, world.publisher, world.coordinator, world.reader}
