"""What readers see of a memo's editions."""

from __future__ import annotations

import datetime
import json
import re
import uuid
from itertools import pairwise
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone, translation

from intranet.memos.archiving import archive
from intranet.memos.models import Edition
from intranet.memos.services import withdraw
from intranet.networks.models import Network
from tests.beginnings import beginning
from tests.memos.factories import declared, editions_of, make_memo, publish, record_of
from tests.pages.factories import make_document, make_halifax, make_network, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


network = beginning(make_halifax)


@pytest.fixture
def reader(network: Network) -> Any:
    return signed_in(make_person("lise", (network, "reader"), language="en"))


def text(words: str) -> list[tuple[str, Any]]:
    return [("text", f"<p>{words}</p>")]


def listed(value: Any) -> dict[str, Any]:
    """A point of a list as the editor stores it."""
    return {"type": "item", "value": value, "id": str(uuid.uuid4())}


def page_of(client: Any, memo: Any, name: str, *args: Any, query: str = "") -> str:
    with translation.override("en"):
        address = reverse(f"memos:{name}", args=[memo.translation_key, *args])
    answer = client.get(address + query)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def archived(memo: Any) -> None:
    archive(memo.translation_key, reason="The yard was sold.", language="en", by=None)


def withdrawn(memo: Any) -> None:
    withdraw(record_of(memo), reason="The rule was wrong.", language="fr", by=None)


