"""What goes out comes in again as it was."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from wagtail.rich_text import RichText

from intranet.exchange import exporting_items
from intranet.exchange.exporting import export_file
from intranet.exchange.importing import import_file
from intranet.memos.models import TrainingNotePage
from intranet.networks.models import AudienceToken, Membership, Network
from intranet.pages.models import ContentPage, GuardedDocument
from tests.exchange.conftest import WriteLines
from tests.exchange.lines import item, network, person
from tests.pages.factories import make_image, png

pytestmark = pytest.mark.django_db

LOGO = png()

BODY = (
    '<p>Un <strong>mot</strong> &amp; un <a href="https://example.org/?a=1&amp;b=2">lien</a><br>ligne.</p>'
    "<h2>Étapes</h2><ul><li>une</li><li>deux</li></ul><blockquote>Cité.</blockquote>"
    "<table><caption>Jours</caption><thead><tr><th>Jour</th><th>Heure</th></tr></thead>"
    "<tbody><tr><td>lundi</td><td>9 h</td></tr></tbody></table>"
    '<p>Voir <a href="item:late">plus loin</a> et <a href="attachment:files/plan.pdf">le plan</a>.</p>'
    '<aside data-block="callout" data-kind="deadline"><p>Avant vendredi.</p></aside>'
    '<figure data-block="quote"><blockquote>Une fois & pour toutes</blockquote>'
    "<figcaption>Une collègue</figcaption></figure>"
)

LINKS = '<p>Voir <a href="attachment:files/plan.pdf">le plan</a> de <a href="section:moncton">Moncton</a>.</p>'

KEPT = {"owner": "olga@example.org", "deputy": "omar@example.org", "review_on": "2099-03-01"}
MEMO = {"contact": "Le bureau", "effective_on": "2026-05-01", **KEPT}
NOTE = {
    "session_title": "Échange", "session_on": "2026-02-01", "session_hours": 2.5, "hosts": "Québec",
    "partners": "Appui", "related_memos": ["memo-2"], **KEPT,
}  # fmt: skip


def site_lines() -> list[dict[str, Any]]:
    return [
        network("office", kind="office", code="NAT"),
        network("halifax", code="HFX", languages=["en", "fr", "mic"], time_zone="America/Halifax"),
        network("appui", kind="partner", state="closed"),
        network("moncton", section={
            "fr": {"introduction": "<p>Bienvenue. <a href=\"item:late\">Lire</a></p>", "summary": "Accueil"},
            "audience": "members", "logo": "files/logo.png"}),
        network("directions", kind="table", joining="request", may_ask_others=True),
        {"type": "topic", "slug": "housing", "name": {"en": "Housing", "fr": "Logement"}},
        person(
            memberships=[
                {"network": "halifax", "role": "reader", "from": "2024-01-01", "until": "2024-12-31"},
                {"network": "halifax", "role": "contributor", "from": "2025-01-01", "until": None,
                 "ended": "2025-06-30T12:00:00Z", "reason": "Remplacement"},
                {"network": "halifax", "role": "coordinator", "from": "2025-07-01"},
                {"network": "directions", "role": "guest", "from": "2026-01-01", "until": "2099-12-31"},
            ]
        ),
        person("gone@example.org", active=False, language="en"),
        *(person(KEPT[name], memberships=[{"network": "office", "role": "publisher", "from": "2025-01-01"}])
          for name in ("owner", "deputy")),
        item("late", title="Plus loin", audience=["network:directions", "guests"], network="office"),
        item("top", body=BODY.replace("& pour", "&amp; pour"), topics=["logement"], summary="Court.",
             attachments=[{"path": "files/plan.pdf", "title": "Plan", "language": "iu"}], content_note="Dur.",
             contributing_networks=["appui"], contributors=["A. B.", "C. D."]),
        item("top-en", language="en", translation_of="top", title="Top", topics=["Housing"],
             expires="2099-06-30T16:00:00Z"),
        item("below", parent="top-en", audience="everyone", published=None),
        item("below-draft", parent="below", title="Dessous encore", language="en"),
        item("list", kind="index", audience="partners", body="<p>Tout est là.</p>", parent="top"),
        item("memo-1", kind="memo", network="office", audience="members",
             memo={"number": "NAT-2026-007", "acknowledge": True, "acknowledge_by": "2026-04-01",
                   "supersedes": "memo-2"}),
        item("memo-2", kind="memo", network="office", audience="members", memo=MEMO),
        item("note", kind="training_note", network="office", audience="partners", training_note=NOTE),
        item("linked", body=LINKS, attachments=[{"path": "files/plan.pdf", "title": "Plan", "listed": False}]),
        item("linked-note", kind="training_note", network="office", training_note={
            "learnings": '<p>Appris de <a href="item:top">top</a>.</p>',
            "practice_steps": '<p>Selon <a href="item:memo-1">la note</a>.</p><ol><li>Lire '
                              '<a href="attachment:files/plan.pdf">le plan</a></li>'
                              '<li><a href="item:late">Suivre</a></li></ol>'},
             attachments=[{"path": "files/plan.pdf", "title": "Plan", "listed": False}]),
    ]  # fmt: skip


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def bring_and_export(write_lines: WriteLines, tmp_path: Path) -> Path:
    files = tmp_path / "in" / "files"
    files.mkdir(parents=True)
    (files / "plan.pdf").write_bytes(b"%PDF-1.4 plan")
    (files / "logo.png").write_bytes(LOGO)
    report = import_file(write_lines(*site_lines()))
    assert report.errors == []
    path = tmp_path / "out" / "site.jsonl"
    path.parent.mkdir()
    export_file(path)
    return path


@pytest.fixture
def exported(write_lines: WriteLines, tmp_path: Path) -> Path:
    """A site, and its export."""
    return bring_and_export(write_lines, tmp_path)


@pytest.fixture
def exported_alone(write_lines: WriteLines, tmp_path: Path, settings: Any) -> Path:
    """The export of a site that is gone."""
    savepoint = transaction.savepoint()
    path = bring_and_export(write_lines, tmp_path)
    transaction.savepoint_rollback(savepoint)
    assert not Network.objects.exists()
    settings.MEDIA_ROOT = str(tmp_path / "other-media")
    return path


def test_export_says_what_was_imported(exported: Path) -> None:
    lines = {line.get("id") or line.get("slug") or line.get("email"): line for line in lines_of(exported)}
    top = lines["top"]
    assert top["topics"] == ["Logement"]
    attachment = top["attachments"][0]["path"]
    assert top["attachments"] == [{"path": attachment, "title": "Plan", "language": "iu"}]
    assert (exported.parent / attachment).read_bytes() == b"%PDF-1.4 plan"
    assert top["body"] == BODY.replace("& pour", "&amp; pour").replace("files/plan.pdf", attachment)
    section = lines["moncton"]["section"]
    assert (exported.parent / section.pop("logo")).read_bytes() == LOGO
    assert section == {
        "fr": {"introduction": '<p>Bienvenue. <a href="item:late">Lire</a></p>', "summary": "Accueil"},
        "audience": "members",
    }
    assert lines["late"]["audience"] == ["network:directions", "guests"]
    assert "audience" not in top
    assert lines["top-en"]["expires"] == "2099-06-30T16:00:00Z"
    assert "expires" not in top
    assert lines["below"]["published"] is None
    assert lines["below"]["parent"] == "top"
    assert lines["below-draft"]["parent"] == "below"
    assert lines["top-en"]["translation_of"] == "top"
    assert lines["memo-1"]["memo"] == {
        "number": "NAT-2026-007",
        "acknowledge": True,
        "acknowledge_by": "2026-04-01",
        "supersedes": "memo-2",
    }
    assert lines["memo-2"]["memo"] == {"number": "NAT-2026-008", **MEMO}
    assert lines["note"]["training_note"] == NOTE
    assert lines["directions"]["may_ask_others"] is True
    assert [held.get("ended") for held in lines["a@example.org"]["memberships"]] == [
        None,
        "2025-06-30T12:00:00Z",
        None,
        None,
    ]
    assert all("password" not in line for line in lines.values())


def test_export_is_the_same_in_small_steps(exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting_items, "CHUNK", 1)
    export_file(tmp_path / "steps.jsonl")

    assert sorted(map(str, lines_of(tmp_path / "steps.jsonl"))) == sorted(map(str, lines_of(exported)))


def test_import_of_an_export_changes_nothing(exported: Path) -> None:
    report = import_file(exported)
    assert (report.created, report.updated, report.errors, report.warnings) == (0, 0, [], [])
    assert report.unchanged == len(lines_of(exported))


def test_import_of_an_export_reproduces_the_site(exported_alone: Path, tmp_path: Path) -> None:
    report = import_file(exported_alone)
    assert report.errors == []
    assert report.created == len(lines_of(exported_alone))
    again = tmp_path / "again" / "site.jsonl"
    again.parent.mkdir()
    export_file(again)
    assert lines_of(again) == lines_of(exported_alone)
    late = ContentPage.objects.get(external_reference__external_id="late")
    tokens = set(AudienceToken.objects.filter(item=late.translation_key).values_list("token", flat=True))
    ids = dict(Network.objects.values_list("slug", "pk"))
    assert tokens == {f"network:{ids['office']}", f"network:{ids['directions']}", f"guest:{ids['office']}"}


def as_the_editor_writes(html: str) -> str:
    """Paragraphs with keys, links whose attributes stand in another order."""
    html = re.sub(r'<a linktype="(\w+)" id="(\d+)">', r'<a id="\2" linktype="\1">', html)
    return html.replace("<p>", '<p data-block-key="a1b2c">')


@pytest.mark.parametrize("is_edited", [False, True])
def test_links_stay_when_an_export_comes_back(exported: Path, tmp_path: Path, is_edited: bool) -> None:
    page = ContentPage.objects.get(external_reference__external_id="linked")
    note = TrainingNotePage.objects.get(external_reference__external_id="linked-note")
    if is_edited:
        page.body = [("text", RichText(as_the_editor_writes(page.body[0].value.source)))]
        note.learnings, note.practice_steps = map(as_the_editor_writes, (note.learnings, note.practice_steps))
        note.steps = [{**block, "value": as_the_editor_writes(block["value"])} for block in note.steps.get_prep_value()]
        page.save_revision().publish()
        note.save_revision().publish()
    texts = [page.body[0].value.source, note.learnings, note.practice_steps, *(s.value.source for s in note.steps)]
    assert [text.count("linktype=") for text in texts] == [2, 1, 1, 1, 1]
    path = tmp_path / "again" / "site.jsonl"
    path.parent.mkdir()
    export_file(path)
    lines = {line["id"]: line for line in lines_of(path) if line["type"] == "item"}
    (attached,) = lines["linked"]["attachments"]
    assert attached == {"path": attached["path"], "title": "Plan", "language": "", "listed": False}
    assert lines["linked"]["body"] == LINKS.replace("files/plan.pdf", attached["path"])
    assert lines["linked-note"]["training_note"]["learnings"] == '<p>Appris de <a href="item:top">top</a>.</p>'

    report = import_file(path)

    assert (report.created, report.updated, report.errors, report.warnings) == (0, 0, [], [])
    page.refresh_from_db()
    note.refresh_from_db()
    again = [page.body[0].value.source, note.learnings, note.practice_steps, *(s.value.source for s in note.steps)]
    assert again == texts
    assert [block.block_type for block in page.body] == ["text"]


def test_file_of_another_network_stays_with_it(exported: Path, tmp_path: Path) -> None:
    page = ContentPage.objects.get(external_reference__external_id="linked")
    office = Network.objects.get(slug="office")
    theirs = GuardedDocument.objects.get(collection__section_collection__network=office)
    link = f'<p><a linktype="document" id="{theirs.pk}">le plan</a></p>'
    page.body = [("text", RichText(link)), ("documents", [theirs])]
    page.save_revision().publish()
    path = tmp_path / "again" / "site.jsonl"
    path.parent.mkdir()

    export_file(path)

    (line,) = [line for line in lines_of(path) if line.get("id") == "linked"]
    assert [part["network"] for part in line["attachments"]] == ["office"]
    before = GuardedDocument.objects.count()
    report = import_file(path)
    assert (report.updated, report.errors, report.warnings) == (0, [], [])
    assert GuardedDocument.objects.count() == before
    export_file(path, network="halifax")
    (line,) = [line for line in lines_of(path) if line.get("id") == "linked"]
    assert "attachments" not in line


def test_image_of_another_network_stays_with_it(exported: Path, tmp_path: Path) -> None:
    page = ContentPage.objects.get(external_reference__external_id="linked")
    office, halifax = Network.objects.get(slug="office"), Network.objects.get(slug="halifax")
    theirs, own = make_image(office, "Leur carte"), make_image(halifax, "Notre carte")
    blocks = [{"image": image, "alternative_text": image.title, "caption": ""} for image in (theirs, own)]
    page.body = [("image", block) for block in blocks]
    page.save_revision().publish()
    path = tmp_path / "again" / "site.jsonl"
    path.parent.mkdir()

    export_file(path)

    (line,) = [line for line in lines_of(path) if line.get("id") == "linked"]
    assert re.findall(r'data-network="(\w+)" alt="([\w ]+)"', line["body"]) == [("office", "Leur carte")]
    report = import_file(path)
    assert (report.updated, report.errors, report.warnings) == (0, [], [])
    theirs.delete()
    report = import_file(path)
    assert (report.updated, report.errors, report.warnings) == (1, [], [])
    page.refresh_from_db()
    assert [block.value["image"].collection for block in page.body] == [
        network.section_collection.collection for network in (office, halifax)
    ]
    export_file(path, network="halifax")
    (line,) = [line for line in lines_of(path) if line.get("id") == "linked"]
    assert line["body"].startswith('<p>Leur carte</p><figure data-block="image"><img src="attachments/')


def test_stored_file_that_is_gone_is_named_and_the_rest_goes_out(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = GuardedDocument.objects.get(title="Plan", language="iu")
    page = ContentPage.objects.get(external_reference__external_id="below")
    image = make_image(Network.objects.get(slug="halifax"), "Carte")
    page.body = [("image", {"image": image, "alternative_text": "La carte", "caption": ""})]
    page.save_revision()
    logo = Network.objects.get(slug="moncton").logo
    for file in (document.file, image.file, logo):
        Path(file.path).unlink()
    path = tmp_path / "again" / "site.jsonl"
    path.parent.mkdir()

    with pytest.raises(CommandError, match="Some files were left out"):
        call_command("export_content", path)

    said = capsys.readouterr().err
    for name, file in (("top", document.file), ("below", image.file), ("moncton", logo)):
        sentence = f"“{name}” goes out without the file “{file.name}”, which cannot be read: No such file or directory."
        assert sentence in said
    lines = {line.get("id") or line.get("slug"): line for line in lines_of(path)}
    assert len(lines_of(path)) == len(lines_of(exported))
    assert "attachments" not in lines["top"]
    assert "<a>le plan</a>" in lines["top"]["body"]
    assert lines["below"]["body"] == "<p>La carte</p>"
    assert "logo" not in lines["moncton"]["section"]
    assert import_file(path).errors == []


def test_export_of_one_network_names_no_other(exported: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    export_file(path, network="halifax")
    lines = lines_of(path)
    assert {line["slug"] for line in lines if line["type"] == "network"} == {"halifax"}
    assert {line["network"] for line in lines if line["type"] == "item"} == {"halifax"}
    people = [line for line in lines if line["type"] == "person"]
    assert [line["email"] for line in people] == ["a@example.org"]
    assert {held["network"] for held in people[0]["memberships"]} == {"halifax"}
    assert import_file(path).errors == []
    current = Membership.objects.current().values_list("network__slug", "role")
    assert set(current) == {("halifax", "coordinator"), ("directions", "guest"), ("office", "publisher")}


def test_export_without_ids_gives_them_once(exported: Path, tmp_path: Path) -> None:
    page = ContentPage.objects.get(external_reference__external_id="top")
    page.external_reference.delete()
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    export_file(first)
    export_file(second)
    made = f"item-{page.translation_key.hex[:12]}-fr"
    assert [line["id"] for line in lines_of(first) if line.get("title") == "Titre top"] == [made]
    assert first.read_text() == second.read_text()
