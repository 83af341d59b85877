"""What is true of a memo whatever its language: published in one, it holds in all."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation

from intranet.memos.models import Keeping, MemoPage, TrainingNotePage
from intranet.networks.models import Network
from tests.beginnings import beginning
from tests.memos.factories import editions_of, make_memo, publish, record_of
from tests.pages.admin.conftest import World, client_of, world  # noqa: F401
from tests.pages.factories import make_halifax, make_page, make_person, section_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

network = beginning(make_halifax)


def day(offset: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=offset)


@pytest.fixture
def both(network: Network) -> tuple[MemoPage, MemoPage]:
    """English and French, asked of everybody by the day after tomorrow."""
    asked = {"acknowledge": True, "acknowledge_by": day(2), "contact": "Ann", "review_on": day(30)}
    english = make_memo(network, "Fire dril", **asked)
    return english, make_memo(network, "Exercice", "fr", version_of=english, **asked)


def held(memo: MemoPage) -> dict[str, Any]:
    """What is in force."""
    record = record_of(memo)
    keeping = Keeping.objects.get(item=memo.translation_key)
    return {
        "effective_on": record.effective_on,
        "contact": record.contact,
        "acknowledge": record.acknowledge,
        "acknowledge_by": record.acknowledge_by,
        "roles": sorted(asked.role for asked in record.asked_roles.all()),
        "networks": list(record.asked_networks.all()),
        "asks_all": record.asks_all,
        "replaces": record.replaces_id,
        "responsible": keeping.responsible,
        "review_on": keeping.review_on,
    }


def changed_facts(network: Network) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fields of a page, and what is in force once it is published."""
    old, owner = make_memo(network, "Old rule"), make_person("owner", (network, "publisher"))
    same = {"effective_on": day(1), "contact": "Bea", "acknowledge": True, "acknowledge_by": day(9)}
    same |= {"responsible": owner, "review_on": day(60)}
    fields = {**same, "replaces": old, "asked_roles": ["publisher"], "asked_networks": [network]}
    expected = {"roles": ["publisher"], "networks": [network], "asks_all": False, "replaces": old.translation_key}
    return fields, {**same, **expected}


@pytest.mark.parametrize("is_drafted_before", [False, True])
def test_facts_changed_in_one_language_stay_when_the_other_is_published(
    network: Network, both: tuple[MemoPage, MemoPage], is_drafted_before: bool
) -> None:
    english, french = both
    fields, expected = changed_facts(network)
    if is_drafted_before:
        english.title = "Fire drill"
        english.save_revision()

    publish(french, **fields)
    assert held(english) == expected
    revisions, editions = english.revisions.count(), len(editions_of(english))
    draft = MemoPage.objects.get(pk=english.pk).get_latest_revision_as_object()
    assert (draft.contact, draft.acknowledge_by) == ("Bea", day(9))
    draft.title = "Fire drill"
    draft.save_revision().publish()

    assert held(english) == expected
    assert english.revisions.count() == revisions + 1
    assert len(editions_of(english)) == editions + 1
    assert editions_of(english)[-1].content["facts"] == editions_of(english)[-2].content["facts"]


def test_drafts_that_wait_have_the_facts_too(both: tuple[MemoPage, MemoPage]) -> None:
    """Two drafts, the older one about to be approved."""
    english, french = both
    english.title = "Fire drill"
    waiting = english.save_revision()
    english.save_revision()

    publish(french, acknowledge=False, acknowledge_by=None, contact="")
    waiting.refresh_from_db()
    waiting.publish()

    assert (held(english)["acknowledge"], held(english)["acknowledge_by"], held(english)["contact"]) == (
        False,
        None,
        "",
    )


def test_fact_that_a_draft_changes_waits_there(both: tuple[MemoPage, MemoPage]) -> None:
    english, french = both
    english.acknowledge_by = day(5)
    draft = english.save_revision()

    publish(french, title="Exercice du mardi", contact="Bea")
    assert held(english)["acknowledge_by"] == day(2)
    draft.refresh_from_db()
    draft.publish()

    assert (held(english)["acknowledge_by"], held(english)["contact"]) == (day(5), "Bea")
    assert MemoPage.objects.get(pk=french.pk).acknowledge_by == day(5)


def test_draft_that_chose_a_day_can_be_published_when_nothing_is_asked_any_more(
    both: tuple[MemoPage, MemoPage],
) -> None:
    english, french = both
    english.acknowledge_by = day(5)
    draft = english.save_revision()

    publish(french, acknowledge=False, acknowledge_by=None)
    draft.refresh_from_db()
    draft.publish()

    assert (held(english)["acknowledge"], held(english)["acknowledge_by"]) == (True, day(5))


def test_version_that_is_a_draft_has_the_facts(network: Network) -> None:
    english = make_memo(network, "Fire drill", contact="Ann", review_on=day(30))
    french = make_page(
        section_of(network, "fr"),
        "Exercice",
        page_type=MemoPage,
        version_of=english,
        live=False,
        contact="Ann",
        review_on=day(30),
    )

    publish(english, contact="Bea")
    assert not MemoPage.objects.get(pk=french.pk).live
    french.get_latest_revision().publish()

    assert held(english)["contact"] == "Bea"


def test_facts_stay_when_a_translation_is_published_in_its_editor(
    world: World,  # noqa: F811
    client_of: Callable[..., Client],  # noqa: F811
) -> None:
    """It was submitted before they changed."""
    memo = make_memo(world.own, "Fire drill", acknowledge=True, acknowledge_by=day(2), review_on=day(30))
    french = Locale.objects.get(language_code="fr")
    client = client_of(world.publisher)
    client.post(reverse("wagtail_localize:submit_page_translation", args=[memo.pk]), {"locales": [french.pk]})
    version = MemoPage.objects.get(translation_key=memo.translation_key, locale=french)
    edit = reverse("wagtailadmin_pages:edit", args=[version.pk])
    client.post(client.post(edit, {"action": "publish"}).url)
    fields, expected = changed_facts(world.own)
    publish(memo, **fields)

    segment = StringSegment.objects.get(source__object_id=memo.translation_key, context__path="title")
    StringTranslation.objects.create(
        translation_of=segment.string, locale=french, context=segment.context, data="Exercice"
    )
    client.post(client.post(edit, {"action": "publish"}).url)

    assert MemoPage.objects.get(pk=version.pk).title == "Exercice"
    assert held(memo) == expected


def test_review_and_session_of_a_note_are_one(network: Network) -> None:
    fields = {"page_type": TrainingNotePage, "review_on": day(30), "session_on": day(-3)}
    english = make_page(section_of(network, "en"), "Training", **fields)
    french = make_page(section_of(network, "fr"), "Formation", version_of=english, **fields)

    french.review_on, french.session_on, french.session_hours = day(60), day(-4), "1.5"
    french.save_revision().publish()
    TrainingNotePage.objects.get(pk=english.pk).get_latest_revision().publish()

    english = TrainingNotePage.objects.get(pk=english.pk)
    assert (english.review_on, english.session_on, str(english.session_hours)) == (day(60), day(-4), "1.5")
    assert Keeping.objects.get(item=english.translation_key).review_on == day(60)
