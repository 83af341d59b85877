"""Memos go out and come in with whom they ask, who keeps them, and what was withdrawn."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import PageLogEntry

from intranet.exchange.exporting import export_file
from intranet.exchange.importing import import_file
from intranet.memos import editions
from intranet.memos.archiving import bring_back
from intranet.memos.follow_up.history import Audience, audiences_since
from intranet.memos.models import ArchivedItem, ArchiveEvent, Keeping, MemoPage, MemoRecord, TrainingNotePage
from intranet.memos.verifying import verify
from intranet.networks.audiences import Rule
from intranet.networks.models import AudienceEvent
from search.models import Entry
from tests.exchange.conftest import written
from tests.exchange.lines import item, network, person
from tests.memos.factories import record_of

pytestmark = pytest.mark.django_db

MEMO = {
    "acknowledge": True,
    "acknowledge_by": None,
    "asked_roles": ["coordinator", "reader"],
    "asked_networks": ["halifax"],
    "owner": "a@example.org",
    "review_on": "2027-04-01",
    "withdrawn": {"at": "2026-03-05T12:00:00+00:00", "reason": "La règle était fausse.", "language": "fr"},
}


def brought_in(folder: Path, **memo: Any) -> Any:
    lines = [
        network(),
        person(memberships=[{"network": "halifax", "role": "publisher"}]),
        item("m-1", kind="memo", memo={**MEMO, **memo}),
    ]
    return import_file(written(folder / "in.jsonl", *lines))


def test_memo_comes_in_as_it_went_out(tmp_path: Path) -> None:
    brought_in(tmp_path)
    record = MemoRecord.objects.get()
    assert (record.withdrawn_reason, record.withdrawn_at.isoformat()) == (
        "La règle était fausse.",
        MEMO["withdrawn"]["at"],
    )
    assert [(each.kind, each.reason, each.by) for each in record.withdrawal_events.all()] == [
        ("withdrawn", "La règle était fausse.", None)
    ]
    assert set(record.asked_roles.values_list("role", flat=True)) == {"coordinator", "reader"}
    assert [each.slug for each in record.asked_networks.all()] == ["halifax"]
    assert Keeping.objects.get().responsible.email == "a@example.org"
    assert MemoPage.objects.get().live

    export_file(tmp_path / "out.jsonl")
    lines = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    (memo,) = [line["memo"] for line in lines if line["type"] == "item"]
    assert memo == {**MEMO, "number": record.number}

    brought_in(tmp_path, number=record.number)
    assert record.editions.count() == 1


def two_languages(folder: Path, body: str = "Corps.", *, without: str = "", **facts: Any) -> Any:
    """A memo that came out in May in both languages, and one that it replaces and links to, below it in the file."""
    memo = {"acknowledge": True, "supersedes": "old", **facts}
    line = item("m-fr", kind="memo", language="fr", title="Règle", published="2026-05-01T12:00:00+00:00", memo=memo)
    line["body"] = f'<p>{body} <a href="item:old">Avant</a></p>'
    english = {**line, "id": "m-en", "language": "en", "title": "Rule", "translation_of": "m-fr"}
    english["published"] = "2026-05-02T12:00:00+00:00"
    old = item(
        "old", kind="memo", title="Ancienne", published="2026-04-01T12:00:00+00:00", memo={"number": "HFX-2026-001"}
    )
    lines = [each for each in (line, english) if each["id"] != without]
    return import_file(written(folder / "in.jsonl", network(), *lines, old))


def own_record() -> MemoRecord:
    """Of the memo in two languages."""
    return MemoRecord.objects.exclude(number="HFX-2026-001").get()


def editions_here() -> list[tuple[str, str, list[str], str]]:
    """Their labels, kinds, languages and days."""
    return [
        (each.label, each.kind, each.languages, each.published_at.date().isoformat())
        for each in own_record().editions.order_by("number", "revision")
    ]


def test_memo_that_comes_in_in_two_languages_is_one_edition_of_its_day(tmp_path: Path) -> None:
    first = [("1", "first", ["en", "fr"], "2026-05-01")]
    for _again in range(2):
        assert not two_languages(tmp_path).errors
        assert editions_here() == first

    edition = own_record().editions.get()
    assert edition.content["missing"] is None
    assert edition.content["facts"]["replaces"] == str(MemoRecord.objects.get(number="HFX-2026-001").item_id)
    assert "old" not in str(edition.content["texts"])
    assert [problems for _edition, problems in verify() if problems] == []

    assert not two_languages(tmp_path, "Autre corps.").errors
    today = timezone.now().date().isoformat()
    assert editions_here() == [*first, ("1.1", "minor", ["en", "fr"], today)]


def test_memo_that_was_withdrawn_elsewhere_comes_in_with_its_edition(tmp_path: Path) -> None:
    for _again in range(2):
        assert not two_languages(tmp_path, withdrawn=MEMO["withdrawn"]).errors
        assert editions_here() == [("1", "first", ["en", "fr"], "2026-05-01")]
        assert own_record().withdrawn_at is not None


def test_language_that_comes_in_later_is_an_edition_of_its_own(tmp_path: Path) -> None:
    assert not two_languages(tmp_path, without="m-en").errors
    assert editions_here() == [("1", "first", ["fr"], "2026-05-01")]

    assert not two_languages(tmp_path).errors

    assert [(label, kind) for label, kind, *_rest in editions_here()] == [("1", "first"), ("1.1", "language")]


def test_item_of_which_no_edition_can_be_made_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("intranet.memos.editions.freeze", fail)
        report = two_languages(tmp_path)

    assert ([error.line for error in report.errors], report.created) == ([2, 3, 4], 1)
    assert not MemoPage.objects.filter(title="Ancienne").exists()

    assert not two_languages(tmp_path).errors
    assert len(editions_here()) == 1


def test_memo_is_published_with_its_edition_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = editions.freeze

    def fail(record: MemoRecord, *args: Any) -> Any:
        if record.number == "HFX-2026-001":
            return made(record, *args)
        raise OSError("No space left on device")

    def refused(*lines: int, body: str = "Corps.") -> None:
        with monkeypatch.context() as patch:
            patch.setattr("intranet.memos.editions.freeze", fail)
            report = two_languages(tmp_path, body)
        assert [(error.line, "No space left on device" in error.reason) for error in report.errors] == [
            (line, True) for line in lines
        ]

    refused(2, 3)
    assert [page.title for page in MemoPage.objects.all()] == ["Ancienne"]
    assert MemoRecord.objects.count() == 1

    assert not two_languages(tmp_path).errors
    assert len(editions_here()) == 1
    before = list(MemoPage.objects.order_by("pk").values_list("pk", "live_revision", "body"))

    refused(2, 3, body="Autre corps.")
    assert list(MemoPage.objects.order_by("pk").values_list("pk", "live_revision", "body")) == before
    assert not two_languages(tmp_path, "Autre corps.").errors
    assert [label for label, *_rest in editions_here()] == ["1", "1.1"]


def test_memos_without_numbers_get_them_in_the_order_of_the_file(tmp_path: Path) -> None:
    bodies = ("<p>Un.</p>", '<p><a href="item:m-2">Deux</a></p>', "<p>Trois.</p>")
    memos = [item(f"m-{number}", kind="memo", body=body) for number, body in enumerate(bodies)]

    assert not import_file(written(tmp_path / "in.jsonl", network(), *memos)).errors

    numbers = [record_of(page).number for page in MemoPage.objects.order_by("title")]
    assert numbers == ["HALIFAX-2026-001", "HALIFAX-2026-002", "HALIFAX-2026-003"]


def test_memo_that_replaces_one_that_is_refused_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = editions.freeze

    def fail(record: MemoRecord, *args: Any) -> Any:
        if record.number == "HFX-2026-001":
            raise OSError("No space left on device")
        return made(record, *args)

    monkeypatch.setattr("intranet.memos.editions.freeze", fail)
    lines = [
        network(code="HFX"),
        item("new", kind="memo", memo={"number": "HFX-2026-003", "supersedes": "middle"}),
        item("middle", kind="memo", memo={"number": "HFX-2026-002", "supersedes": "old"}),
        item("old", kind="memo", memo={"number": "HFX-2026-001"}),
        item("note", kind="training_note", training_note={"related_memos": ["old"]}),
    ]

    report = import_file(written(tmp_path / "in.jsonl", *lines))

    reasons = {error.line: error.reason for error in report.errors}
    assert sorted(reasons) == [2, 3, 4, 5]
    assert reasons[2] == "“memo.supersedes” names “middle”, which is refused."
    assert reasons[3] == "“memo.supersedes” names “old”, which is refused."
    assert reasons[5] == "“training_note.related_memos” names “old”, which is refused."
    assert not MemoPage.objects.exists()


def test_record_of_what_came_in_names_no_audience_that_nobody_was_in(tmp_path: Path) -> None:
    memo = item("m-1", kind="memo", memo={"acknowledge": True}, audience="partners")
    import_file(written(tmp_path / "in.jsonl", network(), memo))
    record = MemoRecord.objects.select_related("item").get()
    assert AudienceEvent.objects.filter(key=record.item_id).exists()
    assert record.published_at < timezone.now() - datetime.timedelta(days=30)

    audiences = audiences_since(record.item, record.published_at)

    assert audiences == [Audience(record.published_at, Rule("partners"))]


@pytest.mark.parametrize(("kind", "page_type"), [("memo", MemoPage), ("training_note", TrainingNotePage)])
def test_what_was_archived_is_archived_where_it_comes_in(tmp_path: Path, kind: str, page_type: Any) -> None:
    archived = {"at": "2026-03-05T12:00:00+00:00", "reason": "La cour est vendue.", "language": "fr"}
    for _again in range(2):
        line = item("i-1", kind=kind, **{kind: {"archived": archived}})
        assert not import_file(written(tmp_path / "in.jsonl", network(), line)).errors

    page = page_type.objects.get()
    held = ArchivedItem.objects.get(item=page.translation_key)
    assert (held.at.isoformat(), held.reason, held.language) == tuple(archived.values())
    assert [(each.kind, each.by) for each in ArchiveEvent.objects.all()] == [("archived", None)]
    assert page.live and Entry.objects.get(key=str(page.translation_key)).standing == "archived"
    export_file(tmp_path / "out.jsonl")
    lines = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert [line[kind]["archived"] for line in lines if line["type"] == "item"] == [archived]


ARCHIVED = {"at": "2026-03-05T12:00:00+00:00", "reason": "La cour est vendue.", "language": "fr"}


def test_what_is_not_known_of_a_withdrawal_or_an_archiving_is_left_alone(tmp_path: Path) -> None:
    more = {"by": "a@example.org", "office": "Halifax"}
    facts = {"withdrawn": {**MEMO["withdrawn"], **more}, "archived": {**ARCHIVED, **more}}
    lines = [item(f"m-{name}", kind="memo", memo={name: said}) for name, said in facts.items()]

    assert not import_file(written(tmp_path / "in.jsonl", network(), *lines)).errors

    assert MemoRecord.objects.get(withdrawn_at__isnull=False).withdrawn_reason == "La règle était fausse."
    assert ArchivedItem.objects.get().reason == "La cour est vendue."


@pytest.mark.parametrize(("kind", "page_type"), [("memo", MemoPage), ("training_note", TrainingNotePage)])
def test_archiving_is_taken_over_though_nothing_else_changed(tmp_path: Path, kind: str, page_type: Any) -> None:
    def again(**facts: Any) -> Any:
        return import_file(written(tmp_path / "in.jsonl", network(), item("i-1", kind=kind, **{kind: facts})))

    again()
    page = page_type.objects.get()
    revision = page.latest_revision_id

    report = again(archived=ARCHIVED)

    assert (report.errors, report.updated) == ([], 1)
    assert ArchivedItem.objects.get().reason == "La cour est vendue."
    assert Entry.objects.get(key=str(page.translation_key)).standing == "archived"
    history = PageLogEntry.objects.filter(page=page.pk, action__startswith="memos.")
    assert [(line.action, line.data["reason"]) for line in history] == [("memos.archive", "La cour est vendue.")]
    for facts in ({"archived": ARCHIVED}, {}):
        assert (again(**facts).updated, ArchiveEvent.objects.count()) == (0, 1)
    bring_back(page.translation_key, by=None)
    assert again(archived=ARCHIVED).updated == 1
    assert [each.kind for each in ArchiveEvent.objects.all()] == ["archived", "returned", "archived"]
    page.refresh_from_db()
    assert page.latest_revision_id == revision


def test_withdrawal_is_taken_over_though_nothing_else_changed(tmp_path: Path) -> None:
    other = {**MEMO["withdrawn"], "reason": "The rule was wrong.", "language": "en"}

    def again(**withdrawn: Any) -> Any:
        lines = [
            item(f"m-{code}", kind="memo", language=code, memo={"withdrawn": said} if said else {})
            | ({"translation_of": "m-fr"} if code == "en" else {})
            for code, said in withdrawn.items()
        ]
        return import_file(written(tmp_path / "in.jsonl", network(), *lines))

    again(fr=None, en=None)
    assert Entry.objects.filter(kind="memo", is_deleted=False).exists()
    planned = MemoPage.objects.get(locale__language_code="fr")
    planned.go_live_at = timezone.now() + datetime.timedelta(days=1)
    planned.save_revision(approved_go_live_at=planned.go_live_at)

    report = again(fr=MEMO["withdrawn"], en=other)

    assert (report.errors, report.updated, report.unchanged) == ([], 1, 2)
    record = MemoRecord.objects.get()
    assert (record.withdrawn_reason, record.editions.count()) == ("La règle était fausse.", 1)
    assert not Entry.objects.filter(kind="memo", is_deleted=False).exists()
    assert not planned.revisions.filter(approved_go_live_at__isnull=False).exists()
    # What says nothing of it does not bring it back, nor does what is known.
    for lines in ({"fr": MEMO["withdrawn"], "en": other}, {"fr": None, "en": None}):
        assert again(**lines).updated == 0
        assert MemoRecord.objects.get().withdrawn_at == record.withdrawn_at
    corrected = {**MEMO["withdrawn"], "reason": "Elle était fausse."}
    assert again(fr=corrected, en=other).updated == 1
    assert MemoRecord.objects.get().withdrawn_reason == "Elle était fausse."
    assert [each.reason for each in record.withdrawal_events.all()] == ["La règle était fausse."]


@pytest.mark.parametrize(
    ("memo", "reason"),
    [
        ({"asked_roles": ["boss"]}, "boss"),
        ({"asked_roles": "reader"}, "asked_roles"),
        ({"asked_networks": ["nowhere"]}, "nowhere"),
        ({"owner": "nobody@example.org"}, "nobody@example.org"),
        ({"review_on": "soon"}, "review_on"),
        ({"withdrawn": {"reason": "x"}}, "withdrawn"),
        ({"withdrawn": {"at": "2026-03-05T12:00:00", "reason": "x", "language": "fr"}}, "withdrawn"),
        ({"withdrawn": "yes"}, "withdrawn"),
        ({"withdrawn": {**MEMO["withdrawn"], "at": "0001-01-01T00:00:00+05:00"}}, "withdrawn"),
        ({"archived": {"reason": "x"}}, "memo.archived"),
        (
            {"withdrawn": {**MEMO["withdrawn"], "at": "2999-01-01T12:00:00+00:00"}},
            "memo.withdrawn.at” is in the future",
        ),
        ({"archived": {**MEMO["withdrawn"], "at": "2999-01-01T12:00:00+00:00"}}, "memo.archived.at” is in the future"),
    ],
)
def test_wrong_facts_are_named(tmp_path: Path, memo: dict[str, Any], reason: str) -> None:
    report = brought_in(tmp_path, **memo)

    assert reason in str(report.errors)
    assert not MemoPage.objects.exists()
