"""One SQLite file, several processes: the demo's server, its worker, and people who write at the same time."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time

import pytest
import requests

from tests.services.process import ServerProcess
from tests.sqlite.conftest import ROOT, DemoSite
from tests.sqlite.writer import MEMO_EACH

pytestmark = pytest.mark.xdist_group("shared file")
WRITERS, WRITES = ("ana", "ben", "cam", "dee"), 50
PAUSE_SECONDS = 0.2
"""Nobody reads faster."""
READER = "fiona.macaskill@example.org"


def test_printed_accounts_sign_in_and_find_in_both_languages(demo_site: DemoSite, server: ServerProcess) -> None:
    assert len(demo_site.accounts) == 6
    for email in demo_site.accounts:
        session = demo_site.sign_in(email)
        assert session.get(f"{demo_site.url}/api/v1/me").json()["email"] == email
        for address in ("/fr/", "/en/", "/fr/recherche/?q=formation", "/en/search/?q=training"):
            answer = session.get(demo_site.url + address)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store"), address


def acknowledge_next(site: DemoSite, session: requests.Session) -> list[int]:
    """Acknowledge the next memo that asks for it, if any is left; gives back the status of each request."""
    asked = session.get(f"{site.url}/api/v1/memos?state=to_acknowledge")
    statuses = [asked.status_code]
    for memo in asked.json()["results"][:1]:
        headers = {"X-CSRFToken": session.cookies["csrftoken"], "Referer": site.url}
        answer = session.post(f"{site.url}/api/v1/memos/{memo['id']}/acknowledge", json={}, headers=headers)
        statuses.append(answer.status_code)
    return statuses


@pytest.mark.parametrize(("address", "words"), [("/fr/recherche/", "note de service"), ("/en/search/", "travel")])
def test_demo_answers_a_search_in_each_language(
    demo_site: DemoSite, server: ServerProcess, address: str, words: str
) -> None:
    session = demo_site.sign_in(READER)

    answer = session.get(f"{demo_site.url}/api/v1/search", params={"q": words}).json()

    assert answer["total"] >= 1
    assert (answer["engine"], answer["degraded"]) == ("embedded", False)
    page = session.get(demo_site.url + address, params={"q": words}).text
    assert f"<strong>{answer['total']}</strong>" in page


def test_ten_thousand_characters_are_answered_by_the_site(demo_site: DemoSite, server: ServerProcess) -> None:
    words = {"q": "é" * 10_000}

    page = demo_site.sign_in(READER).get(f"{demo_site.url}/fr/recherche/", params=words)
    assert (page.status_code, 'lang="fr"' in page.text) in [(200, True), (400, True)]
    stranger = requests.get(f"{demo_site.url}/fr/recherche/", params=words, timeout=30)
    assert (stranger.status_code, stranger.url) == (200, f"{demo_site.url}/accounts/login/?next=/fr/recherche/")


def test_server_reads_an_uploaded_file_by_itself(demo_site: DemoSite, server: ServerProcess) -> None:
    session, address = demo_site.sign_in(READER), f"{demo_site.url}/admin/documents/add/"
    session.get(address).raise_for_status()
    form = {"title": "Zibeline", "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    files = {"file": ("zibeline.txt", b"martre zibeline", "text/plain")}

    session.post(address, data=form, files=files, headers={"Referer": address}).raise_for_status()

    query = """
        SELECT passage.text FROM pages_documentpassage passage JOIN pages_documenttext text ON text.id = text_of_id
        JOIN pages_guardeddocument document ON document.id = document_id WHERE title = 'Zibeline'
    """
    end, rows = time.monotonic() + 60, []
    while not rows and time.monotonic() < end:
        with sqlite3.connect(demo_site.folder / "intranet.sqlite3") as file:
            rows = file.execute(query).fetchall()
    assert rows == [("martre zibeline",)]


def test_server_worker_and_four_writers_share_the_file(
    demo_site: DemoSite, server: ServerProcess, worker: ServerProcess
) -> None:
    session = demo_site.sign_in(READER)
    command = [sys.executable, "-m", "tests.sqlite.writer"]
    environment = {**os.environ, **demo_site.environment}
    writers = [
        subprocess.Popen(
            [*command, name, str(WRITES)], env=environment, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for name in WRITERS
    ]
    statuses: set[int] = set()
    acknowledged = 0
    try:
        while any(writer.poll() is None for writer in writers):
            statuses |= {
                session.get(f"{demo_site.url}{path}").status_code for path in ("/en/", "/en/search/?q=zibeline")
            }
            asked, *answers = acknowledge_next(demo_site, session)
            statuses |= {asked, *answers}
            acknowledged += len(answers)
            time.sleep(PAUSE_SECONDS)
        errors = [writer.communicate(timeout=60)[1].decode() for writer in writers]
    finally:
        for writer in writers:
            writer.kill()

    assert [writer.returncode for writer in writers] == [0] * len(WRITERS), errors
    assert statuses == {200}
    assert acknowledged > 0
    logs = [(demo_site.folder / name).read_text() for name in ("server.log", "worker.log")]
    assert [text for text in [*logs, *errors] if "locked" in text or "Traceback" in text] == []
    with sqlite3.connect(demo_site.folder / "intranet.sqlite3") as file:
        rows = file.execute("SELECT title FROM wagtailcore_page WHERE title LIKE 'Zibeline %' AND live").fetchall()
        numbers = file.execute(
            """
            SELECT DISTINCT code, year, sequence FROM memos_memorecord memo JOIN wagtailcore_page page
            ON page.translation_key = memo.item_id WHERE title LIKE 'Zibeline %' ORDER BY year, sequence
            """
        ).fetchall()
    assert {title for (title,) in rows} == {f"Zibeline {name} {number}" for name in WRITERS for number in range(WRITES)}
    assert len(rows) == len(WRITERS) * WRITES
    first = numbers[0][2]
    assert [number for _code, _year, number in numbers] == list(range(first, first + len(rows) // MEMO_EACH))
    assert {code for code, _year, _number in numbers} == {"HFX"}
    for check in ("search_check", "check_access"):
        checked = demo_site.manage(check)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    found = session.get(f"{demo_site.url}/api/v1/search?q=zibeline").json()
    assert found["total"] == len(WRITERS) * WRITES
