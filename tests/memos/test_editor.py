"""The editor's form of a memo: what it asks for, and when."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import streamfield

from intranet.memos.keeping import review
from intranet.memos.models import Edition, Keeping, MemoPage, MemoRecord, TrainingNotePage
from intranet.networks.audiences import Rule
from intranet.pages.models import IndexPage
from tests.memos.factories import editions_of, make_memo, publish, record_of
from tests.pages.admin.conftest import World, client_of, world  # noqa: F401
from tests.pages.admin.editing import page_form
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def editor(world: World, client_of: Callable[..., Client]) -> Client:  # noqa: F811
    return client_of(world.publisher)


def form(title: str, **fields: Any) -> dict[str, Any]:
    return page_form(
        title, **{"effective_on": "", "contact": "", "replaces": "", "acknowledge_by": "", "session_on": "", **fields}
    )


def send(editor: Client, memo: MemoPage, title: str, action: str = "publish", **fields: Any) -> Any:
    """The answer to the form of a memo that is there."""
    chosen = {name: fields.pop(name) for name in ("asked_roles", "asked_networks") if name in fields}
    sent = form(title, slug=memo.slug, **fields) | chosen | ({f"action-{action}": "1"} if action else {})
    return confirmed(editor, editor.post(reverse("wagtailadmin_pages:edit", args=[memo.pk]), sent))


def confirmed(editor: Client, answer: Any) -> Any:
    """Press the button on the page that comes before publishing, where the answer leads there."""
    return editor.post(answer.url) if answer.status_code == 302 and "/publish/?draft=" in answer.url else answer


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["form"].errors)


def test_first_publication_in_one_language_asks_why(editor: Client, world: World) -> None:  # noqa: F811
    address = reverse("wagtailadmin_pages:add", args=["memos", "memopage", world.section.pk])
    assert list(errors(editor.post(address, form("Fire drill") | {"action-publish": "1"}))) == ["missing_reason"]
    assert editor.post(address, form("A draft")).status_code == 302

    sent = form("Fire drill", missing_reason="The French follows on Monday.") | {"action-publish": "1"}
    assert confirmed(editor, editor.post(address, sent)).status_code == 302

    memo = MemoPage.objects.get(title="Fire drill")
    assert editions_of(memo)[0].content["missing"] == {
        "language": "fr",
        "reason": "The French follows on Monday.",
        "said_in": "en",
    }
    assert "The French follows on Monday." in editor.get(memo.url).content.decode()


def test_change_of_a_published_memo_must_be_declared(editor: Client, world: World) -> None:  # noqa: F811
    memo = make_memo(world.own, "Fire drill")

    assert list(errors(send(editor, memo, "Fire drills", missing_reason="Soon"))) == ["change"]
    assert send(editor, memo, "Fire drills", "").status_code == 302  # a draft
    assert send(editor, memo, "Fire drills", change="minor", missing_reason="Soon").status_code == 302

    assert [edition.label for edition in editions_of(memo)] == ["1", "1.1"]


def test_material_change_says_what_changed(editor: Client, world: World) -> None:  # noqa: F811
    memo = make_memo(world.own, "Fire drill")
    assert list(errors(send(editor, memo, "Fire alarm", change="material", missing_reason="Soon"))) == ["changed_en"]

    said = {"change": "material", "changed_en": "It is an alarm now.", "changed_fr": "C’est une alarme."}
    assert send(editor, memo, "Fire alarm", missing_reason="Soon", **said).status_code == 302

    last = editions_of(memo)[-1]
    assert (last.label, last.kind) == ("2", "material")
    assert last.content["changed"] == {"en": "It is an alarm now.", "fr": "C’est une alarme."}
    assert last.published_by == world.publisher


def test_declaration_waits_on_the_draft_and_is_gone_once_published(editor: Client, world: World) -> None:  # noqa: F811
    memo = make_memo(world.own, "Fire drill")
    send(editor, memo, "Fire alarm", "", change="material", changed_en="An alarm.", missing_reason="Soon")
    address = reverse("wagtailadmin_pages:edit", args=[memo.pk])
    shown = editor.get(address).context["form"]
    assert (shown.initial["change"], shown.initial["changed_en"]) == ("material", "An alarm.")

    MemoPage.objects.get(pk=memo.pk).get_latest_revision().publish()

    shown = editor.get(address).context["form"]
    assert ("change" in shown.initial, "changed_en" in shown.initial) == (False, False)
    assert shown.initial["missing_reason"] == "Soon"
    assert record_of(memo).edition == 2


def test_reason_is_not_asked_when_both_languages_are_there(editor: Client, world: World) -> None:  # noqa: F811
    memo = make_memo(world.own, "Fire drill")
    make_memo(world.own, "Exercice d’incendie", "fr", version_of=memo)

    assert send(editor, memo, "Fire drills", change="minor").status_code == 302
    assert editions_of(memo)[-1].content["missing"] is None


def test_material_change_asks_why_the_other_language_does_not_have_it(
    editor: Client,
    world: World,  # noqa: F811
) -> None:
    memo = make_memo(world.own, "Fire drill", rule=Rule("everyone"))
    french = make_memo(world.own, "Exercice d’incendie", "fr", version_of=memo)
    said = {"change": "material", "changed_fr": "C’est une alarme."}

    (reason,) = errors(send(editor, french, "Alarme d’incendie", **said))["missing_reason"]
    assert reason == "Say why the version in English does not have this change yet, and until when."
    edit = reverse("wagtailadmin_pages:edit", args=[french.pk])
    sent = form("Alarme d’incendie", slug=french.slug, missing_reason="L’anglais suit.", **said)
    shown = editor.post(edit, sent | {"action-publish": "1"})
    gaps = editor.get(shown.url).content.decode()
    assert "The version in English does not have this change yet." in gaps
    assert "L’anglais suit." in gaps
    editor.post(shown.url)

    reader = signed_in(make_person("somebody", language="en"))
    html = reader.get(memo.url).content.decode()
    assert "This change stands in French only so far. The text here is as it was before." in html
    assert '<p lang="fr">L’anglais suit.</p>' in html
    assert f'<a href="{french.url}">Read the version in French</a>' in html
    assert "L’anglais suit." not in reader.get(french.url).content.decode()
    (row,) = editor.get(reverse("memos_upkeep")).context["missing"]
    assert (row["page"].pk, row["reason"], row["is_alone"]) == (french.pk, "L’anglais suit.", False)
    # Whoever mends the English is not offered the reason why it is late.
    late = editor.get(reverse("wagtailadmin_pages:edit", args=[memo.pk])).context["form"]
    assert "missing_reason" not in late.initial
    assert send(editor, memo, "Fire alarm", change="minor").status_code == 302

    html = reader.get(memo.url).content.decode()
    assert ("C’est une alarme." in html, "This change stands in" in html) == (True, False)
    assert editor.get(reverse("memos_upkeep")).context["missing"] == []


def test_day_that_is_past_is_refused_unless_it_was_there(editor: Client, world: World) -> None:  # noqa: F811
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    memo = publish(make_memo(world.own, "Fire drill"), acknowledge=True)
    asked = {"change": "minor", "missing_reason": "Soon", "acknowledge": "on", "acknowledge_by": yesterday.isoformat()}

    (reason,) = errors(send(editor, memo, "Fire drill", **asked))["acknowledge_by"]
    assert reason.startswith("This day is past.")

    memo = publish(memo, acknowledge_by=yesterday)
    assert send(editor, memo, "Fire drills", **asked).status_code == 302


def test_day_before_the_chosen_publication_is_refused(editor: Client, world: World) -> None:  # noqa: F811
    memo = make_memo(world.own, "Fire drill", live=False)
    start = timezone.localtime() + datetime.timedelta(days=10)
    first = start.date()
    said = {"missing_reason": "Soon", "acknowledge": "on", "go_live_at": start.strftime("%Y-%m-%d %H:%M")}

    early = (first - datetime.timedelta(days=1)).isoformat()
    (reason,) = errors(send(editor, memo, "Fire drill", acknowledge_by=early, **said))["acknowledge_by"]
    assert reason.startswith("The memo is published on")
    assert send(editor, memo, "Fire drill", acknowledge_by=first.isoformat(), **said).status_code == 302


def test_day_that_is_past_does_not_stay_when_everybody_is_asked_anew(
    editor: Client,
    world: World,  # noqa: F811
) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    memo = make_memo(world.own, "Fire drill", acknowledge=True, acknowledge_by=yesterday)
    said = {"change": "material", "changed_en": "An alarm.", "missing_reason": "Soon", "acknowledge": "on"}

    answer = send(editor, memo, "Fire alarm", acknowledge_by=yesterday.isoformat(), **said)

    assert list(errors(answer)) == ["acknowledge_by"]


def test_memo_does_not_end_without_a_reason(editor: Client, world: World) -> None:  # noqa: F811
    memo = publish(make_memo(world.own, "Fire drill"))
    later = (timezone.now() + datetime.timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
    said = {"change": "minor", "missing_reason": "Soon"}

    (reason,) = errors(send(editor, memo, "Fire drill", expire_at=later, **said))["expire_at"]
    assert reason.startswith("A memo does not end by itself.")


def test_memo_cannot_replace_itself(editor: Client, world: World) -> None:  # noqa: F811
    memo = make_memo(world.own, "Fire drill")

    found = errors(send(editor, memo, "Fire drill", replaces=memo.pk, change="minor", missing_reason="Soon"))
    assert found == {"replaces": ["A memo cannot replace itself."]}


def test_memos_cannot_replace_one_another_in_a_circle(editor: Client, world: World) -> None:  # noqa: F811
    first = make_memo(world.own, "Fire drill")
    second = publish(make_memo(world.own, "Fire alarm"), replaces=first)
    third = publish(make_memo(world.own, "Fire engine"), replaces=second)

    for older in (second, third):
        found = errors(send(editor, first, "Fire drill", replaces=older.pk, change="minor", missing_reason="Soon"))
        (reason,) = found["replaces"]
        assert reason.startswith("These memos would replace one another in a circle.")
    assert (
        send(editor, third, "Fire engine", replaces=first.pk, change="minor", missing_reason="Soon").status_code == 302
    )


def test_memo_takes_the_place_of_one_s_own_networks_memos_alone(editor: Client, world: World) -> None:  # noqa: F811
    memo, own = make_memo(world.own, "Fire drill"), make_memo(world.own, "Fire alarm")
    seen = make_memo(world.foreign, "Everyone’s", rule=Rule("everyone"))
    unseen = make_memo(world.foreign, "Their own")

    refused = [
        errors(send(editor, memo, "Fire drill", replaces=pk, change="minor", missing_reason="Soon"))
        for pk in (seen.pk, unseen.pk, 999_999)
    ]

    assert refused == [{"replaces": ["Choose a memo of a network for which you write."]}] * 3
    sent = send(editor, memo, "Fire drill", replaces=own.pk, change="minor", missing_reason="Soon")
    assert sent.status_code == 302
    assert record_of(memo).replaces_id == own.translation_key


def test_memo_whose_place_it_takes_already_may_stay(editor: Client, world: World) -> None:  # noqa: F811
    seen = make_memo(world.foreign, "Everyone’s", rule=Rule("everyone"))
    memo = publish(make_memo(world.own, "Fire drill"), replaces=seen)

    sent = send(editor, memo, "Fire drill", replaces=seen.pk, change="minor", missing_reason="Soon")

    assert sent.status_code == 302


def test_unpublishing_a_memo_asks_for_a_reason_and_leaves_it_readable(editor: Client, world: World) -> None:  # noqa: F811
    memo = make_memo(world.own, "Fire drill")
    withdrawal = reverse("memo_withdraw", args=[memo.pk])
    assert withdrawal in editor.get(reverse("wagtailadmin_pages:edit", args=[memo.pk])).content.decode()
    assert editor.post(reverse("wagtailadmin_pages:unpublish", args=[memo.pk])).headers["Location"] == withdrawal
    assert editor.get(withdrawal).status_code == 200
    assert list(errors(editor.post(withdrawal, {"reason": " "}))) == ["reason"]

    assert editor.post(withdrawal, {"reason": "The rule was wrong."}).status_code == 302

    record = record_of(memo)
    assert (record.withdrawn_reason, record.withdrawn_language) == ("The rule was wrong.", "en")
    assert record.withdrawn_by == world.publisher
    assert "The rule was wrong." in editor.get(memo.url).content.decode()
    assert list(errors(editor.post(withdrawal, {"reason": "Again."}))) == ["reason"]
    history = editor.get(reverse("wagtailadmin_pages:history", args=[memo.pk])).content.decode()
    assert "Withdrawn: The rule was wrong." in history


def test_contributor_cannot_withdraw(world: World, client_of: Callable[..., Client]) -> None:  # noqa: F811
    memo = make_memo(world.own, "Fire drill")
    client_of(world.contributor).post(reverse("memo_withdraw", args=[memo.pk]), {"reason": "No."})

    assert record_of(memo).withdrawn_at is None


def test_withdrawn_memo_is_not_listed_below_its_page(editor: Client, world: World) -> None:  # noqa: F811
    from intranet.memos.services import withdraw
    from intranet.pages.models import IndexPage
    from tests.pages.factories import make_page

    index = make_page(world.section, "Rules", page_type=IndexPage)
    memo = make_page(index, "Fire drill", page_type=MemoPage)
    assert ">Fire drill<" in editor.get(index.url).content.decode()

    withdraw(record_of(memo), reason="Wrong.", language="en", by=None)

    assert ">Fire drill<" not in editor.get(index.url).content.decode()


@pytest.mark.parametrize("page_type", [MemoPage, TrainingNotePage])
@pytest.mark.parametrize("below", [False, True])
def test_copies_are_drafts_that_are_published_by_themselves(
    editor: Client,
    world: World,  # noqa: F811
    page_type: Any,
    below: bool,
) -> None:
    index = make_page(world.section, "Rules", page_type=IndexPage)
    source = make_page(index, "Fire drill", page_type=page_type)
    copied = index if below else source
    sent = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": world.section.pk, "publish_copies": "on"}

    answer = editor.post(reverse("wagtailadmin_pages:copy", args=[copied.pk]), sent | {"copy_subpages": "on"})

    assert answer.status_code == 302
    copy = page_type.objects.exclude(pk=source.pk).get()
    assert (copy.live, copy.first_published_at) == (False, None)
    assert list(MemoRecord.objects.values_list("item", flat=True)) == [source.translation_key] * (page_type is MemoPage)
    assert Edition.objects.count() == (page_type is MemoPage)
    shown = editor.get(reverse("wagtailadmin_pages:copy", args=[copied.pk])).content.decode()
    assert ("all copies are drafts" if below else "The copy is a draft.") in shown


def test_page_is_published_by_copy_without_the_memos_below_it(editor: Client, world: World) -> None:  # noqa: F811
    index = make_page(world.section, "Rules", page_type=IndexPage)
    make_page(index, "Fire drill", page_type=MemoPage)
    sent = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": world.section.pk, "publish_copies": "on"}

    editor.post(reverse("wagtailadmin_pages:copy", args=[index.pk]), sent)

    assert IndexPage.objects.get(slug="copy").live
    assert MemoPage.objects.count() == 1


@pytest.mark.parametrize("below", [False, True])
def test_memos_are_not_unpublished_in_bulk(editor: Client, world: World, below: bool) -> None:  # noqa: F811
    index = make_page(world.section, "Rules", page_type=IndexPage)
    memo = make_page(index, "Fire drill", page_type=MemoPage)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"])
    sent = {"include_descendants": "on"} if below else {}

    shown = editor.post(f"{address}?id={index.pk if below else memo.pk}", sent, follow=True).content.decode()

    assert f"Unpublish the others without them: {record_of(memo).number}." in shown
    assert MemoPage.objects.get(pk=memo.pk).live
    assert record_of(memo).withdrawn_at is None


def test_memos_are_not_unpublished_with_the_page_above(editor: Client, world: World) -> None:  # noqa: F811
    index = make_page(world.section, "Rules", page_type=IndexPage)
    memo = make_page(index, "Fire drill", page_type=MemoPage)
    address = reverse("wagtailadmin_pages:unpublish", args=[index.pk])

    shown = editor.post(address, {"include_descendants": "on"}, follow=True).content.decode()

    assert f"Unpublish the others without them: {record_of(memo).number}." in shown
    assert MemoPage.objects.get(pk=memo.pk).live
    assert editor.post(address).status_code == 302
    assert MemoPage.objects.get(pk=memo.pk).live and not IndexPage.objects.get(pk=index.pk).live


def test_chosen_roles_and_networks_are_kept(editor: Client, world: World) -> None:  # noqa: F811
    memo = make_memo(world.own, "Fire drill")
    asked = {"acknowledge": "on", "asked_roles": ["reader", "publisher"], "asked_networks": [world.own.pk]}
    send(editor, memo, "Fire drill", change="minor", missing_reason="Soon", **asked)

    record = record_of(memo)
    assert set(record.asked_roles.values_list("role", flat=True)) == {"reader", "publisher"}
    assert list(record.asked_networks.all()) == [world.own]
    assert not record.asks_all


def test_asking_nobody_is_refused(editor: Client, world: World) -> None:  # noqa: F811
    memo = make_memo(world.own, "Fire drill")
    asked = {"acknowledge": "on", "asked_roles": ["guest"], "change": "minor", "missing_reason": "Soon"}

    (reason,) = errors(send(editor, memo, "Fire drill", **asked))["asked_roles"]

    assert reason.startswith("Nobody who can see the memo")


@pytest.mark.parametrize(("is_opened_after", "kept"), [(False, 30), (True, 5)])
def test_form_that_was_open_during_a_review_does_not_undo_it(
    editor: Client,
    world: World,  # noqa: F811
    is_opened_after: bool,
    kept: int,
) -> None:
    days = {number: timezone.localdate() + datetime.timedelta(days=number) for number in (5, 30)}
    memo = make_memo(world.own, "Fire drill", responsible=world.publisher, review_on=days[5])
    if is_opened_after:
        review(memo, valid_until=days[30], by=world.publisher)
    opened = editor.get(reverse("wagtailadmin_pages:edit", args=[memo.pk])).context["form"]
    if not is_opened_after:
        review(memo, valid_until=days[30], by=world.publisher)

    sent = {"responsible": world.publisher.pk, "review_on": days[5], "known_review": opened["known_review"].value()}
    assert send(editor, memo, "Fire drill", change="minor", missing_reason="Soon", **sent).status_code == 302

    assert Keeping.objects.get(item=memo.translation_key).review_on == days[kept]
    assert 'name="known_review"' in str(opened["known_review"])


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_far_days_are_refused_in_words(editor: Client, world: World, day: str) -> None:  # noqa: F811
    said = ["Choose a day between the years 1900 and 2200."]
    for kind, name in (("memopage", "effective_on"), ("trainingnotepage", "session_on"), ("memopage", "review_on")):
        address = reverse("wagtailadmin_pages:add", args=["memos", kind, world.section.pk])
        assert errors(editor.post(address, form("Far", **{name: day})))[name] == said


def test_networks_and_memos_that_an_editor_may_not_name_stay_chosen(
    world: World,  # noqa: F811
    client_of: Callable[..., Client],  # noqa: F811
) -> None:
    hidden = make_network("zzsecret", "table")
    secret = make_memo(hidden, "zzsecret memo")
    member = make_person("member", (world.own, "publisher"), (hidden, "reader"))
    memo = make_memo(world.own, "Fire drill", rule=Rule("everyone"))
    note = make_page(section_of(world.own, "en"), "Drill", page_type=TrainingNotePage, related_memos=[secret, memo])
    send(signed_in(member), memo, "Fire drill", "", asked_networks=[hidden.pk, world.foreign.pk])

    colleague = client_of(world.publisher)
    for page, own in ((memo, {"asked_networks": []}), (note, {"related_memos": []})):
        address = reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert "zzsecret" not in colleague.get(address).content.decode().lower()
        sent = form("Another title", slug=page.slug, missing_reason="Soon", change="minor", steps=streamfield([])) | own
        assert colleague.post(address, sent).status_code == 302

    memo, note = (type(page).objects.get(pk=page.pk).get_latest_revision_as_object() for page in (memo, note))
    assert [page.title for page in (memo, note)] == ["Another title"] * 2
    assert list(memo.asked_networks.all()) == [hidden]
    assert list(note.related_memos.all()) == [secret]


def test_editor_is_told_that_related_memos_stay_chosen_that_she_may_not_see(
    world: World,  # noqa: F811
    editor: Client,
) -> None:
    """Not how many: a number tells of what is hidden, too."""
    hidden = make_network("zzsecret", "table")
    secret, own = make_memo(hidden, "zzsecret"), make_memo(world.own, "Fire drill")
    note = make_page(section_of(world.own, "en"), "Drill", page_type=TrainingNotePage, related_memos=[secret, own])
    member = signed_in(make_person("member", (world.own, "publisher"), (hidden, "reader"), language="en"))
    address = reverse("wagtailadmin_pages:edit", args=[note.pk])

    shown = editor.get(address).content.decode()

    assert shown.count("Others that you may not see are chosen too; they stay chosen.") == 1
    assert "zzsecret" not in shown
    assert "stay chosen" not in member.get(address).content.decode()
