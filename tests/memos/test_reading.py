"""Memos and notes as their readers meet them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale

from intranet.accounts.models import User
from intranet.memos.models import Acknowledgement, MemoPage, MemoRecord, TrainingNotePage
from intranet.networks import audiences
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import add_membership, provision_network
from intranet.pages.models import SectionPage


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


def _network(slug: str, kind: str = "society", **fields: Any) -> Network:
    return provision_network(
        slug=slug, kind=kind, name_en=f"{slug} in English", name_fr=f"{slug} en français", **fields
    )


def _person(name: str, network: Network, role: str = "reader") -> Client:
    person = User.objects.create_user(f"{name}@example.org", None, name=name, language="en")
    add_membership(person=person, network=network, role=role)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _publish(page: Any, network: Network, language: str = "en", rule: Rule | None = None) -> Any:
    section = SectionPage.objects.get(section_network=network, locale__language_code=language)
    page.locale, page.live = section.locale, False
    section.add_child(instance=page)
    if rule:
        audiences.set_rule(page.translation_key, rule, by=None)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


@pytest.mark.django_db
def test_memo_is_acknowledged_once_for_both_languages() -> None:
    network = _network("halifax", code="HFX")
    memo = _publish(MemoPage(title="Fire drill", acknowledge=True), network)
    french = memo.copy_for_translation(Locale.objects.get(language_code="fr"))
    french.save_revision().publish()
    client = _person("reader", network)
    assert b"I have read this memo" in client.get(memo.url).content

    for _twice in range(2):
        answer = client.post(reverse("memos:acknowledge", args=[memo.translation_key]), {"edition": "1"}, follow=True)
        assert answer.status_code == 200

    assert Acknowledgement.objects.count() == 1
    assert b"I have read this memo" not in client.get(memo.url).content
    assert client.get("/api/v1/memos?state=to_acknowledge").json() == {"results": []}


@pytest.mark.django_db
def test_stale_edition_gets_the_text_and_no_receipt() -> None:
    network = _network("halifax")
    memo = _publish(MemoPage(title="Fire drill", acknowledge=True), network)
    MemoRecord.objects.update(edition=2)
    client = _person("reader", network)

    client.post(reverse("memos:acknowledge", args=[memo.translation_key]), {"edition": "1"})
    answer = client.post(
        f"/api/v1/memos/{memo.translation_key}/acknowledge", {"edition": 1}, content_type="application/json"
    )

    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert (answer.json()["title"], answer.json()["status"], answer.json()["edition"]) == ("Conflict", 409, 2)
    assert not Acknowledgement.objects.exists()


@pytest.mark.django_db
def test_foreign_memo_cannot_be_acknowledged_nor_told_apart_from_none() -> None:
    memo = _publish(MemoPage(title="Fire drill", acknowledge=True), _network("halifax"))
    client = _person("stranger", _network("moncton"))
    unknown = "00000000-0000-4000-8000-000000000000"

    for key in (memo.translation_key, unknown):
        assert client.post(reverse("memos:acknowledge", args=[key])).status_code == 404
        assert client.post(f"/api/v1/memos/{key}/acknowledge", content_type="application/json").status_code == 404
    assert not Acknowledgement.objects.exists()


@pytest.mark.django_db
def test_other_networks_are_asked_only_with_the_offices_grant() -> None:
    network, other = _network("halifax"), _network("moncton")
    _publish(MemoPage(title="Fire drill", acknowledge=True), network, rule=Rule("members"))
    client = _person("reader", other)
    assert client.get("/api/v1/memos?state=to_acknowledge").json()["results"] == []
    assert len(client.get("/api/v1/memos").json()["results"]) == 1

    Network.objects.filter(pk=network.pk).update(may_ask_others=True)

    assert [memo["title"] for memo in client.get("/api/v1/memos?state=to_acknowledge").json()["results"]] == [
        "Fire drill"
    ]


@pytest.mark.django_db
def test_replaced_memo_names_the_newer_one_only_to_those_who_may_see_it() -> None:
    network, other = _network("halifax"), _network("moncton")
    old = _publish(MemoPage(title="Old rule"), network, rule=Rule("members"))
    _publish(MemoPage(title="Internal newer rule", replaces=old), network)

    assert "Internal newer rule" in _person("own", network).get(old.url).content.decode()
    assert "Internal newer rule" not in _person("other", other).get(old.url).content.decode()


@pytest.mark.django_db
def test_lists_name_the_newer_memo_only_to_those_who_may_see_it() -> None:
    network, other = _network("halifax", code="HFX"), _network("moncton")
    old = _publish(MemoPage(title="Old rule"), network, rule=Rule("members"))
    _publish(TrainingNotePage(title="Exercise", related_memos=[old]), network, rule=Rule("members"))
    new = _publish(MemoPage(title="Internal newer rule", replaces=old), network)
    number = MemoRecord.objects.get(item=new.translation_key).number
    own, foreign = _person("own", network), _person("other", other)
    section = SectionPage.objects.get(section_network=network, locale__language_code="en").url
    note = TrainingNotePage.objects.get().url

    for url in (reverse("memos:list"), section, note):
        assert f"Replaced by {number}" in own.get(url).content.decode()
        html = foreign.get(url).content.decode()
        assert "Replaced" not in html and number not in html
    assert "Old rule" in foreign.get(reverse("memos:list")).content.decode()

    MemoPage.objects.get(pk=new.pk).unpublish()
    assert "Replaced" not in own.get(reverse("memos:list")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["memos:list", "memos:notes"])
def test_lists_show_each_item_once_and_only_what_is_meant_for_the_reader(name: str) -> None:
    network, other = _network("halifax"), _network("moncton")
    model = MemoPage if name == "memos:list" else TrainingNotePage
    shared = _publish(model(title="Shared one"), network, rule=Rule("members"))
    shared.copy_for_translation(Locale.objects.get(language_code="fr")).save_revision().publish()
    _publish(model(title="Écrit seulement en français"), network, language="fr", rule=Rule("members"))
    _publish(model(title="Private one"), network)

    html = _person("reader", other).get(reverse(name)).content.decode()

    assert html.count(">Shared one<") == 1
    assert "Écrit seulement en français" in html
    assert "Private one" not in html


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["memos:list", "memos:notes"])
@pytest.mark.parametrize("query", ["?year=abc", "?year=99999", "?page=-1", "?network=nowhere", "?topic=x&state=zzz"])
def test_lists_answer_any_filter(name: str, query: str) -> None:
    assert _person("reader", _network("halifax")).get(reverse(name) + query).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 30])
def test_lists_have_a_fixed_number_of_queries(count: int, django_assert_num_queries: Any) -> None:
    network = _network("halifax")
    for number in range(count):
        _publish(MemoPage(title=f"Memo {number}", acknowledge=True), network)
        _publish(TrainingNotePage(title=f"Note {number}", session_on=datetime.date(2026, 3, 2)), network)
    client = _person("reader", network)
    for url, queries in ((reverse("memos:list"), 11), (reverse("memos:notes"), 10), ("/api/v1/memos", 6)):
        client.get(url)

        with django_assert_num_queries(queries):
            client.get(url)


@pytest.mark.django_db
def test_replaced_memo_is_no_longer_asked_of_those_who_may_see_the_newer_one() -> None:
    network = _network("bureau", kind="office")
    other = _network("moncton")
    old = _publish(MemoPage(title="Old rule", acknowledge=True), network, rule=Rule("members"))
    _publish(MemoPage(title="Newer rule for us", replaces=old), network)
    own, elsewhere = _person("own", network), _person("other", other)

    assert own.get("/api/v1/memos?state=to_acknowledge").json()["results"] == []
    assert len(elsewhere.get("/api/v1/memos?state=to_acknowledge").json()["results"]) == 1
