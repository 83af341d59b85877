"""A person of one society, with content of hers and content that is not hers."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.test import Client
from wagtail.models import APIToken

from intranet.accounts.models import User
from intranet.exchange.importing import import_file
from tests.beginnings import beginning
from tests.exchange.conftest import bring, write_lines, written
from tests.exchange.lines import item, network, person
from tests.search.conftest import elasticsearch as elasticsearch

__all__ = ["bring", "write_lines"]


def make_site() -> None:
    """Two societies, a partner and an unlisted table, each with an item; one item for everyone, in both languages."""
    lines = (
        network("halifax", code="HFX"),
        network("moncton", region="NB"),
        network("appui", kind="partner"),
        network("directions", kind="table"),
        person("reader@example.org", name="Rita Reader", memberships=[{"network": "halifax", "role": "reader"}]),
        person("guest@example.org", memberships=[{"network": "directions", "role": "guest"}]),
        person("nobody@example.org", active=False),
        item("own", title="Horaire des gardes", topics=["gardes"]),
        item("all-fr", title="Cartographie des ressources", audience="everyone", network="moncton"),
        item("all-en", title="Resource map", audience="everyone", network="moncton", language="en",
             translation_of="all-fr"),
        item("foreign", title="Horaire secret de Moncton", network="moncton"),
        item("table", title="Horaire de la table", network="directions"),
        item("shared", title="Horaire partagé", network="directions", audience=["network:halifax", "guests"]),
        item("draft", title="Horaire en brouillon", published=None),
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        report = import_file(written(Path(folder, "content.jsonl"), *lines))
    assert report.errors == []


site = beginning(make_site)


class ApiClient:
    """Asks the API with a personal token."""

    def __init__(self, email: str) -> None:
        self.person = User.objects.get(email=email)
        _token, self.plaintext = APIToken.create_token(user=self.person, name="tests")
        self._client = Client()

    def get(self, path: str, **params: Any) -> Any:
        return self._client.get(f"/api/v1{path}", params or None, headers={"Authorization": f"Bearer {self.plaintext}"})


@pytest.fixture
def reader(site: None) -> ApiClient:
    return ApiClient("reader@example.org")


@pytest.fixture
def guest(site: None) -> ApiClient:
    return ApiClient("guest@example.org")
