"""A wrong line is named by its number and the reason; the rest goes in."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from intranet.accounts.models import User
from intranet.exchange import attachments, reading
from intranet.exchange.importing import import_file
from intranet.memos.models import TrainingNotePage
from intranet.networks.models import Item, Network
from intranet.pages.models import ContentPage, ExternalReference, GuardedDocument, SectionPage
from tests.exchange.conftest import Bring, WriteLines
from tests.exchange.lines import item, network, person
from tests.pages.factories import png

pytestmark = pytest.mark.django_db


def without(line: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in names}


ALONE: dict[str, tuple[Any, str]] = {
    "no_type": ({"slug": "x"}, "“type” is missing."),
    "unknown_type": ({"type": "event"}, "“type” must be one of: network, person, topic, item, term."),
    "not_json": (b"{", "This is not JSON, from character 2 on."),
    "not_a_number": (b'{"type": NaN}', "This is not JSON, from character 1 on."),
    "not_an_object": ([1, 2], "The line must hold one JSON object."),
    "not_utf8": (b'{"type": "\xff"}', "Byte 11 of the line is not UTF-8."),
    "nul": (item(title="a\x00b"), "A text holds a NUL character or half of a character."),
    "half_a_character": (b'{"type": "\\ud800"}', "A text holds a NUL character or half of a character."),
    "nested": (b"[" * 100_000, "The JSON is nested too deeply."),
    "missing_field": (without(item(), "title"), "“title” is missing."),
    "blank_title": (item(title=" "), "“title” is wrong: it is empty."),
    "long_title": (item(title="x" * 256), "“title” is longer than 255 characters."),
    "wrong_type": (item(title=3), "“title” must be a text."),
    "wrong_topics": (item(topics="a"), "“topics” must be a list."),
    "bad_date": (
        item(published="2026-02-30T00:00:00Z"),
        "“published” is wrong: this is not a date with its time such as 2026-03-02T14:00:00Z.",
    ),
    "far_date": (
        item(published="0001-01-01T00:00:00+14:00"),
        "“published” is wrong: this is not a date with its time such as 2026-03-02T14:00:00Z.",
    ),
    "bad_end": (
        item(expires="soon"),
        "“expires” is wrong: this is not a date with its time such as 2026-03-02T14:00:00Z.",
    ),
    "end_before_publication": (
        item(expires="2026-03-02T13:59:59Z"),
        "Wrong: “expires” is not after “published”.",
    ),
    "end_of_a_memo": (item(kind="memo", expires="2099-01-01T00:00:00Z"), "A memo does not end by itself."),
    "holder_of_an_attachment": (
        item(attachments=[{"path": "a.pdf", "network": "nowhere"}]),
        "There is no network “nowhere”.",
    ),
    "unknown_kind": (item(kind="song"), "“kind” must be one of: "),
    "unknown_language": (item(language="es"), "“language” must be one of: fr, en."),
    "unknown_audience": (item(audience="public"), "“audience” must be one of: section, members, partners, everyone."),
    "audience_word": (
        item(audience=["halifax"]),
        "“audience” is wrong: in a list each entry is “guests” or “network:” with a short name.",
    ),
    "unknown_network": (item(network="nowhere"), "There is no network “nowhere”."),
    "unknown_audience_network": (item(audience=["network:nowhere"]), "There is no network “nowhere”."),
    "unknown_parent": (item(parent="lost"), "It names “lost”, which is neither in the file nor here."),
    "unknown_original": (item(translation_of="lost"), "It names “lost”, which is neither in the file nor here."),
    "unknown_region": (network("x", region="ZZ"), "“region” must be one of: "),
    "unknown_network_kind": (network("x", kind="club"), "“kind” must be one of: office, society"),
    "bad_slug": (network("x y"), "“slug” is wrong: use letters without accents, digits, hyphens and underscores."),
    "name_in_one_language": (network("x", name={"fr": "X"}), "“name.en” is missing."),
    "taken_code": (network("x", code="HALIFAX"), "“code”: "),
    "bad_email": (person("nobody"), "“email” is wrong: this is not an e-mail address."),
    "unknown_role": (
        person("b@example.org", memberships=[{"network": "halifax", "role": "boss"}]),
        "“memberships[0].role” must be one of: reader, contributor, publisher, coordinator, guest.",
    ),
    "membership_elsewhere": (
        person("b@example.org", memberships=[{"network": "nowhere", "role": "reader"}]),
        "There is no network “nowhere”.",
    ),
    "two_memberships": (
        person("b@example.org", memberships=[{"network": "halifax", "role": role} for role in ("reader", "guest")]),
        "Two memberships in the network “halifax” are not over; only one can be in force.",
    ),
    "wrong_order": (
        person(
            "b@example.org",
            memberships=[{"network": "halifax", "role": "reader", "from": "2026-02-01", "until": "2026-01-01"}],
        ),
        "“memberships[0]” is wrong: the last day is before the first day.",
    ),
    "memo_date": (
        item(kind="memo", memo={"acknowledge": True, "acknowledge_by": "soon"}),
        "“memo.acknowledge_by” must be a day such as 2026-04-01.",
    ),
    "memo_supersedes": (
        item(kind="memo", memo={"supersedes": "lost"}),
        "It names “lost”, which is neither in the file nor here.",
    ),
    "memo_number_taken": (
        item(kind="memo", memo={"number": "HALIFAX-2026-007"}),
        "The number HALIFAX-2026-007 belongs to another memo.",
    ),
    "memo_supersedes_a_page": (
        item(kind="memo", memo={"supersedes": "there"}),
        "It names “there”, which is not one of these kinds: memo.",
    ),
    "attachment_missing": (item(attachments=[{"path": "no.pdf"}]), "The file “no.pdf” is missing."),
    "attachment_above": (
        item(attachments=[{"path": "../secret.pdf"}]),
        "The file “../secret.pdf” is not in the folder of the exchange file.",
    ),
    "attachment_absolute": (
        item(attachments=[{"path": "/etc/passwd"}]),
        "The file “/etc/passwd” is not in the folder of the exchange file.",
    ),
    "attachment_linked": (
        item(attachments=[{"path": "link.pdf"}]),
        "The file “link.pdf” is not in the folder of the exchange file.",
    ),
    "attachment_kind": (item(attachments=[{"path": "run.exe"}]), "The file “run.exe” is not of a kind"),
    "below_a_memo": (item(parent="memo"), "Nothing can be below “memo”, which is not a page or a list of pages."),
    "other_network": (item(parent="there"), "Its parent “there” is in another network."),
}


def test_each_wrong_line_is_named_and_the_rest_goes_in(write_lines: WriteLines, tmp_path: Path) -> None:
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    (folder / "run.exe").write_bytes(b"MZ")
    (folder / "a.pdf").write_bytes(b"%PDF")
    memo = item("memo", kind="memo", memo={"number": "HALIFAX-2026-007"})
    good = [network(), network("moncton"), memo, item("there", network="moncton")]
    wrong = [
        {**line, "id": f"wrong-{name}"} if isinstance(line, dict) and "id" in line else line
        for name, (line, _reason) in ALONE.items()
    ]
    report = import_file(write_lines(*good, *wrong, item("last")))
    reasons = {error.line: error.reason for error in report.errors}
    for number, (name, (_line, reason)) in enumerate(ALONE.items(), len(good) + 1):
        assert reasons.pop(number, "").startswith(reason), name
    assert reasons == {}
    assert report.created == 5
    assert set(ExternalReference.objects.values_list("external_id", flat=True)) == {"memo", "there", "last"}
    assert set(Network.objects.values_list("slug", flat=True)) == {"halifax", "moncton"}
    assert not User.objects.exists()
    assert not GuardedDocument.objects.exists()


def reasons_of(report: Any) -> dict[int, str]:
    return {error.line: error.reason for error in report.errors}


def test_lines_that_contradict_each_other(bring: Bring) -> None:
    report = bring(
        network(),  # 1
        network("moncton"),
        network(),  # 3: duplicate
        person(),
        person(email="A@Example.org"),  # 5: duplicate
        item("twice"),
        item("twice", title="Encore"),  # 7: duplicate
        item("c-1", translation_of="c-2"),  # 8, 9: circle
        item("c-2", language="en", translation_of="c-1"),
        item("p-1", parent="p-3"),  # 10, 11, 12: circle
        item("p-2", parent="p-1"),
        item("p-3", parent="p-2"),
        item("p-4", parent="p-3"),  # 13: below the circle
        item("n-1"),  # 14, 15: two networks
        item("n-2", language="en", translation_of="n-1", network="moncton"),
        item("a-1", audience="members"),  # 16, 17: two audiences
        item("a-2", language="en", translation_of="a-1"),
        item("l-1"),  # 18
        item("l-2", translation_of="l-1"),  # 19: same language
        item("bad", published="never"),  # 20
        item("bad-en", language="en", translation_of="bad"),  # 21
        item("bad-below", parent="bad"),  # 22
    )
    reasons = reasons_of(report)
    assert reasons[3] == "“slug” is the one of line 1: “halifax”."
    assert reasons[5] == "“email” is the one of line 4: “a@example.org”."
    assert reasons[7] == "“id” is the one of line 6: “twice”."
    assert reasons[8] == reasons[9] == "These translations name each other in a circle: c-1 → c-2 → c-1."
    assert all(reasons[line].startswith("These items are below each other in a circle: p-") for line in (10, 11, 12))
    assert reasons[13] == "It is below “p-3”, which is refused."
    assert reasons[14] == reasons[15] == "The versions of this item are in different networks."
    assert reasons[16] == reasons[17] == "The versions of this item have different audiences."
    assert reasons[19] == "Line 18 has this item in the same language."
    assert reasons[21] == reasons[22] == "It names “bad”, whose line 20 is refused."
    assert set(reasons) == {3, 5, 7, *range(8, 18), 19, 20, 21, 22}
    assert set(ExternalReference.objects.values_list("external_id", flat=True)) == {"twice", "l-1"}
    assert ContentPage.objects.get(external_reference__external_id="twice").title == "Titre twice"


def test_long_line_is_refused_without_being_held(write_lines: WriteLines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE_BYTES", 100_000)
    path = write_lines(network(), item("long", body="x" * 5_000_000), item("short"))
    with path.open("rb") as stream:
        assert [line.data is None for line in reading.read_lines(stream)] == [False, True, False]
    report = import_file(path)
    assert [error.line for error in report.errors] == [2]
    assert report.created == 2


def test_bom_blank_lines_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "w.jsonl"
    lines = [json.dumps(network()), "", "  ", json.dumps(item(parent="absent"))]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + b"\r\n")
    report = import_file(path)
    assert report.created == 1
    assert [error.line for error in report.errors] == [4]


def test_file_that_is_too_large_is_refused(write_lines: WriteLines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MAX_ATTACHMENT_BYTES", 2)
    path = write_lines(network(), item(attachments=[{"path": "a.pdf"}]))
    (path.parent / "a.pdf").write_bytes(b"%PDF")
    assert reasons_of(import_file(path))[2].startswith("The file “a.pdf” is larger than")


def test_scripts_are_left_out_and_named(bring: Bring) -> None:
    body = (
        '<p onclick="steal()">Bonjour <a href="javascript:steal()">ici</a><script>steal()</script></p>'
        '<iframe src="https://example.org"></iframe><img src=x onerror=steal()><style>p{}</style>'
        '<a linktype="page" id="1">page</a>'
    )
    report = bring(network(), item(body=body), item("x-2"))
    assert report.errors == []
    assert [(warning.line, warning.reason) for warning in report.warnings] == [
        (2, "An image was left out. The file “x” is missing."),
        (2, "What could run in the reader’s browser was left out of “body”."),
    ]
    page = ContentPage.objects.get(external_reference__external_id="x-1")
    assert [(block.block_type, block.value.source) for block in page.body] == [
        ("text", "<p>Bonjour ici</p><p>page</p>")
    ]


def test_scripts_in_texts_of_any_field_are_named(bring: Bring) -> None:
    script = "<p>Un mot.</p><script>steal()</script>"
    note = {"learnings": script, "practice_steps": "<ol><li onclick='steal()'>Lire</li></ol>", "hosts": "onclick ="}
    report = bring(
        network(section={"fr": {"introduction": script}, "en": {"introduction": "<p>A word.</p>"}}),
        item("note", kind="training_note", training_note=note),
        item("list", kind="index", body=script),
        item("clean", kind="training_note", training_note={"learnings": "<p>Un mot.</p>"}),
    )
    assert report.errors == []
    left = "What could run in the reader’s browser was left out of “{}”.".format
    assert [(warning.line, warning.reason) for warning in report.warnings] == [
        (1, left("section.fr.introduction")),
        (2, left("training_note.learnings")),
        (2, left("training_note.practice_steps")),
        (3, left("body")),
    ]
    assert SectionPage.objects.get(locale__language_code="fr").introduction == "<p>Un mot.</p>"
    assert TrainingNotePage.objects.get(external_reference__external_id="note").learnings == "<p>Un mot.</p>"


IMAGES = (
    '<p>Avant <img src="../secret.png" alt="un"></p><img src="no.png" alt="deux">'
    '<figure><img src="https://example.org/a.png" alt="trois"></figure>'
    '<ul><li><img src="good.png" alt="quatre"></li></ul>'
    '<aside data-block="callout"><p><img src="//example.org/b.png" alt="cinq"></p></aside><img alt="six">'
    '<img src="good.png" alt="sept"><img src="good.png" alt="huit" data-network="nowhere">'
)


def test_images_that_cannot_come_in_are_named(bring: Bring, write_lines: WriteLines) -> None:
    (write_lines().parent / "good.png").write_bytes(png())
    lines = [network(), item(body=IMAGES), item("list", kind="index", body='<p><img src="good.png" alt="un"></p>')]
    report = bring(*lines)
    assert report.errors == []
    left = "An image was left out. "
    assert {(warning.line, warning.reason) for warning in report.warnings} == {
        (2, f"{left}The file “../secret.png” is not in the folder of the exchange file."),
        (2, f"{left}The file “no.png” is missing."),
        (2, f"{left}“https://example.org/a.png” is on another site."),
        (2, f"{left}“good.png” stands where only words can."),
        (2, f"{left}“//example.org/b.png” stands where only words can."),
        (2, f"{left}It names no file."),
        (2, f"{left}There is no network “nowhere”."),
        (3, f"{left}“good.png” stands where only words can."),
    }
    body = ContentPage.objects.get(external_reference__external_id="x-1").body
    assert [block.block_type for block in body] == ["text", "callout", "text", "image", "text"]
    assert body[0].value.source == "<p>Avant</p><p>un</p><p>deux</p><p>trois</p><ul><li>quatre</li></ul>"
    assert body[1].value["text"].source == "<p>cinq</p>"


def test_links_that_lead_nowhere_and_files_shown_nowhere_are_named(bring: Bring, write_lines: WriteLines) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        (write_lines().parent / name).write_bytes(b"%PDF " + name.encode())
    body = (
        '<p><a href="item:lost">un</a> <a href="section:lost">deux</a> <a href="attachment:lost.pdf">trois</a> '
        '<a href="attachment:a.pdf">quatre</a> <a href="item:later">cinq</a></p>'
    )
    attachments = [{"path": "a.pdf", "listed": False}, {"path": "b.pdf", "listed": False}, {"path": "c.pdf"}]
    note = {"practice_steps": '<ol><li><a href="item:later">un</a> <a href="item:lost">deux</a></li></ol>'}
    report = bring(
        network(),
        item(body=body, attachments=attachments),
        item("list", kind="index", body='<p><a href="attachment:a.pdf">un</a></p>', attachments=attachments),
        item("note", kind="training_note", training_note=note),
        item("later"),
    )
    assert report.errors == []
    lost = "A link was left out: “{}” leads nowhere.".format
    nowhere = "The file “{}” was left out: it is shown nowhere. Link to it in the text.".format
    assert [(warning.line, warning.reason) for warning in report.warnings] == [
        (2, lost("attachment:lost.pdf")),
        (2, lost("item:lost")),
        (2, lost("section:lost")),
        (2, nowhere("b.pdf")),
        (3, nowhere("b.pdf")),
        (3, nowhere("c.pdf")),
        (4, lost("item:lost")),
    ]
    assert sorted(GuardedDocument.objects.values_list("title", flat=True)) == ["a.pdf", "c.pdf"]


def test_file_that_cannot_be_opened_is_named(write_lines: WriteLines, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [network(), item("one", attachments=[{"path": "locked.pdf"}]), item("two", attachments=[{"path": "a.pdf"}])]
    path = write_lines(*lines, item("last"))
    for name in ("locked.pdf", "a.pdf"):
        (path.parent / name).write_bytes(b"%PDF")
    refused = PermissionError(errno.EACCES, "Permission denied")
    opened = Path.open

    def open_(self: Path, *args: Any, **options: Any) -> Any:
        if self.name == "locked.pdf":
            raise refused
        return opened(self, *args, **options)

    def hash_(stream: Any) -> str:
        raise refused

    monkeypatch.setattr(Path, "open", open_)
    # The other one can be opened at first, and not read when its line goes in.
    monkeypatch.setattr(attachments, "hash_filelike", hash_)
    report = import_file(path)
    assert reasons_of(report) == {
        2: "The file “locked.pdf” cannot be read.",
        3: "A file of this line cannot be read or stored: Permission denied.",
    }
    assert set(ExternalReference.objects.values_list("external_id", flat=True)) == {"last"}


def test_atomic_takes_all_or_nothing(bring: Bring, write_lines: WriteLines) -> None:
    report = bring(network(), person(), item(), item("bad", network="nowhere"), atomic=True)
    assert [error.line for error in report.errors] == [4]
    assert (report.created, report.updated) == (0, 0)
    assert not Network.objects.exists()
    assert not User.objects.exists()
    assert bring(network(), item(), atomic=True).created == 2
    assert Network.objects.count() == 1


def test_dry_run_reports_and_leaves_nothing(write_lines: WriteLines) -> None:
    path = write_lines(network(), item(attachments=[{"path": "a.pdf"}]), item("bad", kind="song"))
    (path.parent / "a.pdf").write_bytes(b"%PDF")
    report = import_file(path, dry_run=True)
    assert (report.created, [error.line for error in report.errors]) == (2, [3])
    assert not Network.objects.exists()
    assert not Item.objects.exclude(network=None).exists()


def test_command_names_lines_and_fails(write_lines: WriteLines, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_content", write_lines(network(), item(kind="song")))
    out, err = capsys.readouterr()
    assert "Line 2: “kind” must be one of" in err
    assert out == "1 created, 0 updated, 0 unchanged, 1 refused.\n"
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_content", "/nowhere/content.jsonl")
