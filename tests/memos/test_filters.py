"""The choices above the lists of memos and notes."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from intranet.memos.models import MemoRecord, TrainingNotePage
from intranet.memos.services import acknowledge
from intranet.networks.audiences import Rule
from intranet.pages.models import Topic
from tests.beginnings import beginning
from tests.memos.factories import make_memo, record_of
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in

PLACES, YEARS, TOPICS = ("halifax", "moncton"), (2024, 2025), ("cats", "dogs")


def make_listed() -> dict[str, Any]:
    """In each of two networks, for each of two years, a memo and a note on a topic of its own; the reader has
    acknowledged one memo."""
    topics = {slug: Topic.objects.create(slug=slug, name_fr=slug, name_en=slug) for slug in TOPICS}
    networks = {slug: make_network(slug, code=slug[:3].upper()) for slug in PLACES}
    reader = make_person("lise", (networks["halifax"], "reader"), language="en")
    for place, network in networks.items():
        for year, slug in zip(YEARS, TOPICS if place == "halifax" else reversed(TOPICS), strict=True):
            given = {"topics": [topics[slug]], "rule": Rule("everyone")}
            memo = make_memo(network, f"{place} {year} {slug}", acknowledge=True, **given)
            MemoRecord.objects.filter(item=memo.translation_key).update(year=year)
            if (place, year) == ("halifax", 2025):
                acknowledge(record_of(memo), person=reader, language="en")
            day = datetime.date(year, 5, 4)
            make_page(
                section_of(network, "en"),
                f"{place} {year} {slug}",
                page_type=TrainingNotePage,
                session_on=day,
                **given,
            )
    return {"reader": reader}


listed = beginning(make_listed)


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("view", ["memos:list", "memos:notes"])
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, {"halifax 2024 cats", "halifax 2025 dogs", "moncton 2024 dogs", "moncton 2025 cats"}),
        ({"network": "halifax"}, {"halifax 2024 cats", "halifax 2025 dogs"}),
        ({"network": "nowhere"}, set()),
        ({"year": "2024"}, {"halifax 2024 cats", "moncton 2024 dogs"}),
        ({"year": "2023"}, set()),
        ({"year": "0"}, set()),
        ({"year": "00"}, set()),
        ({"year": "9999"}, set()),
        ({"year": "soon"}, set()),
        ({"topic": "dogs"}, {"halifax 2025 dogs", "moncton 2024 dogs"}),
        ({"topic": "dogs", "network": "moncton", "year": "2024"}, {"moncton 2024 dogs"}),
        ({"topic": "dogs", "network": "moncton", "year": "2025"}, set()),
    ],
)
def test_filters_leave_what_was_chosen(
    listed: dict[str, Any], view: str, query: dict[str, str], titles: set[str]
) -> None:
    with translation.override("en"):
        address = reverse(view)
    shown = [card["title"] for card in signed_in(listed["reader"]).get(address, query).context["items"]]
    assert (set(shown), len(shown)) == (titles, len(titles))


@pytest.mark.sqlite
@pytest.mark.django_db
def test_list_of_what_was_acknowledged_has_nothing_else(listed: dict[str, Any]) -> None:
    with translation.override("en"):
        address = reverse("memos:list")
    shown = signed_in(listed["reader"]).get(address, {"state": "acknowledged"}).context["items"]
    assert [card["title"] for card in shown] == ["halifax 2025 dogs"]


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(("language", "day"), [("en", "May 4, 2026"), ("fr", "4 mai 2026")])
def test_pages_show_their_facts_in_both_languages(language: str, day: str) -> None:
    network, date = make_network("halifax", code="HFX"), datetime.date(2026, 5, 4)
    old = make_memo(network, "The old rule", rule=Rule("everyone"))
    memo = make_memo(
        network, "Rule", language, effective_on=date, contact="Odile Roy", replaces=old, rule=Rule("everyone")
    )
    session = {"session_title": "Calm handling", "hosts": "The Yarmouth team", "partners": "Two clinics"}
    note = make_page(
        section_of(network, language),
        "Drill",
        page_type=TrainingNotePage,
        session_on=date,
        rule=Rule("everyone"),
        **session,
    )
    client = signed_in(make_person("lise", (make_network("moncton"), "reader"), language=language))

    memo_html, note_html = (client.get(page.url).content.decode() for page in (memo, note))

    facts = memo_html[memo_html.index('class="memo-header__facts"') :]
    for said in (day, "Odile Roy", record_of(old).number, "The old rule"):
        assert said in facts, said
    facts = note_html[note_html.index('class="memo-header__facts"') :]
    for said in (day, *session.values()):
        assert said in facts, said


@pytest.mark.sqlite
@pytest.mark.django_db
def test_topics_are_in_the_order_of_a_dictionary() -> None:
    for slug, name in [("z", "Zones rurales"), ("e", "Évaluation et données"), ("a", "Accueil"), ("f", "familles")]:
        Topic.objects.create(slug=slug, name_fr=name, name_en=name)
    reader = make_person("lise", (make_network("halifax"), "reader"))
    with translation.override("fr"):
        address = reverse("memos:list")

    fields = signed_in(reader).get(address).context["fields"]

    (topics,) = [field["options"] for field in fields if field["name"] == "topic"]
    assert [option["label"] for option in topics] == [
        "Accueil",
        "Évaluation et données",
        "familles",
        "Zones rurales",
    ]


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["list", "notes"])
def test_empty_list_speaks_of_filters_where_one_is_chosen_alone(name: str) -> None:
    client = signed_in(make_person("ann", (make_network("ottawa"), "reader"), language="en"))
    with translation.override("en"):
        address = reverse(f"memos:{name}")

    shown = [client.get(address, query).content.decode() for query in ({}, {"year": "2024"})]

    assert ["Remove a filter" in html for html in shown] == [False, True]
    assert ["What is published for you appears here." in html for html in shown] == [True, False]
