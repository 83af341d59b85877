"""Which documents are read, when, and by whom; and that nothing that goes wrong loses one or blocks another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from intranet.pages.extraction import services
from intranet.pages.extraction.limits import Limits
from intranet.pages.extraction.pieces import Piece
from intranet.pages.extraction.reading import Reading
from intranet.pages.extraction.services import ATTEMPTS, extract_due, note_unnoticed
from intranet.pages.jobs import DocumentsJob, ExtractionJob
from intranet.pages.models import DocumentPassage, DocumentText, GuardedDocument
from intranet.plugins.worker import build_steps
from search.models import EntryPassage, EntryVersion
from tests.pages.extraction import files
from tests.pages.factories import make_document, make_network, make_page, section_of

ROOT = Path(__file__).parents[3]
State = DocumentText.State


def text_of(document: GuardedDocument) -> DocumentText:
    return DocumentText.objects.get(document=document)


def passages_of(document: GuardedDocument) -> list[tuple[int | None, str]]:
    rows = DocumentPassage.objects.filter(text_of__document=document)
    return list(rows.order_by("position").values_list("page", "text"))


def let_time_pass() -> None:
    """Whatever waits for its time is due now."""
    DocumentText.objects.filter(due_at__isnull=False).update(due_at=timezone.now() - timedelta(seconds=1))


def replace_file(document: GuardedDocument, content: bytes, name: str = "new.txt") -> None:
    document = GuardedDocument.objects.get(pk=document.pk)
    document.file = ContentFile(content, name=name)
    document.save()


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read; nothing is started, each has its name as its text."""
    read: list[str] = []

    def read_document(file: Any, name: str, limits: Limits) -> Reading:
        read.append(name)
        return Reading("extracted", (Piece(None, name),))

    monkeypatch.setattr(services, "read_document", read_document)
    return read


@pytest.mark.django_db
def test_new_document_waits_and_is_read_once() -> None:
    document = make_document(make_network("halifax"), "plan", name="plan.pdf", content=files.pdf("one", "two"))
    text = text_of(document)
    assert (text.state, text.file_hash, passages_of(document)) == (State.WAITING, document.file_hash, [])

    assert extract_due(Limits()) is False

    text = text_of(document)
    assert (text.state, text.is_cut, text.due_at, text.claim) == (State.EXTRACTED, False, None, None)
    assert passages_of(document) == [(1, "one"), (2, "two")]


@pytest.mark.django_db
def test_document_without_text_keeps_its_reason(readings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "read_document", lambda *args: Reading("encrypted"))
    document = make_document(make_network("halifax"), "plan")
    extract_due(Limits())
    assert (text_of(document).state, text_of(document).due_at) == (State.ENCRYPTED, None)


@pytest.mark.django_db
def test_new_title_is_no_new_text_and_a_new_file_is(readings: list[str]) -> None:
    document = make_document(make_network("halifax"), "plan", name="plan.txt")
    extract_due(Limits())
    document.title = "Another title"
    document.save()
    assert text_of(document).state == State.EXTRACTED

    replace_file(document, b"new words")

    assert (text_of(document).state, passages_of(document)) == (State.WAITING, [])
    extract_due(Limits())
    assert passages_of(document) == [(None, "new.txt")]
    assert readings == ["plan.txt", "new.txt"]


@pytest.mark.django_db
def test_documents_that_came_unnoticed_are_read(readings: list[str]) -> None:
    network = make_network("halifax")
    kept, lost, changed = (make_document(network, name) for name in ("kept", "lost", "changed"))
    extract_due(Limits())
    DocumentText.objects.filter(document=lost).delete()
    GuardedDocument.objects.filter(pk=changed.pk).update(file_hash="0" * 40)

    assert note_unnoticed() == 2

    assert [text_of(each).state for each in (kept, lost, changed)] == [State.EXTRACTED, State.WAITING, State.WAITING]
    assert note_unnoticed() == 0
    del readings[:]
    extract_due(Limits())
    assert sorted(readings) == ["changed.txt", "lost.txt"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["timed_out", "failed", "missing"])
