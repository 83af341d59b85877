"""The same id updates; an absent field takes its default."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from intranet.accounts.models import AccountEvent, User
from intranet.exchange.exceptions import LineRefused
from intranet.exchange.items import ItemWriter
from intranet.exchange.schema import ItemLine
from intranet.memos.models import MemoPage, TrainingNotePage
from intranet.networks.access import tokens_for
from intranet.networks.audiences import Rule, set_rule
from intranet.networks.models import AudienceToken, Item, Membership, Network
from intranet.pages.exchange import PageKind
from intranet.pages.models import ContentPage, GuardedDocument, IndexPage
from tests.exchange.conftest import Bring, WriteLines
from tests.exchange.lines import item, network, person
from tests.meanwhile import begun
from tests.pages.factories import make_page

pytestmark = pytest.mark.django_db


def page(name: str) -> ContentPage:
    return ContentPage.objects.get(external_reference__external_id=name)


def refuse(kind: PageKind, value: Any, page: Any, find: Any) -> None:
    """In place of what a kind does once all items are in."""
    raise LineRefused("No.")


def tokens(name: str) -> set[str]:
    return set(AudienceToken.objects.filter(item=page(name).translation_key).values_list("token", flat=True))


def test_absent_fields_of_an_item_take_their_defaults(bring: Bring) -> None:
    bring(network(), item(summary="S", topics=["a"], audience="everyone", content_note="N", contributors=["X"]))
    first = page("x-1")
    report = bring(item())
    assert (report.updated, report.errors) == (1, [])
    again = page("x-1")
    assert again.pk == first.pk
    assert (again.summary, again.content_note, again.contributors, list(again.topics.all())) == ("", "", "", [])
    assert Item.objects.get(pk=again.translation_key).rule == ""
    assert tokens("x-1") == {f"network:{Network.objects.get().pk}"}
    assert again.url == first.url


def test_item_moves_with_its_versions(bring: Bring) -> None:
    lines = [network(), network("moncton"), item("a"), item("b", parent="a"), item("b-en", parent="a", language="en",
             translation_of="b"), item("under", parent="b")]  # fmt: skip
    bring(*lines)
    report = bring(item("b"), item("b-en", language="en", translation_of="b"), item("under", parent="b"))
    assert report.errors == []
    assert page("b").get_parent().slug == "halifax"
    assert page("b-en").get_parent().slug == "halifax"
    bring(
        item("b", network="moncton"),
        item("b-en", language="en", translation_of="b", network="moncton"),
        item("under", parent="b", network="moncton"),
    )
    moncton = Network.objects.get(slug="moncton")
    assert tokens("b") == tokens("under") == {f"network:{moncton.pk}"}
    assert page("b-en").get_parent().slug == "moncton"


def test_published_memo_moves_within_its_network_alone(bring: Bring) -> None:
    elsewhere: dict[str, str] = {"network": "moncton"}
    bring(network(), network("moncton"), item("a"), item("m", kind="memo"), item("draft", kind="memo", published=None))
    assert bring(item("m", kind="memo", parent="a")).errors == []

    report = bring(item("m", kind="memo", **elsewhere), item("draft", kind="memo", published=None, **elsewhere))

    (error,) = report.errors
    assert error.reason.startswith("“Titre m” was published by this network, and stays with it. Withdraw or archive")
    networks = Item.objects.values_list("network__slug", flat=True)
    memo, draft = (MemoPage.objects.get(external_reference__external_id=name) for name in ("m", "draft"))
    assert (networks.get(pk=memo.translation_key), memo.get_parent().title) == ("halifax", "Titre a")
    assert networks.get(pk=draft.translation_key) == "moncton"


def test_null_unpublishes_and_a_date_publishes_again(bring: Bring) -> None:
    bring(network(), item())
    assert bring(item(published=None)).updated == 1
    assert not page("x-1").live
    assert bring(item(published=None)).unchanged == 1
    bring(item(published="2026-05-01T00:00:00Z", title="Autre"))
    assert page("x-1").live
    assert page("x-1").title == "Autre"
    assert page("x-1").first_published_at == datetime(2026, 5, 1, tzinfo=UTC)


def test_published_later_waits_for_its_day(bring: Bring) -> None:
    later = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    report = bring(network(), item(published=later.isoformat()))
    assert report.errors == []
    assert not page("x-1").live
    assert page("x-1").go_live_at == later
    assert bring(item(published=later.isoformat())).unchanged == 1


def test_item_ends_when_the_line_says(bring: Bring) -> None:
    now = timezone.now().replace(microsecond=0)
    ends = now + timedelta(days=30)
    bring(network(), item(expires=ends.isoformat()))
    assert (page("x-1").live, page("x-1").expire_at) == (True, ends)
    assert bring(item(expires=ends.isoformat())).unchanged == 1
    assert bring(item()).updated == 1
    assert (page("x-1").live, page("x-1").expire_at) == (True, None)

    begins = now + timedelta(days=10)
    bring(item("later", published=begins.isoformat(), expires=ends.isoformat()))
    assert (page("later").go_live_at, page("later").expire_at) == (begins, ends)

    over = now - timedelta(days=1)
    assert bring(item(expires=over.isoformat())).updated == 1
    assert (page("x-1").live, page("x-1").expire_at) == (False, over)
    assert bring(item(expires=over.isoformat())).unchanged == 1


def test_attachment_is_stored_once(bring: Bring, write_lines: WriteLines) -> None:
    folder = write_lines().parent
    (folder / "a.pdf").write_bytes(b"%PDF")
    line = item(attachments=[{"path": "a.pdf", "title": "A", "language": "iu"}])
    assert bring(network(), line).errors == []
    assert bring(line).unchanged == 1
    document = GuardedDocument.objects.get()
    assert (document.title, document.language) == ("A", "iu")
    assert document.collection.section_collection.network.slug == "halifax"
    assert [block.block_type for block in page("x-1").body] == ["text", "documents"]
    assert bring(item()).updated == 1
    assert [block.block_type for block in page("x-1").body] == ["text"]


def test_files_of_a_line_that_is_refused_go_with_it(
    bring: Bring,
    write_lines: WriteLines,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> None:
    folder = write_lines().parent
    for name in ("own-words.pdf", "shared-words.pdf", "late-words.pdf", "kept-words.pdf"):
        (folder / name).write_bytes(name.encode())

    def attached(name: str, *files: str, **fields: Any) -> dict[str, Any]:
        return item(name, attachments=[{"path": file} for file in files], **fields)

    link = '<p><a href="item:in">Plus loin</a></p>'
    lines = [
        network(),
        attached("at-once", "own-words.pdf", kind="memo", memo={"owner": "nobody@example.org"}),
        attached("later", "late-words.pdf", "shared-words.pdf", body=link),
        attached("above", "kept-words.pdf", body=link),
        attached("in", "shared-words.pdf", parent="above"),
    ]
    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(PageKind, "resolve", refuse)
        report = bring(*lines)

    assert [error.line for error in report.errors] == [2, 3, 4]
    kept = ["kept-words.pdf", "shared-words.pdf"]
    assert list(GuardedDocument.objects.order_by("title").values_list("title", flat=True)) == kept
    assert sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*-words.pdf")) == kept


def test_version_below_a_parent_of_the_other_language(bring: Bring) -> None:
    report = bring(network(), item("fr-only"), item("en-below", language="en", parent="fr-only"))
    assert report.errors == []
    alias = page("en-below").get_parent()
    assert alias.alias_of_id == page("fr-only").pk
    report = bring(item("fr-only"), item("now-en", language="en", translation_of="fr-only", title="Now"))
    assert (report.created + report.updated, report.errors) == (1, [])
    version = page("now-en")
    assert (version.pk, version.alias_of_id, version.title, version.live) == (alias.pk, None, "Now", True)


def test_version_keeps_its_language_and_kind(bring: Bring) -> None:
    bring(network(), item())
    report = bring(item(language="en"))
    assert [error.reason for error in report.errors] == [
        "“x-1” is here in another language, and a version does not change its language."
    ]
    report = bring(item(kind="memo"))
    assert [error.reason for error in report.errors] == [
        "“x-1” is here as another kind of item, and an item does not change its kind."
    ]


def test_network_keeps_its_code(bring: Bring) -> None:
    bring(network(code="HFX"))
    report = bring(network(code="HAL"))
    assert [error.reason for error in report.errors] == [
        "“code”: “halifax” has the code HFX and keeps it: its memos are numbered under it."
    ]
    assert Network.objects.get(slug="halifax").code == "HFX"


def test_network_takes_its_defaults(bring: Bring) -> None:
    bring(network(code="HFX", listed=False, languages=["en"]), network("t", kind="table"))
    assert bring(network()).updated == 1
    halifax = Network.objects.get(slug="halifax")
    assert (halifax.code, halifax.listed, halifax.languages) == ("HFX", True, ["fr", "en"])
    assert Network.objects.get(slug="t").listed is False
    bring(network(state="closed"))
    assert Network.objects.get(slug="halifax").state == "closed"
    assert bring(network()).updated == 1
    assert Network.objects.get(slug="halifax").state == "active"


def test_memberships_are_replaced_and_the_same_ones_untouched(bring: Bring) -> None:
    held = {"network": "halifax", "role": "reader"}
    bring(network(), network("moncton"), person(memberships=[held, {"network": "moncton", "role": "publisher"}]))
    rows = {row.network.slug: row for row in Membership.objects.select_related("network")}
    assert bring(person(memberships=[held])).updated == 1
    assert Membership.objects.get(pk=rows["halifax"].pk).ended_at is None
    assert Membership.objects.get(pk=rows["moncton"].pk).ended_at is not None
    someone = User.objects.get()
    assert f"network:{rows['moncton'].network_id}" not in tokens_for(someone)
    assert bring(person(memberships=[held])).unchanged == 1
    bring(person(memberships=[{**held, "role": "guest", "until": "2099-01-01"}]))
    now = Membership.objects.current().get()
    assert (now.role, now.until) == ("guest", date(2099, 1, 1))
    assert tokens_for(someone) == {f"guest:{rows['halifax'].network_id}"}
    assert bring(person()).updated == 1
    assert not Membership.objects.current().exists()


def test_membership_to_come_stands_beside_the_one_that_ends_before_it(bring: Bring) -> None:
    change = timezone.localdate() + timedelta(days=30)
    terms = [
        {"network": "halifax", "role": "reader", "from": "2026-01-01", "until": str(change - timedelta(days=1))},
        {"network": "halifax", "role": "publisher", "from": str(change), "until": None},
    ]
    assert bring(network(), person("b@example.org", memberships=terms)).errors == []

    rows = Membership.objects.filter(ended_at=None).order_by("starts_on")
    assert list(rows.values_list("role", flat=True)) == ["reader", "publisher"]
    assert bring(person("b@example.org", memberships=terms)).unchanged == 1


def test_password_is_kept_when_absent(bring: Bring) -> None:
    bring(person(password="première-clé-12"))
    assert User.objects.get().check_password("première-clé-12")
    bring(person(name="Autre"))
    assert User.objects.get().check_password("première-clé-12")
    assert bring(person(name="Autre", password="première-clé-12")).unchanged == 1
    assert bring(person(name="Autre", password="seconde-clé-34")).updated == 1
    assert User.objects.get().check_password("seconde-clé-34")


def test_inactive_person_loses_access_and_history_stays(bring: Bring) -> None:
    held = [{"network": "halifax", "role": "reader"}]
    bring(network(), person(memberships=held))
    bring(person(memberships=held, active=False))
    someone = User.objects.get()
    assert tokens_for(someone) == frozenset()
    assert list(AccountEvent.objects.values_list("kind", flat=True)) == ["created", "deactivated"]


def test_memo_numbers_are_kept_and_missing_ones_given(bring: Bring) -> None:
    from intranet.memos.models import MemoRecord

    report = bring(
        network(code="HFX"),
        item("m-1", kind="memo"),
        item("m-2", kind="memo", memo={"number": "HFX-2026-001"}),
    )
    assert report.errors == []
    numbers = {str(record.item_id): record.number for record in MemoRecord.objects.all()}
    from intranet.memos.models import MemoPage

    def number(name: str) -> str:
        return numbers[str(MemoPage.objects.get(external_reference__external_id=name).translation_key)]

    assert (number("m-1"), number("m-2")) == ("HFX-2026-002", "HFX-2026-001")


def test_item_that_is_refused_once_all_are_in_is_not_in_or_a_draft(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = '<p><a href="item:last">Plus loin</a></p>'
    lines = [network(), item("alone", body=link), item("above", body=link), item("below", parent="above"), item("last")]

    with monkeypatch.context() as patch:
        patch.setattr(PageKind, "resolve", refuse)
        report = bring(*lines)

    assert ([error.line for error in report.errors], report.created) == ([2, 3], 3)
    pages = dict(ContentPage.objects.order_by("slug").values_list("external_reference__external_id", "live"))
    assert pages == {"above": False, "below": True, "last": True}
    report = bring(*lines)
    assert (report.errors, report.created, report.updated, page("above").live) == ([], 1, 1, True)


def test_item_whose_new_text_is_refused_keeps_place_and_audience(bring: Bring) -> None:
    def memo(**fields: Any) -> dict[str, Any]:
        return item("m", kind="memo", **fields)

    bring(
        network(),
        network("moncton"),
        item("open", slug="open", audience="everyone"),
        memo(audience=["network:moncton"]),
    )
    page = MemoPage.objects.get()
    own = {f"network:{pk}" for pk in Network.objects.values_list("pk", flat=True)}

    nobody = {"owner": "nobody@example.org"}
    for line in (memo(audience="everyone", memo=nobody), memo(parent="open", memo=nobody)):
        assert [error.line for error in bring(line).errors] == [1]
        stored = AudienceToken.objects.filter(item=page.translation_key).values_list("token", flat=True)
        assert (set(stored), MemoPage.objects.get().get_parent().slug) == (own, "halifax")

    assert not bring(memo(parent="open")).errors
    assert MemoPage.objects.get().get_parent().slug == "open"


def test_item_whose_new_text_is_refused_stays_above_what_was_above_it(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(network(), item("a"), item("b", parent="a"))

    monkeypatch.setattr(PageKind, "resolve", refuse)
    report = bring(item("b", audience="everyone", body='<p><a href="item:a">Dessous</a></p>'), item("a", parent="b"))

    assert ([error.line for error in report.errors], report.updated) == ([1], 1)
    assert (page("a").get_parent().pk, "everyone" in tokens("b")) == (page("b").pk, False)


def test_text_that_is_published_later_is_not_there_before(bring: Bring) -> None:
    bring(network(), item("old", kind="memo"), item("m", kind="memo"), item("n", kind="training_note"))
    later = {"title": "Plus tard", "published": (timezone.now() + timedelta(days=3)).isoformat()}

    report = bring(
        item("m", kind="memo", memo={"supersedes": "old"}, **later),
        item("n", kind="training_note", training_note={"related_memos": ["old"]}, **later),
    )

    assert (report.errors, report.updated) == ([], 2)
    memo, note = (
        kind.objects.get(external_reference__external_id=name)
        for kind, name in ((MemoPage, "m"), (TrainingNotePage, "n"))
    )
    assert (memo.title, memo.replaces, note.title, note.related_memos.count()) == ("Titre m", None, "Titre n", 0)
    planned = [page.get_latest_revision_as_object() for page in (memo, note)]
    assert [page.title for page in planned] == ["Plus tard"] * 2
    assert planned[0].replaces == planned[1].related_memos.get() == MemoPage.objects.get(slug="titre-old")


def test_text_of_a_later_moment_comes_in_once(bring: Bring) -> None:
    later = (timezone.now() + timedelta(days=3)).replace(microsecond=123_456)
    line = item(published=later.isoformat())
    assert bring(network(), line).created == 2
    assert bring(line).unchanged == 1


def test_link_leads_to_a_translation_that_takes_the_place_of_an_alias(bring: Bring) -> None:
    english = item("list-en", kind="index", language="en")
    bring(network(), english, item("below", parent="list-en"))
    link = '<p><a href="item:list-fr">La liste</a></p>'
    french = item("list-fr", kind="index", translation_of="list-en", body='<p><a href="item:below">Dessous</a></p>')

    report = bring(network(), item("linking", body=link), english, french)

    assert (report.errors, report.warnings) == ([], [])
    assert f'id="{IndexPage.objects.get(external_reference__external_id="list-fr").pk}"' in str(
        page("linking").body.raw_data
    )


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_editor_adds_below_what_an_import_narrows_while_it_goes_on(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(network(), item(audience="everyone"))
    above, write, doing = page("x-1"), ItemWriter.write, []

    def written(writer: ItemWriter, line: ItemLine, value: Any, group: Any) -> str:
        if line.id == "x-2":
            doing.append(begun(editor, lambda: make_page(above, "By an editor")))
        return write(writer, line, value, group)

    monkeypatch.setattr(ItemWriter, "write", written)
    with ThreadPoolExecutor(1) as editor:
        report = bring(item(), item("x-2", parent="x-1"))
        doing[0].result()

    assert (report.updated, report.created, report.errors) == (1, 1, [])
    below = page("x-1").get_children()
    assert {child.title for child in below} == {"By an editor", "Titre x-2"}
    reached = AudienceToken.objects.filter(item__in=below.values("translation_key"))
    assert {token.partition(":")[0] for token in reached.values_list("token", flat=True)} == {"network"}


@pytest.mark.django_db(transaction=True)
def test_rehearsal_of_what_is_in_already_keeps_nobody_waiting(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [item(), item("x-2", parent="x-1")]
    bring(network(), *lines)
    above, write, doing = page("x-1"), ItemWriter.write, []

    def written(writer: ItemWriter, line: ItemLine, value: Any, group: Any) -> str:
        if line.id == "x-2":
            rule = Rule(Item.Rule.MEMBERS)
            doing.append(begun(editor, lambda: set_rule(above.translation_key, rule, by=None)).done())
        return write(writer, line, value, group)

    monkeypatch.setattr(ItemWriter, "write", written)
    with ThreadPoolExecutor(1) as editor:
        bring(*lines, dry_run=True)

    assert doing == [True]
