"""The report of what the editors of a section have to look after."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intranet.memos.models import MemoPage, TrainingNotePage
from intranet.memos.services import withdraw
from intranet.networks.services import end_membership
from tests.memos.factories import declared, make_memo, record_of
from tests.pages.admin.conftest import World, client_of, world  # noqa: F401
from tests.pages.factories import make_page, section_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_report_names_what_is_missing_in_ones_own_sections(
    world: World,  # noqa: F811
    client_of: Callable[..., Client],  # noqa: F811
) -> None:
    make_memo(world.own, "Alone", declaration=declared("", missing_reason="The French comes on Monday."))
    both = make_memo(world.own, "Both of them")
    make_memo(world.own, "Les deux", "fr", version_of=both)
    make_page(section_of(world.own, "en"), "Lonely note", page_type=TrainingNotePage)
    make_memo(world.foreign, "Foreign memo")

    html = client_of(world.contributor).get(reverse("memos_upkeep")).content.decode()

    for shown in ("Alone", "The French comes on Monday.", "Lonely note", "none given"):
        assert shown in html
    for hidden in ("Both of them", "Les deux", "Foreign memo"):
        assert hidden not in html
    assert client_of(world.reader).get(reverse("memos_upkeep")).status_code == 302


def test_report_names_reviews_and_owners_who_left(
    world: World,  # noqa: F811
    client_of: Callable[..., Client],  # noqa: F811
) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    make_memo(world.own, "Old rule", responsible=world.publisher, review_on=yesterday)
    end_membership(world.publisher.memberships.get())

    context = client_of(world.contributor).get(reverse("memos_upkeep")).context

    (due,), (left,) = context["due"], context["left"]
    assert (due["page"].title, due["is_overdue"], due["keeper"]) == ("Old rule", True, "The network’s coordinators")
    assert left["owner"] == "publisher"


def test_report_leaves_out_what_is_withdrawn(
    world: World,  # noqa: F811
    client_of: Callable[..., Client],  # noqa: F811
) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    memo = make_memo(world.own, "Old rule", responsible=world.publisher, review_on=yesterday)
    make_memo(world.own, "Rule in force", responsible=world.publisher, review_on=yesterday)
    end_membership(world.publisher.memberships.get())
    withdraw(record_of(memo), reason="Wrong.", language="en", by=None)

    context = client_of(world.contributor).get(reverse("memos_upkeep")).context

    for name in ("missing", "due", "left"):
        assert [row["page"].title for row in context[name]] == ["Rule in force"], name


def test_each_list_of_the_report_is_read_on_by_itself(
    world: World,  # noqa: F811
    client_of: Callable[..., Client],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("intranet.memos.admin.upkeep.ON_A_PAGE", 2)
    for number in range(3):
        day = datetime.date(2026, 1, number + 1)
        make_memo(world.own, f"Memo {number}", responsible=world.publisher, review_on=day)
    end_membership(world.publisher.memberships.get())
    client = client_of(world.contributor)

    def titles(name: str, **query: str) -> list[str]:
        return [row["page"].title for row in client.get(reverse("memos_upkeep"), query).context[name]]

    html = client.get(reverse("memos_upkeep")).content.decode()
    for name in ("due", "left"):
        assert titles(name) == ["Memo 0", "Memo 1"], name
        assert f'href="?{name}=2#{name}"' in html and f'id="{name}"' in html
        assert titles(name, **{name: "2"}) == ["Memo 2"]
    assert titles("left", due="2") == ["Memo 0", "Memo 1"]
    assert titles("missing", missing="2") == ["Memo 0"]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_report_has_a_fixed_number_of_queries(
    world: World,  # noqa: F811
    client_of: Callable[..., Client],  # noqa: F811
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for number in range(count):
        make_memo(world.own, f"Memo {number}", responsible=world.publisher, review_on=datetime.date(2026, 1, 1))
    client = client_of(world.contributor)
    client.get(reverse("memos_upkeep"))

    with django_assert_num_queries(14):
        client.get(reverse("memos_upkeep"))
    assert MemoPage.objects.count() == count
