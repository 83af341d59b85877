"""A door before the real Elasticsearch: it notes every request, and lets it pass, refuses it, or keeps it waiting."""

from __future__ import annotations

import contextlib
import http.client
import json
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

#: Whoever is kept waiting longer than this has no budget.
PATIENCE_SECONDS = 30


class Answer(Enum):
    """What a request gets."""

    PASS = "the server's own answer"
    REFUSE = "429, as a server that has too much to do"
    SILENCE = "nothing, ever"
    CUT = "half of the server's answer"
    TOO_LARGE = "413, as a proxy with a limit"
    NONSENSE = "a page of some other program"


@dataclass(frozen=True)
class Asked:
    """One request that came to the door."""

    method: str
    path: str
    size: int

    def is_for(self, action: str) -> bool:
        """Whether it is for an action such as ``_bulk``."""
        return f"/{action}" in f"{self.path.partition('?')[0]}/"


class Gate:
    """Answers by ``decide``; ``forwarded`` is called when a request has been sent on, ``answered`` when its answer
    has come and has not been passed on yet."""

    def __init__(self, server_url: str) -> None:
        self._server = urlsplit(server_url)
        self.asked: list[Asked] = []
        self.waiting = 0
        self.outlasted = 0
        self.decide: Callable[[Asked], Answer] = lambda asked: Answer.PASS
        self.forwarded: Callable[[Asked], None] = lambda asked: None
        self.answered: Callable[[Asked], None] = lambda asked: None
        self._door = _Door(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._door.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._door.server_address[1]}"

    def answers_all(self, answer: Answer) -> None:
        """From now on every request gets this."""
        self.decide = lambda asked: answer

    def close(self) -> None:
        self._door.shutdown()
        self._door.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _handle(self) -> None:
                gate._answer(self)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _handle

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        return Handler

    def _answer(self, client: BaseHTTPRequestHandler) -> None:
        body = client.rfile.read(int(client.headers.get("Content-Length") or 0))
        asked = Asked(client.command, client.path, len(body))
        self.asked.append(asked)
        answer = self.decide(asked)
        if answer is Answer.SILENCE:
            self._keep_waiting(client)
        elif answer is Answer.REFUSE:
            _reply(client, 429, json.dumps({"error": {"type": "es_rejected_execution_exception"}, "status": 429}))
        elif answer is Answer.TOO_LARGE:
            _reply(client, 413, "<h1>413 Request Entity Too Large</h1>", {"Content-Type": "text/html"})
        elif answer is Answer.NONSENSE:
            _reply(client, 200, "<h1>It works!</h1>", {"Content-Type": "text/html"})
        else:
            self._pass_on(client, asked, body, cut=answer is Answer.CUT)

    def _keep_waiting(self, client: BaseHTTPRequestHandler) -> None:
        self.waiting += 1
        readable, _writable, _failed = select.select([client.connection], [], [], PATIENCE_SECONDS)
        if not readable:
            self.outlasted += 1
        client.close_connection = True

    def _pass_on(self, client: BaseHTTPRequestHandler, asked: Asked, body: bytes, *, cut: bool) -> None:
        connection = http.client.HTTPConnection(self._server.hostname or "", self._server.port, timeout=60)
        headers = {name: value for name, value in client.headers.items() if name.lower() not in ("host", "connection")}
        try:
            connection.request(asked.method, asked.path, body or None, headers)
            self.forwarded(asked)
            answer = connection.getresponse()
            content = answer.read()
            self.answered(asked)
        except (OSError, http.client.HTTPException):
            # The server is gone: so is the door's other side.
            client.close_connection = True
            return
        finally:
            connection.close()
        kept = {name: value for name, value in answer.getheaders() if name.lower().startswith(("x-", "content-type"))}
        length = int(answer.headers.get("Content-Length") or 0) if asked.method == "HEAD" else len(content)
        _reply(client, answer.status, content[: len(content) // 2] if cut else content, kept, length)


class _Door(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is no error."""


def _reply(
    client: BaseHTTPRequestHandler,
    status: int,
    content: bytes | str,
    headers: dict[str, str] | None = None,
    length: int | None = None,
) -> None:
    data = content.encode() if isinstance(content, str) else content
    promised = len(data) if length is None else length
    with contextlib.suppress(OSError):
        client.send_response(status)
        elastic = {"X-Elastic-Product": "Elasticsearch", "Content-Type": "application/json"}
        for name, value in (elastic if headers is None else headers).items():
            client.send_header(name, value)
        client.send_header("Content-Length", str(promised))
        client.end_headers()
        if client.command == "HEAD":
            # What followed would be taken for the beginning of the next answer.
            return
        client.wfile.write(data)
        if len(data) < promised:
            client.connection.shutdown(socket.SHUT_RDWR)
            client.close_connection = True
