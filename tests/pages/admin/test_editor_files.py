"""The editor works: every style and script that it asks for is there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from intranet.accounts.models import User
from tests.pages.admin.conftest import World

FILE = re.compile(r'(?:src|href)="/static/([^"?]+)')


@pytest.mark.django_db
@pytest.mark.parametrize("page_type", [("pages", "contentpage"), ("memos", "memopage"), ("memos", "trainingnotepage")])
def test_editor_asks_for_files_that_exist(
    world: World, client_of: Callable[[User], Client], page_type: tuple[str, str]
) -> None:
    address = reverse("wagtailadmin_pages:add", args=[*page_type, world.section.pk])

    answer = client_of(world.publisher).get(address)

    assert answer.status_code == 200
    asked = set(FILE.findall(answer.content.decode()))
    assert "table_block/js/table.js" in asked
    assert {name for name in asked if finders.find(name) is None} == set()