def test_what_may_succeed_later_is_tried_again_and_then_given_up(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    attempts: list[str] = []
    monkeypatch.setattr(services, "read_document", lambda *args: attempts.append(args[1]) or Reading(state))
    document = make_document(make_network("halifax"), "plan")
    for number in range(1, ATTEMPTS):
        extract_due(Limits())
        extract_due(Limits())
        assert len(attempts) == number, "it waits before the next attempt"
        assert (text_of(document).state, text_of(document).claim) == (State.WAITING, None)
        let_time_pass()

    extract_due(Limits())
    assert (text_of(document).state, text_of(document).due_at) == (state, None)
    extract_due(Limits())
    assert len(attempts) == ATTEMPTS

    replace_file(document, b"better words")
    assert (text_of(document).state, text_of(document).attempts) == (State.WAITING, 0)


@pytest.mark.django_db
def test_document_that_kills_the_worker_itself_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """As by the kernel, when memory ends: nothing is caught and nothing is cleaned up."""

    class Killed(BaseException):
        pass

    def die(*args: Any) -> Reading:
        raise Killed

    monkeypatch.setattr(services, "read_document", die)
    document = make_document(make_network("halifax"), "plan")
    for _attempt in range(ATTEMPTS):
        with pytest.raises(Killed):
            extract_due(Limits())
        let_time_pass()
    extract_due(Limits())
    assert (text_of(document).state, text_of(document).due_at) == (State.FAILED, None)


@pytest.mark.django_db
def test_claimed_document_is_left_to_its_worker_until_the_claim_ends(readings: list[str]) -> None:
    document = make_document(make_network("halifax"), "plan")
    assert services._claim(Limits()) is not None
    extract_due(Limits())
    assert readings == []
    let_time_pass()
    extract_due(Limits())
    assert (readings, text_of(document).state) == (["plan.txt"], State.EXTRACTED)


@pytest.mark.django_db
def test_worker_whose_claim_was_taken_over_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    document = make_document(make_network("halifax"), "plan")

    def read_slowly(*args: Any) -> Reading:
        let_time_pass()
        monkeypatch.setattr(services, "read_document", lambda *args: Reading("extracted", (Piece(None, "in time"),)))
        extract_due(Limits())
        return Reading("extracted", (Piece(None, "too late"),))

    monkeypatch.setattr(services, "read_document", read_slowly)
    extract_due(Limits())
    assert passages_of(document) == [(None, "in time")]


@pytest.mark.django_db
def test_file_that_is_replaced_while_it_is_read_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    document = make_document(make_network("halifax"), "plan")

    def read_slowly(file: Any, name: str, limits: Limits) -> Reading:
        monkeypatch.setattr(services, "read_document", lambda *args: Reading("extracted", (Piece(None, "new"),)))
        replace_file(document, b"other words")
        return Reading("extracted", (Piece(None, "old"),))

    monkeypatch.setattr(services, "read_document", read_slowly)
    extract_due(Limits())
    assert passages_of(document) == [(None, "new")]


@pytest.mark.django_db
def test_document_that_is_deleted_while_it_is_read_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    document = make_document(make_network("halifax"), "plan")

    def read_slowly(*args: Any) -> Reading:
        document.delete()
        return Reading("extracted", (Piece(None, "old"),))

    monkeypatch.setattr(services, "read_document", read_slowly)
    assert extract_due(Limits()) is False
    assert (DocumentText.objects.count(), DocumentPassage.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_text_that_was_kept_but_not_indexed_is_indexed_by_the_next_worker(
    readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = make_network("halifax")
    document = make_document(network, "plan")
    make_page(section_of(network), "Procedure", body=[("documents", [document.pk])])

    def fail(keys: Any) -> None:
        raise RuntimeError("the database went away")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(services, "index_items", fail)
        extract_due(Limits())
    assert list(EntryPassage.objects.values_list("text", flat=True)) == ["plan"]

    let_time_pass()
    extract_due(Limits())
    assert list(EntryPassage.objects.order_by("position").values_list("text", flat=True)) == ["plan", "plan.txt"]
    assert readings == ["plan.txt"]
    assert text_of(document).due_at is None


@pytest.mark.django_db
def test_one_run_ends_in_time_and_says_that_there_is_more(readings: list[str]) -> None:
    network = make_network("halifax")
    for number in range(3):
        make_document(network, f"plan {number}")
    assert extract_due(Limits(), seconds=0) is True
    assert len(readings) == 1
    assert extract_due(Limits()) is False
    assert len(readings) == 3


@pytest.mark.django_db
def test_jobs_use_the_settings_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Limits] = []
    monkeypatch.setattr("intranet.pages.jobs.extract_due", lambda limits: seen.append(limits) or True)
    monkeypatch.setattr(settings, "PLUGIN_SETTINGS", {"pages": {"EXTRACTION_SECONDS": 7}})
    assert ExtractionJob().run() is True
    assert seen == [Limits(seconds=7, memory_bytes=1024**3, file_bytes=100 * 1024**2)]
    assert apps.get_app_config("pages").setting("EXTRACTION_FILE_MEGABYTES") == 100
    names = [step.name for step in build_steps()]
    assert {f"pages: {job.name}" for job in (DocumentsJob, ExtractionJob)} <= set(names)


# Several at once -------------------------------------------------------------------------------------------


def in_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    """The work with a database connection of its own, closed afterwards."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return run


@pytest.mark.django_db(transaction=True)
def test_two_workers_read_each_document_once(monkeypatch: pytest.MonkeyPatch) -> None:
    network = make_network("halifax")
    documents = [make_document(network, f"plan {number}") for number in range(12)]
    read: list[str] = []
    start = threading.Barrier(2)

    def read_document(file: Any, name: str, limits: Limits) -> Reading:
        assert not connection.in_atomic_block
        read.append(name)
        return Reading("extracted", (Piece(None, name),))

    def work() -> None:
        start.wait(10)
        extract_due(Limits(), seconds=60)

    monkeypatch.setattr(services, "read_document", read_document)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(in_thread(work)) for _worker in range(2)]:
            done.result(60)
    assert sorted(read) == sorted(document.filename for document in documents)
    assert set(DocumentText.objects.values_list("state", "due_at")) == {(State.EXTRACTED, None)}


@pytest.mark.django_db(transaction=True)
def test_page_that_is_published_while_its_document_is_read_has_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's transaction is open while the text is stored: neither sees the other's rows."""
    network = make_network("halifax")
    document = make_document(network, "plan")
    section = section_of(network)
    published, is_over = threading.Event(), threading.Event()

    def publish() -> None:
        with transaction.atomic():
            make_page(section, "Procedure", body=[("documents", [document.pk])])
            published.set()
            # In vain, as long as the other one waits for this transaction's end.
            is_over.wait(1)

    def read_document(*args: Any) -> Reading:
        assert published.wait(30)
        return Reading("extracted", (Piece(None, "the text"),))

    monkeypatch.setattr(services, "read_document", read_document)
    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(in_thread(publish))
        extract_due(Limits())
        is_over.set()
        publishing.result(30)
    assert list(EntryPassage.objects.order_by("position").values_list("text", flat=True)) == ["plan", "the text"]


@pytest.mark.django_db(transaction=True)
def test_two_versions_that_are_published_at_once_are_both_in_the_entry() -> None:
    """Each transaction knows its own version alone; the second one waits, and then sees the first."""
    network = make_network("halifax")
    french = make_page(section_of(network), "Procédure", live=False)
    english = make_page(section_of(network, "en"), "Procedure", live=False, version_of=french)
    start = threading.Barrier(2)

    def publish(pk: int) -> None:
        start.wait(10)
        type(french).objects.get(pk=pk).get_latest_revision().publish()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(in_thread(lambda pk=page.pk: publish(pk))) for page in (french, english)]:
            done.result(30)
    found = EntryVersion.objects.filter(entry__key=str(french.translation_key))
    assert set(found.values_list("title", flat=True)) == {"Procédure", "Procedure"}


WORKER = """
import sys
from django.conf import settings
import django
django.setup()
from django.db import connection
settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = sys.argv[1]
settings.MEDIA_ROOT = sys.argv[2]
from intranet.pages.extraction.limits import Limits
from intranet.pages.extraction.services import extract_due
print("ready", flush=True)
extract_due(Limits(seconds=60))
"""


@pytest.fixture
def start_worker(transactional_db: None) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """A process that reads what is due in the test's database."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        name = str(connection.settings_dict["NAME"])
        command = [sys.executable, "-c", WORKER, name, settings.MEDIA_ROOT]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "intranet.settings.test"}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_worker_that_is_killed_while_it_reads_leaves_nothing_stuck(
    start_worker: Callable[[], subprocess.Popen[str]],
) -> None:
    network = make_network("halifax")
    # Its only page takes far longer than the worker has.
    slow = make_document(network, "slow", name="slow.pdf", content=files.slow_pdf())
    make_document(network, "quick", content=b"quick words")
    worker = start_worker()
    wait_for(lambda: DocumentText.objects.filter(document=slow, claim__isnull=False).exists())
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    assert text_of(slow).state == State.WAITING

    extract_due(Limits())
    assert DocumentText.objects.get(document__title="quick").state == State.EXTRACTED
    assert text_of(slow).state == State.WAITING, "its claim has not ended"

    let_time_pass()
    extract_due(Limits(seconds=1))
    assert text_of(slow).attempts == 2
    let_time_pass()
    extract_due(Limits(seconds=1))
    assert (text_of(slow).state, text_of(slow).due_at) == (State.TIMED_OUT, None)
