"""Elasticsearch asked directly: what everything else is compared with."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit


class Direct:
    """One connection that stays open, and no more program around it than JSON takes."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 9200, timeout=120)

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer to a request; ``body`` as JSON, or as bytes that go as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        self._connection.request(method, path, content, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        found: dict[str, Any] = json.load(answer)
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise SystemExit(f"Elasticsearch refused {method} {path}: {json.dumps(found)[:1000]}")
        return found

    @contextmanager
    def index_like(self, name: str) -> Iterator[str]:
        """An empty index that is made as the one called ``name``, not refreshed by itself; it is gone afterwards."""
        made = self.ask("GET", f"/{name}")[name]
        settings = {"analysis": made["settings"]["index"]["analysis"]}
        settings |= {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}
        copy = f"{name}-raw"
        self.ask("PUT", f"/{copy}", {"settings": {"index": settings}, "mappings": made["mappings"]})
        try:
            yield copy
        finally:
            self.ask("DELETE", f"/{copy}")
