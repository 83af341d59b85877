"""Each plugin that a site can do without, left out of one with content of it: its own is gone, the rest as before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intranet.plugins.discovery import plugin_name
from intranet.settings import base
from tests.services.template import begin_with_sqlite_template

ROOT = Path(__file__).parents[2]
OFF = ("glossary", "memos")
MEMOS, GLOSSARY = 'href="/fr/notes-de-service/"', 'href="/fr/glossaire/"'

pytestmark = pytest.mark.xdist_group("switched off")

OWN_ADDRESSES: dict[str, dict[str, set[str]]] = {
    "memos": {
        "reader": {"below", "note", "memo", "memos", "notes", "memo on paper", "editions", "questions", "API memos"}
        | {"API editions", "API questions", "API practice"},
        "editor": {"edit memo", "edit note", "history of memo", "add a memo", "withdraw", "upkeep", "figures"}
        | {"follow-up"},
    },
    "glossary": {"reader": {"glossary", "term", "API glossary"}, "editor": {"terms"}},
}
"""By plugin and person: the addresses that are its own."""

Look = Callable[[str], dict[str, Any]]


def run(folder: Path, *command: str, disabled: str = "", given: Any = None) -> dict[str, Any]:
    """Run Python on the site in ``folder`` and return what it prints last; an error shows its output."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "ELASTICSEARCH_URL"},
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
        "DJANGO_SETTINGS_MODULE": "intranet.settings.test",
        "INTRANET_PLUGINS_DISABLED": disabled,
    }
    result = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, input=json.dumps(given), capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return dict(json.loads((result.stdout.splitlines() or ["{}"])[-1]))


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Look:
    """What is found on the same site without the plugins that are named, each time asked once."""
    folder = tmp_path_factory.mktemp("whole")
    begin_with_sqlite_template(folder / "site.sqlite3")
    run(folder, "manage.py", "migrate", "--verbosity", "0")
    made = run(folder, "-m", "tests.plugins.whole_site", "make")
    found: dict[str, dict[str, Any]] = {}

    def ask(disabled: str) -> dict[str, Any]:
        if disabled not in found:
            copy = tmp_path_factory.mktemp("without") / "site"
            shutil.copytree(folder, copy)
            found[disabled] = run(copy, "-m", "tests.plugins.whole_site", "look", disabled=disabled, given=made)
        return found[disabled]

    return ask


@pytest.fixture(scope="module", params=OFF)
def without(request: pytest.FixtureRequest, look: Look) -> tuple[str, dict[str, Any]]:
    """A plugin, and what is found without it."""
    return request.param, look(request.param)


def test_every_plugin_that_can_be_left_out_is_looked_at() -> None:
    assert set(map(plugin_name, base.IN_TREE_PLUGINS)) - set(base.GROUND_PLUGINS) == set(OFF)


def test_with_all_plugins_every_address_answers(look: Look) -> None:
    whole = look("")

    assert {status for who in ("reader", "editor", "feeds") for status in whole[who].values()} == {200}
    assert (whole["migrated apps"], whole["menu"]) == (list(OFF), [MEMOS, GLOSSARY])
    assert whole["exported"] == ["index", "memo", "network", "page", "person", "term", "training_note"]
    assert whole["told"] == ["Note de la boussole", "Page de la boussole"]


def test_off_its_addresses_do_not_exist_and_the_others_answer(without: tuple[str, dict[str, Any]], look: Look) -> None:
    plugin, found = without
    for who in ("reader", "editor", "feeds"):
        own = OWN_ADDRESSES[plugin].get(who, set())
        assert found[who] == {name: 404 if name in own else 200 for name in look("")[who]}


def test_off_the_memos_are_gone_from_menus_panels_facets_and_texts(look: Look) -> None:
    whole, found = look(""), look("memos")

    assert {name for name in whole if found[name] == whole[name]} == {"feeds", "explained", "answers", "by its acronym"}
    assert found["migrated apps"] == ["glossary"]
    assert found["exported"] == ["index", "network", "page", "person", "term"]
    assert (found["menu"], found["admin menu"]) == ([GLOSSARY], ["/admin/terms/"])
    assert (found["asked at home"], found["to read"], found["of the section"], found["of the list"]) == (
        False,
        [],
        [],
        False,
    )
    assert found["linked"] == []
    assert found["kinds"] == {"page": 2, "term": 1}
    titles = ["Page de la boussole", "Tout sur la boussole", "boussole"]
    assert (found["titles"], found["suggested"]) == (titles, titles)
    assert found["offered"] == []
    assert found["API"] == ["glossary", "home", "me", "networks", "search", "searches", "suggest"]
    assert (found["told"], found["chosen by e-mail"]) == (["Page de la boussole"], False)


def test_off_the_glossary_is_gone_from_menus_facets_texts_and_queries(look: Look) -> None:
    whole, found = look(""), look("glossary")

    assert {name for name in whole if found[name] != whole[name]} == {
        "migrated apps", "exported", "reader", "editor", "menu", "explained", "kinds", "titles", "answers",
        "by its acronym", "suggested", "admin menu", "API",
    }  # fmt: skip
    assert found["migrated apps"] == ["memos"]
    assert found["exported"] == ["index", "memo", "network", "page", "person", "training_note"]
    assert (found["menu"], found["admin menu"]) == ([MEMOS], ["/admin/reports/upkeep/"])
    assert (found["explained"], found["answers"], found["by its acronym"]) == (False, [], [])
    assert found["kinds"] == {"memo": 2, "page": 2, "training_note": 1}
    assert "boussole" not in found["titles"] + found["suggested"]
    assert "glossary" not in found["API"]
