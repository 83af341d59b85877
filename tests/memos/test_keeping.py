"""Owners, deputies and reviews of memos and notes."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import PageLogEntry

from intranet.accounts.services import set_account_active
from intranet.memos.exceptions import MemoError
from intranet.memos.forms import ReviewForm
from intranet.memos.keeping import REVIEW, ReviewReminders, keepers_of, people_who_may_keep, review
from intranet.memos.models import Keeping, MemoPage, Review, TrainingNotePage
from intranet.memos.services import withdraw
from intranet.networks.audiences import Rule
from intranet.networks.models import Membership, Network
from intranet.networks.services import end_membership, set_network_state
from intranet.notifications.models import Event
from tests.beginnings import beginning
from tests.memos.factories import editions_of, make_memo, publish, record_of
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


def test_own_people_are_those_who_belong_to_an_open_network(network: Network) -> None:
    closed = make_network("moncton")
    people = [make_person(role, (network, role), (closed, role)) for role in ("reader", "coordinator", "guest")]
    set_account_active(people[0], False)
    set_network_state(closed, "closed")

    held = Membership.objects.current().own_people()

    assert set(held.values_list("person__name", "network")) == {("Reader", network.pk), ("Coordinator", network.pk)}
    assert [person.name for person in people_who_may_keep(network)] == ["Coordinator"]
    assert list(people_who_may_keep(closed)) == []


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


def review_of(page: Any) -> str:
    return reverse("memos:review", args=[page.translation_key])


@pytest.mark.parametrize("page_type", TYPES)
@pytest.mark.parametrize("name", ["responsible", "deputy"])
def test_owner_who_only_reads_says_that_it_is_still_valid(network: Network, page_type: Any, name: str) -> None:
    make_person("carla", (network, "coordinator"))
    owner = make_person("owner", (network, "reader"), language="en")
    named = {name: owner, "review_on": day(-1)}
    page = make_page(section_of(network, "en"), "Rule", page_type=page_type, **named)
    other = make_page(section_of(network), "Règle", page_type=page_type, version_of=page, **named)
    draft = other.get_latest_revision_as_object()
    draft.title = "Règle écrite à neuf"
    draft.save_revision()
    client = signed_in(owner)
    assert f'href="{review_of(page)}"' in client.get(page.url).content.decode()

    html = client.get(review_of(page)).content.decode()
    assert "Carla" in html and "/admin/pages/" not in html
    answer = client.post(review_of(page), {"valid_until": day(90).isoformat()})
    assert (answer.status_code, answer.headers["Location"]) == (302, page.url)

    (made,) = Review.objects.filter(item=page.translation_key)
    assert (made.by, made.valid_until) == (owner, day(90))
    assert Keeping.objects.get(item=page.translation_key).review_on == day(90)
    for version in page_type.objects.filter(translation_key=page.translation_key):
        assert (version.review_on, version.get_latest_revision_as_object().review_on) == (day(90), day(90))
        assert version.live and version.title in ("Rule", "Règle")
    assert other.get_latest_revision_as_object().title == "Règle écrite à neuf"
    assert ReviewReminders().owed_by(owner) == []
    assert "may be out of date" not in client.get(page.url).content.decode()


def test_review_makes_no_edition_and_is_in_the_history(network: Network) -> None:
    owner, reader = make_person("owner", (network, "reader"), language="en"), make_person("reader", language="en")
    memo = make_memo(network, "Rule", responsible=owner, review_on=day(-1), rule=Rule("everyone"))
    signed_in(owner).post(review_of(memo), {"valid_until": day(30).isoformat()})

    publish(memo)

    assert len(editions_of(memo)) == 1
    history = reverse("memos:history", args=[memo.translation_key])
    own, foreign = (signed_in(person).get(history).content.decode() for person in (owner, reader))
    assert "still valid until" in own and "by Owner, still valid until" in own
    assert "still valid until" in foreign and "Owner" not in foreign
    (logged,) = PageLogEntry.objects.filter(page=memo.pk, action="memos.review")
    until = date_format(day(30), "DATE_FORMAT")
    assert (logged.user, logged.message) == (owner, f"Reviewed, still valid until {until}")


def test_review_is_for_whoever_looks_after_it_or_edits_it(network: Network) -> None:
    roles = ("reader", "guest", "contributor", "coordinator")
    people = {role: make_person(role, (network, role), language="en") for role in roles}
    people["stranger"] = make_person("stranger", (make_network("moncton"), "coordinator"), language="en")
    left = people["left"] = make_person("left", (network, "publisher"), language="en")
    memo = make_memo(network, "Rule", responsible=left, review_on=day(-1), rule=Rule("everyone"))
    end_membership(left.memberships.get())

    may = {name for name, person in people.items() if signed_in(person).get(review_of(memo)).status_code == 200}
    assert may == {"contributor", "coordinator"}
    for name in people.keys() - may:
        client = signed_in(people[name])
        assert client.post(review_of(memo), {"valid_until": day(9).isoformat()}).status_code == 404, name
        assert review_of(memo) not in client.get(memo.url).content.decode(), name
    assert not Review.objects.exists()
    assert (
        reverse("wagtailadmin_pages:edit", args=[memo.pk])
        in signed_in(people["contributor"]).get(review_of(memo)).content.decode()
    )


@pytest.mark.parametrize("said", ["", "yesterday", 0, -1])
def test_review_needs_a_day_to_come(network: Network, said: Any) -> None:
    owner = make_person("owner", (network, "reader"), language="en")
    memo = make_memo(network, "Rule", responsible=owner, review_on=day(-1))
    text = said if isinstance(said, str) else day(said).isoformat()

    answer = signed_in(owner).post(review_of(memo), {"valid_until": text})

    assert list(answer.context["form"].errors) == ["valid_until"]
    assert Keeping.objects.get(item=memo.translation_key).review_on == day(-1)
    with pytest.raises(MemoError, match="to come"):
        review(memo, valid_until=day(0), by=owner)


def test_review_that_the_service_refuses_is_a_sentence(network: Network) -> None:
    owner = make_person("owner", (network, "reader"), language="en")
    memo = make_memo(network, "Rule", responsible=owner, review_on=day(-1))

    answer = signed_in(owner).post(review_of(memo), {"valid_until": day(0).isoformat()})

    assert answer.context["form"].errors["valid_until"] == ["Choose a day to come."]
    assert not Review.objects.exists()


def test_to_do_of_a_review_leads_to_where_it_is_said(network: Network) -> None:
    owner = make_person("owner", (network, "reader"))
    memo = make_memo(network, "Rule", responsible=owner, review_on=day(0))

    (told,) = ReviewReminders().owed_by(owner)

    assert told.url == review_of(memo)


@pytest.mark.parametrize("offsets", [(0, 30), (30, 0)], ids=["old first", "new first"])
def test_of_two_review_days_of_an_item_the_one_that_holds_is_told(network: Network, offsets: tuple[int, int]) -> None:
    owner = make_person("owner", (network, "reader"))
    memo = make_memo(network, "Rule", responsible=owner, review_on=day(30))
    events = [
        Event.objects.create(
            kind="memos.review", dedupe=str(offset), item_id=memo.translation_key, subject=day(offset).isoformat()
        )
        for offset in offsets
    ]

    told = REVIEW.tell(events, owner)

    assert {key: said.due_on for key, said in told.items()} == {events[offsets.index(30)].pk: day(30)}


def test_what_a_draft_says_of_the_next_review_waits_there(network: Network) -> None:
    owner = make_person("owner", (network, "publisher"))
    memo = make_memo(network, "Rule", responsible=owner, review_on=day(0))
    memo.review_on = day(200)
    memo.save_revision()

    review(memo, valid_until=day(30), by=owner)

    memo = MemoPage.objects.get(pk=memo.pk)
    assert (memo.review_on, memo.get_latest_revision_as_object().review_on) == (day(30), day(200))


@pytest.mark.parametrize("far", ["0001-01-01", "9999-12-31"])
def test_review_until_a_far_day_is_refused_in_words(far: str) -> None:
    assert ReviewForm({"valid_until": far}).errors == {"valid_until": ["Choose a day between the years 1900 and 2200."]}
