"""The environment of the tests itself: what a test asks for is what it gets."""

from __future__ import annotations

import json
import os
import socket
import urllib.request

import pytest
from django.db import connection

from tests.services.elasticsearch import ElasticsearchServer
from tests.services.machine import ServiceError


@pytest.mark.sqlite
@pytest.mark.django_db
def test_database_is_the_one_that_the_environment_names() -> None:
    scheme = os.environ.get("DATABASE_URL", "sqlite:").partition(":")[0]
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[scheme]


def test_elasticsearch_is_a_real_one(elasticsearch_url: str) -> None:
    with urllib.request.urlopen(elasticsearch_url) as answer:
        assert json.load(answer)["tagline"] == "You Know, for Search"


def test_killed_elasticsearch_comes_back_with_its_data(elasticsearch_server: ElasticsearchServer) -> None:
    document = f"{elasticsearch_server.url}/kept/_doc/1"
    request = urllib.request.Request(document, b'{"word": "kept"}', {"Content-Type": "application/json"}, method="PUT")
    urllib.request.urlopen(request).close()
    elasticsearch_server.kill()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(document)
    elasticsearch_server.start()
    with urllib.request.urlopen(document) as answer:
        assert json.load(answer)["_source"] == {"word": "kept"}


def test_server_does_not_take_another_one_for_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        server = ElasticsearchServer(port=other.getsockname()[1])
        try:
            with pytest.raises(ServiceError, match="taken"):
                server.start()
        finally:
            server.close()
