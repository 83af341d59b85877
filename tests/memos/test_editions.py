"""Editions: what was published stays as it was, and anybody can prove it."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from wagtail.log_actions import LogContext

from intranet.memos.exceptions import AppendOnlyError
from intranet.memos.models import Edition, EditionFile, MemoPage
from intranet.networks.models import Network
from tests.beginnings import beginning
from tests.memos.factories import declared, editions_of, make_memo, publish, record_of
from tests.pages.factories import make_document, make_halifax, make_image, make_network, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


network = beginning(make_halifax)


def text(words: str) -> list[tuple[str, Any]]:
    return [("text", f"<p>{words}</p>")]


def labels(memo: MemoPage) -> list[tuple[str, str]]:
    return [(edition.label, edition.kind) for edition in editions_of(memo)]


def verify() -> str:
    """What the command finds; empty when all is well."""
    errors = StringIO()
    with suppress(CommandError):
        call_command("verify_editions", stdout=StringIO(), stderr=errors)
    return errors.getvalue()


def test_first_publication_makes_edition_one_with_its_text(network: Network) -> None:
    memo = make_memo(network, "Fire drill", summary="On Monday", body=text("Leave by the stairs."))

    (edition,) = editions_of(memo)

    assert (edition.label, edition.kind, edition.languages) == ("1", "first", ["en"])
    said = edition.text_in("en")
    assert (said.title, said.summary) == ("Fire drill", "On Monday")
    assert said.body == [{"type": "text", "value": "<p>Leave by the stairs.</p>"}]
    assert edition.content["missing"] == {"language": "fr", "reason": "", "said_in": "en"}
    assert edition.published_at == record_of(memo).published_at


def test_same_text_again_makes_no_edition(network: Network) -> None:
    memo = make_memo(network, "Fire drill", body=text("Leave by the stairs."))
    publish(memo)
    publish(memo, slug="drill")

    assert labels(memo) == [("1", "first")]


def test_other_language_joins_the_edition(network: Network) -> None:
    memo = make_memo(network, "Fire drill")
    make_memo(network, "Exercice d’incendie", "fr", version_of=memo)

    assert labels(memo) == [("1", "first"), ("1.1", "language")]
    assert editions_of(memo)[-1].languages == ["en", "fr"]
    assert editions_of(memo)[-1].content["missing"] is None


def test_undeclared_change_is_minor_and_keeps_the_number(network: Network) -> None:
    memo = make_memo(network, "Fire dril")
    publish(memo, title="Fire drill")

    assert labels(memo) == [("1", "first"), ("1.1", "minor")]
    assert record_of(memo).edition == 1


def test_material_change_raises_the_number_and_says_what_changed(network: Network) -> None:
    memo = make_memo(network, "Fire drill", body=text("At ten."))
    publish(memo, body=text("At nine."), declaration=declared(en="It begins at nine."))

    assert labels(memo) == [("1", "first"), ("2", "material")]
    assert record_of(memo).edition == 2
    assert editions_of(memo)[1].changed_in("fr") == ("It begins at nine.", "en")


def test_declaration_is_used_once(network: Network) -> None:
    memo = make_memo(network, "Fire drill", body=text("At ten."))
    said = declared(en="It begins at nine.")
    publish(memo, body=text("At nine."), declaration=said)
    publish(memo, body=text("At nine o’clock."), declaration=said)

    assert labels(memo) == [("1", "first"), ("2", "material"), ("2.1", "minor")]


def test_material_without_another_word_asks_again(network: Network) -> None:
    """Somebody had called a change minor which was not."""
    memo = make_memo(network, "Fire drill", body=text("At ten."))
    publish(memo, body=text("At nine."))
    publish(memo, declaration=declared(en="It begins at nine."))

    assert labels(memo) == [("1", "first"), ("1.1", "minor"), ("2", "material")]


def test_publisher_is_whoever_publishes(network: Network) -> None:
    writer, publisher = make_person("writer"), make_person("publisher")
    memo = make_memo(network, "Fire drill", live=False)
    revision = memo.save_revision(user=writer)
    with LogContext(user=publisher):
        revision.publish()
    assert editions_of(memo)[0].published_by == publisher

    memo.refresh_from_db()
    memo.title = "Fire drills"
    memo.save_revision(user=writer).publish()
    assert editions_of(memo)[1].published_by == writer


def test_files_are_copied_and_stay_when_the_original_is_replaced(network: Network) -> None:
    plan, picture = make_document(network, "Plan", "plan.txt", b"ground floor"), make_image(network, "stairs")
    blocks = [("documents", [plan.pk]), ("image", {"image": picture.pk, "alternative_text": "", "caption": ""})]
    memo = make_memo(network, "Fire drill", body=blocks)
    plan.file.storage.delete(plan.file.name)
    plan.file = ContentFile(b"all floors", name="plan.txt")
    plan.save()
    publish(memo)

    first, second = editions_of(memo)
    old, new = first.files.get(kind="document"), second.files.get(kind="document")
    assert (old.file.read(), old.sha256) == (b"ground floor", hashlib.sha256(b"ground floor").hexdigest())
    assert (new.file.read(), new.name, new.size) == (b"all floors", "plan.txt", 10)
    assert (first.label, second.label) == ("1", "1.1")
    # The image is the same upload: it is not copied again.
    assert first.files.get(kind="image").file.name == second.files.get(kind="image").file.name
    assert verify() == ""


def test_file_of_another_network_is_not_copied(network: Network) -> None:
    foreign = make_document(make_network("moncton"), "Secret plan")
    memo = make_memo(network, "Fire drill", body=[("documents", [foreign.pk])])

    assert not EditionFile.objects.exists()
    assert editions_of(memo)[0].content["files"] == []


def test_digest_is_that_of_the_canonical_form(network: Network) -> None:
    """Written out as docs/editions.md says, by other means than ours."""
    edition = editions_of(make_memo(network, "Été — “drill” 🔥"))[0]
    raw = json.dumps(edition.content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert edition.digest == hashlib.sha256(raw.encode("utf-8")).hexdigest()
    assert '"title":"Été — “drill” 🔥"' in raw


@pytest.mark.parametrize(
    ("forge", "finding"),
    [
        ("UPDATE memos_edition SET digest = 'x' WHERE number = 1", "the digest is not that of the content"),
        ("UPDATE memos_edition SET kind = 'minor' WHERE number = 2", "“kind” is 'minor' beside the content"),
        ("UPDATE memos_edition SET number = 3 WHERE number = 2", "“edition” is 3 beside the content, 2 in it"),
        ("DELETE FROM memos_edition WHERE number = 2", "edition 2 is asked for, but 1 is the last one"),
        ("UPDATE memos_editionfile SET sha256 = 'x'", "its files are not those of the content"),
        ("UPDATE memos_editionfile SET file = ''", "its copy is no longer named"),
    ],
)
def test_forgery_in_the_database_is_found(network: Network, forge: str, finding: str) -> None:
    memo = make_memo(network, "Fire drill", body=[("documents", [make_document(network, "Plan").pk])])
    publish(memo, title="Fire drills", body=[], declaration=declared(en="No plan."))
    assert verify() == ""

    with connection.cursor() as cursor:
        cursor.execute(forge)

    assert finding in verify()


def test_forged_and_lost_files_are_found(network: Network) -> None:
    memo = make_memo(network, "Fire drill", body=[("documents", [make_document(network, "Plan", "plan.txt").pk])])
    copy = editions_of(memo)[0].files.get()
    Path(copy.file.path).write_bytes(b"other")
    assert "plan.txt: its bytes are not those that were published" in verify()

    copy.file.storage.delete(copy.file.name)

    assert "plan.txt: it is gone from the disk" in verify()


def test_memo_that_does_not_exist_is_named(network: Network) -> None:
    with pytest.raises(CommandError):
        call_command("verify_editions", "HFX-1999-001", stderr=StringIO())


def test_editions_are_never_changed_nor_deleted(network: Network) -> None:
    edition = editions_of(make_memo(network, "Fire drill"))[0]

    for change in (
        edition.save,
        edition.delete,
        lambda: Edition.objects.update(number=9),
        lambda: Edition.objects.all().delete(),
        lambda: Edition.objects.bulk_update([edition], ["number"]),
    ):
        with pytest.raises(AppendOnlyError), transaction.atomic():
            change()
    assert Edition.objects.count() == 1


def test_memo_whose_publication_fails_leaves_no_edition(network: Network) -> None:
    memo = make_memo(network, "Fire drill", live=False)
    with pytest.raises(RuntimeError), transaction.atomic():
        memo.get_latest_revision().publish()
        raise RuntimeError

    assert not Edition.objects.exists()


def test_migration_makes_the_first_edition_of_what_is_there(network: Network) -> None:
    memo = make_memo(network, "Fire drill", body=[("documents", [make_document(network, "Plan").pk])])
    withdrawn = make_memo(network, "Old rule")
    withdrawn.unpublish()
    made = [editions_of(page)[0] for page in (memo, withdrawn)]
    before = MigrationExecutor(connection).loader.project_state(("memos", "0003_first_editions"))
    migration = MigrationExecutor(connection).loader.get_migration("memos", "0003_first_editions")
    forward, back = migration.operations[0].code, migration.operations[0].reverse_code

    back(before.apps, None)
    assert not Edition.objects.exists()
    forward(before.apps, None)

    assert [editions_of(page)[0].content for page in (memo, withdrawn)] == [edition.content for edition in made]
    assert verify() == ""


def test_material_change_that_the_other_language_does_not_have_is_marked_until_it_does(network: Network) -> None:
    english = make_memo(network, "Fire drill", body=text("At ten."))
    french = make_memo(network, "Exercice", "fr", version_of=english, body=text("À dix heures."))
    said = declared(fr="À neuf heures.", missing_reason="L’anglais suit lundi.")

    publish(french, body=text("À neuf heures."), declaration=said)
    late = {"language": "en", "reason": "L’anglais suit lundi.", "said_in": "fr"}
    assert editions_of(french)[-1].content["missing"] == late
    publish(french, title="Exercice d’incendie")
    assert editions_of(french)[-1].content["missing"] == late

    publish(english, body=text("At nine."))
    assert labels(english)[-3:] == [("2", "material"), ("2.1", "minor"), ("2.2", "minor")]
    assert editions_of(english)[-1].content["missing"] is None
    assert verify() == ""


def test_another_reason_for_the_missing_language_is_a_revision(network: Network) -> None:
    memo = make_memo(network, "Fire drill")
    for reason in ("The French follows on Monday.", "The French follows on Friday."):
        for _again in range(2):
            publish(memo, declaration=declared("minor", missing_reason=reason))
        said = {"language": "fr", "reason": reason, "said_in": "en"}
        assert editions_of(memo)[-1].content["missing"] == said

    publish(memo, declaration=declared("minor"))

    assert labels(memo) == [("1", "first"), ("1.1", "minor"), ("1.2", "minor")]
    assert verify() == ""


def test_material_change_of_a_date_leaves_no_language_behind(network: Network) -> None:
    english = make_memo(network, "Fire drill")
    make_memo(network, "Exercice", "fr", version_of=english)

    publish(english, contact="Bea", declaration=declared(en="Ask Bea."))

    assert labels(english)[-1] == ("2", "material")
    assert editions_of(english)[-1].content["missing"] is None


def test_reason_stays_when_the_late_language_publishes_a_material_date(network: Network) -> None:
    english = make_memo(network, "Fire drill")
    french = make_memo(network, "Exercice", "fr", version_of=english)
    publish(french, title="Alarme", declaration=declared(fr="Une alarme.", missing_reason="L’anglais suit."))

    publish(english, contact="Bea", declaration=declared(en="Ask Bea.", missing_reason="Soon."))

    late = {"language": "en", "reason": "L’anglais suit.", "said_in": "fr"}
    assert editions_of(english)[-1].content["missing"] == late