def test_memo_says_what_changed_and_leads_to_the_comparison(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", body=text("It begins at ten in the yard."))
    assert "What changed in edition" not in reader.get(memo.url).content.decode()
    memo = publish(memo, body=text("It begins at nine in the yard."), declaration=declared(en="An hour earlier."))

    html = reader.get(memo.url).content.decode()
    assert "What changed in edition 2" in html
    assert "An hour earlier." in html

    compared = page_of(reader, memo, "compare", query="?to=2")
    assert "<del>ten</del>" in compared
    assert "<ins>nine</ins>" in compared
    assert "in the yard." in compared


@pytest.mark.parametrize(("name", "args"), [("history", ()), ("edition", ("2",)), ("follow_up_record", ())])
def test_reason_for_a_missing_language_says_what_it_is(network: Network, name: str, args: tuple[str, ...]) -> None:
    publisher = signed_in(make_person("olga", (network, "publisher"), language="en"))
    alone = make_memo(network, "Fire drill", acknowledge=True, declaration=declared(missing_reason="Soon."))
    publish(alone, title="Fire alarm", declaration=declared(en="An alarm.", missing_reason="Soon."))
    late = make_memo(network, "Picnic", acknowledge=True)
    make_memo(network, "Pique-nique", "fr", version_of=late, acknowledge=True)
    publish(late, title="Dinner", declaration=declared(en="A dinner.", missing_reason="Monday."))

    (one,) = re.findall(r"<p>(.*) <span>Soon.</span></p>", page_of(publisher, alone, name, *args))[:1]
    (behind,) = re.findall(r"<p>(.*) <span>Monday.</span></p>", page_of(publisher, late, name, *args))

    assert (one, behind) == ("This edition is in one language only.", "This change stood in English only.")


@pytest.mark.parametrize(("name", "args"), [("history", ()), ("edition", ("1",)), ("edition", ("2",)), ("compare", ())])
def test_every_text_of_a_memo_that_is_not_in_force_says_so(
    network: Network, reader: Any, name: str, args: tuple[str, ...]
) -> None:
    memo = make_memo(network, "Fire drill", body=text("Ten o’clock."))
    memo = publish(memo, body=text("Nine o’clock."), declaration=declared(en="An hour earlier."))
    plain = page_of(reader, memo, name, *args)
    assert not [word for word in ("withdrawn", "replaced", "Archived") if word in plain]

    newer = make_memo(network, "Fire alarm", replaces=memo)
    replaced = page_of(reader, memo, name, *args)
    assert "This memo has been replaced." in replaced and f'href="{newer.url}"' in replaced

    archived(memo)
    kept = page_of(reader, memo, name, *args)
    assert "Archived on" in kept and "The yard was sold." in kept

    withdrawn(memo)
    gone = page_of(reader, memo, name, *args)
    assert "This memo has been withdrawn." in gone
    assert '<p lang="fr">The rule was wrong.</p>' in gone


def test_memo_that_is_not_in_force_names_no_day_to_acknowledge_by(network: Network, reader: Any) -> None:
    day = timezone.localdate() + datetime.timedelta(days=5)
    for title, take_out in (("Fire drill", withdrawn), ("Picnic", archived)):
        memo = make_memo(network, title, acknowledge=True, acknowledge_by=day)
        assert "<dt>Acknowledge by</dt>" in reader.get(memo.url).content.decode()

        take_out(memo)

        assert "<dt>Acknowledge by</dt>" not in reader.get(memo.url).content.decode()


def test_old_edition_shows_its_own_text_and_the_copy_of_its_file(network: Network, reader: Any) -> None:
    plan = make_document(network, "Plan", "plan.txt", b"ground floor")
    memo = make_memo(network, "Old title", body=[*text("Old words."), ("documents", [plan.pk])])
    plan.file = ContentFile(b"all floors", name="plan.txt")
    plan.save()
    memo = publish(memo, title="New title", body=text("New words."))
    copy = editions_of(memo)[0].files.get()

    html = page_of(reader, memo, "edition", "1")

    assert "Old title" in html
    assert "Old words." in html
    assert "New words." not in html
    assert html.count(f'href="{copy.url}"') == 2
    assert plan.url not in html
    assert b"".join(reader.get(copy.url).streaming_content) == b"ground floor"


def test_list_of_documents_and_steps_is_shown_and_compared(network: Network, reader: Any) -> None:
    plan = make_document(network, "Plan", "plan.txt", b"ground floor")
    foreign = make_document(make_network("moncton"), "Secretplan", "secret.txt")
    points = [listed("<p>Leave at ten.</p>"), listed("<p>Come back.</p>")]
    blocks = {"documents": [listed(plan.pk), listed(foreign.pk)], "steps": {"title": "", "steps": points}}
    memo = make_memo(network, "Fire drill")
    body = json.dumps([{"type": name, "value": value, "id": str(uuid.uuid4())} for name, value in blocks.items()])
    memo = publish(memo, body=body, declaration=declared(en="More."))

    for html in (page_of(reader, memo, "edition", "2"), page_of(reader, memo, "compare")):
        assert "Leave at ten." in html
        assert "Secretplan" not in html


def test_history_lists_editions_the_newest_first_and_names_publishers_to_own_people(network: Network) -> None:
    from intranet.networks.audiences import Rule

    publisher = make_person("odile", (network, "publisher"))
    memo = make_memo(network, "Fire drill", rule=Rule("members"))
    memo.title = "Fire drills"
    memo.save_revision(user=publisher).publish()
    other = signed_in(make_person("other", (make_network("moncton"), "reader"), language="en"))

    own = page_of(signed_in(publisher), memo, "history")
    assert own.index("Edition 1.1") < own.index("Edition 1<")
    assert "Odile" in own
    assert "Odile" not in page_of(other, memo, "history")


def test_comparison_in_one_language_says_what_is_missing_in_the_other(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", body=text("Leave by the stairs."))
    make_memo(network, "Exercice d’incendie", "fr", version_of=memo, body=text("Prenez l’escalier."))

    html = page_of(reader, memo, "compare", query="?from=1&to=1.1&language=fr")

    assert "<ins" not in html.split('class="comparison prose"')[1]


def facts_of(client: Any, memo: Any, query: str = "") -> list[tuple[str, str, str]]:
    with translation.override("en"):
        answer = client.get(reverse("memos:compare", args=[memo.translation_key]) + query)
    return [(fact.label, fact.before, fact.after) for fact in answer.context["facts"]]


def test_comparison_says_whom_each_edition_asked_where_it_differs(network: Network, reader: Any) -> None:
    table = make_network("table", "table", name_en="Quiet table", name_fr="Table discrète", listed=False)
    council = make_network("council", "table", name_en="Quiet council", listed=False)
    memo = make_memo(network, "Fire drill")
    memo = publish(memo, acknowledge=True, acknowledge_by=datetime.date(2030, 3, 4))
    memo = publish(memo, asked_roles=["reader"], asked_networks=[network, table])
    memo = publish(memo, asked_networks=[network, council])
    memo = publish(memo, title="Fire drills")

    chosen = "Only these roles: reader. Only people of these networks: Halifax society, others."
    everyone = "It asked the issuing network’s own people in the audience."
    assert [
        facts_of(reader, memo, f"?from={one}&to={other}") for one, other in pairwise(["1", "1.1", "1.2", "1.3"])
    ] == [
        [("Acknowledge by", "", "March 4, 2030"), ("Acknowledgement", "No acknowledgement was asked.", everyone)],
        [("Acknowledgement", everyone, chosen)],
        [],
    ]
    assert facts_of(reader, memo, "?from=1.3&to=1.4") == []
    insider = signed_in(make_person("ines", (network, "reader"), (table, "reader"), language="en"))
    known = "Only these roles: reader. Only people of these networks: Halifax society, Quiet table."
    assert facts_of(insider, memo, "?from=1.2&to=1.3") == [("Acknowledgement", known, chosen)]


def test_comparison_says_what_each_edition_replaced_to_those_who_see_that(network: Network, reader: Any) -> None:
    first, second = make_memo(network, "Winter"), make_memo(network, "Summer")
    hidden = make_memo(make_network("moncton"), "Elsewhere")
    memo = make_memo(network, "Seasons", replaces=first)
    memo = publish(memo, replaces=second)
    memo = publish(memo, replaces=hidden)
    memo = publish(memo, replaces=None)
    insider = signed_in(
        make_person("ines", (network, "reader"), (Network.objects.get(slug="moncton"), "reader"), language="en")
    )

    queries = [f"?from={one}&to={other}" for one, other in pairwise(["1", "1.1", "1.2", "1.3"])]

    numbers = [record_of(each).number for each in (first, second, hidden)]
    assert [facts_of(reader, memo, query) for query in queries] == [
        [("Replaces", numbers[0], numbers[1])],
        [("Replaces", numbers[1], "")],
        [],
    ]
    assert [facts_of(insider, memo, query) for query in queries[1:]] == [
        [("Replaces", numbers[1], numbers[2])],
        [("Replaces", numbers[2], "")],
    ]


def test_comparison_in_french_says_whom_each_edition_asked(network: Network) -> None:
    memo = publish(make_memo(network, "Exercice", "fr"), acknowledge=True, asked_roles=["coordinator"])
    francine = signed_in(make_person("francine", (network, "reader"), language="fr"))

    with translation.override("fr"):
        html = francine.get(reverse("memos:compare", args=[memo.translation_key])).content.decode()

    assert "<del>Aucun accusé de réception n’était demandé.</del>" in html
    assert "<ins>Seulement ces rôles : coordonnateur·rice.</ins>" in html


def test_edition_that_does_not_say_whom_it_asked_is_not_compared_in_that(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", acknowledge=True)
    memo = publish(memo, asked_roles=["reader"])
    memo = publish(memo, acknowledge=False, asked_roles=[])
    first = editions_of(memo)[0]
    content = {name: value for name, value in first.content.items() if name != "asked"}
    Edition._base_manager.filter(pk=first.pk).update(content=content)

    unknown = "Which roles and networks it asked was not frozen with this edition."
    assert facts_of(reader, memo, "?from=1&to=1.1") == []
    assert facts_of(reader, memo, "?from=1&to=1.2") == [("Acknowledgement", unknown, "No acknowledgement was asked.")]


def test_comparison_says_that_a_text_is_the_same_in_both_editions(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill", body=text("Leave by the stairs."))
    french = make_memo(network, "Exercice", "fr", version_of=memo, body=text("Prenez l’escalier."))
    publish(french, body=text("Descendez l’escalier."))
    same = "In this language the text is the same in both editions."

    assert same in page_of(reader, memo, "compare", query="?from=1.1&to=1.2&language=en")
    assert same not in page_of(reader, memo, "compare", query="?from=1.1&to=1.2&language=fr")


def languages_of(client: Any, memo: Any, name: str, *args: Any, language: str) -> list[tuple[str, bool]]:
    """The languages between which the page lets one choose, and which one is shown."""
    with translation.override(language):
        address = reverse(f"memos:{name}", args=[memo.translation_key, *args])
    links = client.get(address + "?language=iu").context["languages"]
    return [(link["code"], link["is_current"]) for link in links]


@pytest.mark.parametrize(("language", "other"), [("fr", "en"), ("en", "fr")])
def test_reader_s_language_comes_first_and_in_place_of_one_that_does_not_exist(
    network: Network, reader: Any, language: str, other: str
) -> None:
    memo = make_memo(network, "Fire drill", body=text("At ten."))
    french = make_memo(network, "Exercice", "fr", version_of=memo, body=text("À dix heures."))
    publish(french, body=text("À neuf heures."))

    with translation.override(language):
        address = reverse("memos:compare", args=[memo.translation_key])
    assert (
        f'<input type="hidden" name="language" value="{other}">'
        in reader.get(address, {"language": other}).content.decode()
    )
    own_first = [(language, True), (other, False)]
    assert languages_of(reader, memo, "edition", "1.1", language=language) == own_first
    assert languages_of(reader, memo, "compare", language=language) == own_first
    page = memo if language == "en" else french
    assert [link["code"] for link in reader.get(page.url).context["languages"]] == [language, other]


def test_edition_in_the_other_language_says_so_of_its_content_note(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Court dates", body=text("At ten."), content_note="It speaks of violence.")

    said = re.findall(r'<div class="content-note__body".*?</div>', page_of(reader, memo, "edition", "1"))
    with translation.override("fr"):
        elsewhere = reader.get(reverse("memos:edition", args=[memo.translation_key, "1"])).content.decode()

    assert said == ['<div class="content-note__body">It speaks of violence.</div>']
    assert '<div class="content-note__body" lang="en">It speaks of violence.</div>' in elsewhere


@pytest.mark.parametrize("label", ["9", "0", "1.0", "1.1", "x", "1.1.1", "９", "99999999999999999999"])
def test_edition_that_does_not_exist_is_not_found(network: Network, reader: Any, label: str) -> None:
    memo = make_memo(network, "Fire drill")

    assert reader.get(f"/en/memos/{memo.translation_key}/editions/{label}/").status_code == 404


@pytest.mark.parametrize("query", ["?from=9&to=x", "?language=iu", "?from=2&to=1", "?from=1&to=1"])
def test_comparison_answers_any_choice(network: Network, reader: Any, query: str) -> None:
    memo = publish(make_memo(network, "Fire drill"), title="Fire drills", declaration=declared(en="Many."))

    assert "Edition 1" in page_of(reader, memo, "compare", query=query)


def test_memo_with_one_edition_has_nothing_to_compare(network: Network, reader: Any) -> None:
    memo = make_memo(network, "Fire drill")

    assert reader.get(f"/en/memos/{memo.translation_key}/compare/").status_code == 404


def test_foreign_memo_s_editions_and_files_answer_as_what_does_not_exist(network: Network) -> None:
    plan = make_document(network, "Plan", "plan.txt", b"ground floor")
    memo = publish(make_memo(network, "One", body=[("documents", [plan.pk])]), title="Two")
    stranger = signed_in(make_person("other", (make_network("moncton"), "reader"), language="en"))
    nothing = stranger.get("/en/memos/files/999999/plan.txt")

    for address in (
        *(f"/en/memos/{memo.translation_key}/{rest}" for rest in ("editions/", "editions/1/", "compare/")),
        editions_of(memo)[0].files.get().url,
    ):
        answer = stranger.get(address)
        assert (answer.status_code, len(answer.content)) == (404, len(nothing.content)), address
    assert stranger.get(f"/api/v1/memos/{memo.translation_key}/editions").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 30])
def test_pages_of_editions_have_a_fixed_number_of_queries(
    network: Network, reader: Any, count: int, django_assert_num_queries: Any
) -> None:
    memo = make_memo(network, "Fire drill 0", body=[("documents", [make_document(network, "Plan").pk])])
    for number in range(1, count):
        memo = publish(memo, title=f"Fire drill {number}")
    costs = {
        memo.url: 24,
        f"/en/memos/{memo.translation_key}/editions/": 10,
        f"/en/memos/{memo.translation_key}/editions/1/": 12,
        f"/api/v1/memos/{memo.translation_key}/editions": 5,
    }
    for address, queries in costs.items():
        reader.get(address)

        with django_assert_num_queries(queries):
            assert reader.get(address).status_code == 200


def test_api_gives_the_editions(network: Network, reader: Any) -> None:
    memo = publish(make_memo(network, "One"), title="Two", declaration=declared(en="The title."))
    last = editions_of(memo)[1]

    results = reader.get(f"/api/v1/memos/{memo.translation_key}/editions").json()["results"]

    assert [(each["label"], each["kind"]) for each in results] == [("2", "material"), ("1", "first")]
    assert (results[0]["changed"], results[0]["digest"]) == ({"en": "The title."}, last.digest)
    assert results[0]["missing"] == {"language": "fr", "reason": "", "said_in": "en"}
