"""Memos go out and come in with whom they ask, who keeps them, and what was withdrawn."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from intranet.exchange.exporting import export_file
from intranet.exchange.importing import import_file
from intranet.memos.follow_up.history import Audience, audiences_since
from intranet.memos.models import ArchivedItem, ArchiveEvent, Keeping, MemoPage, MemoRecord, TrainingNotePage
from intranet.networks.audiences import Rule
from intranet.networks.models import AudienceEvent
from search.models import Entry
from tests.exchange.conftest import written
from tests.exchange.lines import item, network, person

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
        ({"archived": {"reason": "x"}}, "memo.archived"),
    ],
)
def test_wrong_facts_are_named(tmp_path: Path, memo: dict[str, Any], reason: str) -> None:
    report = brought_in(tmp_path, **memo)

    assert reason in str(report.errors)
    assert not MemoPage.objects.exists()
