"""deploy/nginx.conf.template, run by a real nginx in front of an application that says what it was asked."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.services.nginx import nginx
from tests.services.process import wait_until

TEMPLATE = Path(__file__).parents[2] / "deploy" / "nginx.conf.template"
SECRET = b"%PDF the minutes of the table"


class Application(BaseHTTPRequestHandler):
    """Allows one file, and answers everything else with the headers that reached it."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path.startswith("/documents/"):
            self.send_header("X-Accel-Redirect", "/guarded-files/documents/r%C3%A9union.pdf")
            self.send_header("Content-Type", "application/pdf")
            self.send_header("Cache-Control", "private, no-store")
            self.end_headers()
            return
        self.end_headers()
        self.wfile.write(json.dumps(dict(self.headers)).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    media = tmp_path_factory.mktemp("media")
    (media / "documents").mkdir()
    (media / "documents" / "réunion.pdf").write_bytes(SECRET)
    application = ThreadingHTTPServer(("127.0.0.1", 0), Application)
    threading.Thread(target=application.serve_forever, daemon=True).start()
    try:
        with nginx(TEMPLATE, web=f"127.0.0.1:{application.server_port}", media=media) as values:
            yield values
    finally:
        application.shutdown()
        application.server_close()


def get(
    site: Mapping[str, str], path: str, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    trust = ssl.create_default_context(cafile=f"{site['TLS_FOLDER']}/fullchain.pem")
    connection = http.client.HTTPSConnection("localhost", int(site["HTTPS_PORT"]), context=trust, timeout=10)
    connection.request("GET", path, headers=dict(headers or {}))
    answer = connection.getresponse()
    result = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return result


def test_file_that_the_application_allows_is_handed_out(site: Mapping[str, str]) -> None:
    status, headers, body = get(site, "/documents/7/")
    assert (status, body) == (200, SECRET)
    assert (headers["content-type"], headers["cache-control"]) == ("application/pdf", "private, no-store")
    assert "x-accel-redirect" not in headers


@pytest.mark.parametrize("path", ["documents/r%C3%A9union.pdf", "documents/", "./documents/../documents/"])
def test_file_asked_for_directly_is_not_found(site: Mapping[str, str], path: str) -> None:
    status, _headers, body = get(site, f"/guarded-files/{path}")
    assert status == 404
    assert SECRET not in body


def test_application_learns_who_asks_from_the_web_server_alone(site: Mapping[str, str]) -> None:
    _status, _headers, body = get(site, "/", {"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "http"})
    told = json.loads(body)
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"], told["Host"]) == ("127.0.0.1", "https", "localhost")


def test_search_of_ten_thousand_characters_reaches_the_application(site: Mapping[str, str]) -> None:
    status, _headers, _body = get(site, f"/fr/recherche/?q={quote('é' * 10_000)}")
    assert status == 200


def test_plain_http_is_sent_to_https(site: Mapping[str, str]) -> None:
    connection = http.client.HTTPConnection("localhost", int(site["HTTP_PORT"]), timeout=10)
    connection.request("GET", "/fr/recherche/?q=abri")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/fr/recherche/?q=abri")
    connection.close()


def test_log_has_no_query(site: Mapping[str, str]) -> None:
    get(site, "/en/search/?q=confidential-word", {"Referer": "https://localhost/confidential-page"})
    log = Path(site["LOG"])
    # A line is written when the answer has gone out.
    wait_until(lambda: "/en/search/" in log.read_text())
    assert "confidential" not in log.read_text()
