"""A step is the same in both languages, and stays itself when its text or its place changes."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from wagtail.models import Locale

from intranet.exchange.exporting import export_file
from intranet.exchange.importing import import_file
from intranet.memos.models import AttendanceCount, PracticeStep, TrainingNotePage
from intranet.memos.practice.splitting import join_steps, split_steps
from tests.exchange.conftest import written
from tests.exchange.lines import item, network
from tests.memos.factories import make_memo
from tests.memos.practice.factories import MEMBERS, make_note, marks_of, say, step_id, stored
from tests.pages.factories import make_network, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


SAID = {"network": "halifax", "step": 1, "state": "planned", "at": "2026-02-10T15:00:00+00:00"}


def current(note: TrainingNotePage) -> list[str]:
    steps = PracticeStep.objects.filter(item=note.translation_key, retired_at=None)
    return [str(key) for key in steps.values_list("key", flat=True)]


def publish(note: TrainingNotePage, steps: str) -> None:
    page = TrainingNotePage.objects.get(pk=note.pk)
    page.steps = steps
    page.save_revision().publish()


def test_step_keeps_what_is_said_of_it_when_others_come_and_go() -> None:
    halifax = make_network("halifax")
    note = make_note(halifax, steps=stored(1, 2))
    say(note, halifax, "in_practice", number=2)

    publish(note, stored(3, 2, text="Said better"))

    assert current(note) == [step_id(3), step_id(2)]
    assert [(str(mark.step.key), mark.state) for mark in marks_of(note)] == [(step_id(2), "in_practice")]
    retired = PracticeStep.objects.get(key=step_id(1))
    assert retired.retired_at is not None

    publish(note, stored(1, 2))
    assert current(note) == [step_id(1), step_id(2)]


def test_both_languages_share_their_steps() -> None:
    halifax = make_network("halifax")
    note = make_note(halifax)
    french = note.copy_for_translation(Locale.objects.get(language_code="fr"), copy_parents=True)
    french.title = "Échange"
    french.save_revision().publish()
    assert current(note) == [step_id(1), step_id(2)]

    # What one language has more is a step of the item.
    publish(french, stored(1, 2, 3))
    assert current(note) == [step_id(1), step_id(2), step_id(3)]


def test_draft_makes_no_step() -> None:
    note = make_note(make_network("halifax"), live=False)

    assert current(note) == []


@pytest.mark.parametrize(
    ("html", "rest", "steps"),
    [
        ("<ol><li>One</li><li>Two <b>now</b></li></ol>", "", ["<p>One</p>", "<p>Two <b>now</b></p>"]),
        ("<p>Before.</p><ul><li>One</li></ul><p>After.</p>", "<p>Before.</p><p>After.</p>", ["<p>One</p>"]),
        ("<ol><li>One<ul><li>a &amp; b</li></ul></li></ol>", "", ["<p>One</p><ul><li>a &amp; b</li></ul>"]),
        ("<ol><li><p>One</p><p>and more</p></li><li> </li></ol>", "", ["<p>One</p><p>and more</p>"]),
        ("<p>No list at all</p>", "<p>No list at all</p>", []),
        ("", "", []),
    ],
)
def test_points_of_lists_are_steps(html: str, rest: str, steps: list[str]) -> None:
    assert split_steps(html) == (rest, steps)
    assert split_steps(join_steps(rest, steps)) == (rest, steps)


def brought_in(folder: Path, *notes: dict[str, Any]) -> Any:
    return import_file(written(folder / "in.jsonl", network(), *notes))


def note_line(key: str, html: str, **more: Any) -> dict[str, Any]:
    facts = {"session_on": "2026-02-01", "session_hours": 1.5, "practice_steps": html, **more.pop("facts", {})}
    return item(key, kind="training_note", training_note=facts, **more)


def test_imported_versions_share_their_steps_and_keep_them(tmp_path: Path) -> None:
    french = note_line("n-fr", "<p>Ainsi.</p><ol><li>Un</li><li>Deux</li></ol>")
    english = note_line("n-en", "<ol><li>One</li><li>Two</li></ol>", language="en", translation_of="n-fr", title="Note")
    assert brought_in(tmp_path, french, english).errors == []
    first, second = TrainingNotePage.objects.order_by("pk")
    ids = [block.id for block in first.steps]
    assert [block.id for block in second.steps] == ids == [str(key) for key in current_keys()]
    assert len(ids) == 2
    assert first.practice_steps == "<p>Ainsi.</p>"

    export_file(tmp_path / "out.jsonl")
    lines = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    out = {line["id"]: line["training_note"] for line in lines if line["type"] == "item"}
    assert out["n-fr"] == {
        "session_on": "2026-02-01",
        "session_hours": 1.5,
        "practice_steps": "<p>Ainsi.</p><ol><li>Un</li><li>Deux</li></ol>",
        "steps": ids,
    }

    # Again, the other way round, as the file says: the steps change places and stay themselves.
    swapped = note_line("n-fr", "<ol><li>Deux</li><li>Un</li></ol>", facts={"steps": ids[::-1]})
    other = note_line("n-en", "<ol><li>Two</li><li>One</li></ol>", language="en", translation_of="n-fr",
                      title="Note", facts={"steps": ids[::-1]})  # fmt: skip
    assert brought_in(tmp_path, swapped, other).errors == []
    assert [str(key) for key in current_keys()] == ids[::-1]


def test_what_became_of_a_training_comes_in_once_and_goes_out(tmp_path: Path) -> None:
    said = [
        {"network": "halifax", "step": 1, "state": "planned", "at": "2026-02-10T15:00:00+00:00"},
        {"network": "halifax", "step": 1, "state": "in_practice", "at": "2026-03-10T15:00:00+00:00",
         "sentence": "Chaque lundi.", "language": "fr"},
    ]  # fmt: skip
    facts = {"people": {"halifax": 12}, "said": said}
    line = note_line("n", "<ol><li>Un</li></ol>", facts=facts)
    for _twice in range(2):
        assert brought_in(tmp_path, line).errors == []

    note = TrainingNotePage.objects.get()
    assert [(mark.state, mark.sentence) for mark in marks_of(note)] == [
        ("planned", ""),
        ("in_practice", "Chaque lundi."),
    ]
    assert [count.people for count in AttendanceCount.objects.all()] == [12]
    export_file(tmp_path / "out.jsonl")
    lines = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    (out,) = [line["training_note"] for line in lines if line["type"] == "item"]
    assert {name: out[name] for name in ("people", "said")} == facts


def test_what_became_of_a_training_is_added_though_nothing_else_changed(tmp_path: Path) -> None:
    def again(**facts: Any) -> Any:
        return brought_in(tmp_path, note_line("n", "<ol><li>Un</li></ol>", facts=facts))

    again()
    revision = TrainingNotePage.objects.get().latest_revision_id
    first = {**SAID, "sentence": "Bientôt."}
    for facts, updated in (
        ({"people": {"halifax": 12}, "said": [first]}, 1),
        ({"people": {"halifax": 12}, "said": [{**first, "sentence": "Jamais."}]}, 0),
        ({"people": {"halifax": 14}, "said": [first, {**SAID, "state": "in_practice", "at": "2026-03-10T15:00Z"}]}, 1),
        ({}, 0),
    ):
        report = again(**facts)
        assert (report.errors, report.updated, report.unchanged) == ([], updated, 2 - updated)

    note = TrainingNotePage.objects.get()
    assert [(mark.state, mark.sentence) for mark in marks_of(note)] == [("planned", "Bientôt."), ("in_practice", "")]
    assert [count.people for count in AttendanceCount.objects.all()] == [12, 14]
    assert note.latest_revision_id == revision


def test_related_memos_that_a_line_names_no_more_are_gone(tmp_path: Path) -> None:
    memo = item("m", kind="memo", title="Règle")
    for named, updated in ((["m"], 0), (["m"], 0), ([], 1), ([], 0)):
        report = brought_in(tmp_path, memo, note_line("n", "<p>Ainsi.</p>", facts={"related_memos": named}))
        assert (report.errors, report.updated) == ([], updated)
        note = TrainingNotePage.objects.get()
        assert len(note.related_memos.all()) == len(note.get_latest_revision_as_object().related_memos.all())
        assert len(note.related_memos.all()) == len(named)


def current_keys() -> list[Any]:
    return list(PracticeStep.objects.filter(retired_at=None).values_list("key", flat=True))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"session_hours": -1}, "session_hours"),
        ({"session_hours": 1.25}, "session_hours"),
        ({"session_hours": "two"}, "session_hours"),
        ({"session_hours": True}, "session_hours"),
        ({"steps": ["no-id"]}, "steps"),
        ({"steps": [7]}, "steps"),
        ({"steps": [step_id(1), step_id(1)]}, "steps"),
        ({"people": {"nowhere": 3}}, "nowhere"),
        ({"people": {"halifax": -3}}, "people"),
        ({"people": ["halifax"]}, "people"),
        ({"said": [{**SAID, "step": 2}]}, "step 2"),
        ({"said": [{**SAID, "step": 0}]}, "said"),
        ({"said": [{**SAID, "state": "done"}]}, "said"),
        ({"said": [{**SAID, "at": "2026-02-10T15:00:00"}]}, "said"),
        ({"said": [{**SAID, "network": "nowhere"}]}, "nowhere"),
        ({"said": [{**SAID, "at": "2999-01-01T12:00:00+00:00"}]}, "said.at” is in the future"),
        ({"said": ["planned"]}, "said"),
    ],
)
def test_wrong_facts_are_named(tmp_path: Path, facts: dict[str, Any], reason: str) -> None:
    report = brought_in(tmp_path, note_line("n", "<ol><li>Un</li></ol>", facts=facts))

    assert reason in str(report.errors)
    assert not TrainingNotePage.objects.exists()


def test_memo_names_the_trainings_on_it_to_those_who_may_see_them() -> None:
    halifax, moncton = make_network("halifax"), make_network("moncton")
    memo = make_memo(halifax, "New procedure", rule=MEMBERS)
    for title, rule in (("Shared training", MEMBERS), ("Private training", None)):
        note = make_note(halifax, title, rule=rule)
        note.related_memos.set([memo])
        note.save_revision().publish()

    shown = {
        network.slug: signed_in(make_person(network.slug, (network, "reader"), language="en")).get(memo.url)
        for network in (halifax, moncton)
    }

    assert "Shared training" in shown["moncton"].content.decode()
    assert "Private training" not in shown["moncton"].content.decode()
    assert "Private training" in shown["halifax"].content.decode()


def test_lists_that_notes_had_become_their_steps_and_lists_again() -> None:
    migration = import_module("intranet.memos.migrations.0008_steps_of_lists")
    html = "<p>First this.</p><ol><li>One</li><li>Two</li></ol>"
    note = make_note(make_network("halifax"), steps="[]", practice_steps=html)
    french = note.copy_for_translation(Locale.objects.get(language_code="fr"), copy_parents=True)
    french.practice_steps = "<ol><li>Un</li><li>Deux</li></ol>"
    french.save_revision().publish()
    assert current(note) == []

    migration.make_steps(apps, None)

    pages = list(TrainingNotePage.objects.filter(translation_key=note.translation_key).order_by("pk"))
    assert [[block.value.source for block in page.steps] for page in pages] == [
        ["<p>One</p>", "<p>Two</p>"],
        ["<p>Un</p>", "<p>Deux</p>"],
    ]
    assert pages[0].practice_steps == "<p>First this.</p>"
    ids = [[block.id for block in page.steps] for page in pages]
    assert ids == [current(note), current(note)]
    drafts = [page.get_latest_revision_as_object() for page in pages]
    assert [[block.id for block in draft.steps] for draft in drafts] == ids

    migration.unmake_steps(apps, None)

    page = TrainingNotePage.objects.get(pk=note.pk)
    assert (page.practice_steps, len(page.steps)) == (html, 0)
    assert page.get_latest_revision_as_object().practice_steps == html
