"""docs/contract.md names every variable, command, option and address that there is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

ROOT = Path(__file__).parents[1]
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", (ROOT / "docs/contract.md").read_text(), flags=re.M | re.S))
ADDRESSES = re.findall(r"`((?:/|…/)[^`]*)`", SECTIONS["Addresses"])
COMMANDS = sorted(name for name, app in get_commands().items() if app.split(".")[0] in ("intranet", "search"))
GENERAL = {"/", "/fr/", "/en/", "/accounts/"}
"""Addresses that have all others below them say nothing of these."""

READ = """
import json
from intranet.settings import env
real, names = env._env, set()

class Noting:
    def __getattr__(self, kind):
        def read(name, *rest):
            names.add(name)
            return getattr(real, kind)(name, *rest)
        return read

env._env = Noting()
import intranet.settings.dev, intranet.settings.test, intranet.settings.production
print(json.dumps(sorted(names)))
"""


def test_every_variable_that_the_settings_read_is_named() -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "x" * 50,
        "DATABASE_URL": "postgres://somebody@localhost/intranet",
        "ELASTICSEARCH_URL": "http://localhost:9200",
        "ALLOWED_HOSTS": "localhost",
    }
    read = subprocess.run([sys.executable, "-c", READ], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert read.returncode == 0, read.stderr
    rows = re.findall(r"^\| (`[^|]+) \|", SECTIONS["Environment"], flags=re.M)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}

    assert named == {"DJANGO_SETTINGS_MODULE", *json.loads(read.stdout)}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_named_with_its_options(name: str) -> None:
    rows = re.findall(rf"^\| .*`(?:manage\.py )?{name}\b.*", SECTIONS["Commands"], flags=re.M)
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    common = BaseCommand().create_parser("manage.py", name)
    options = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}

    assert len(rows) == 1
    for option in sorted(options - {option for action in common._actions for option in action.option_strings}):
        assert re.search(rf"{option}\b", rows[0]), option


def routes(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """The addresses of our own views outside of the admin and the API, as patterns."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if route.startswith(("/admin/", "/api/")):
            continue
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif getattr(pattern.callback, "__module__", "").startswith("intranet."):
            yield route


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_address_is_named(language: str) -> None:
    with override(language):
        found = [route for route in routes(get_resolver().url_patterns) if "^" not in route]
    ends = tuple(address[1:] for address in ADDRESSES if address.startswith("…/"))
    heads = [re.split(r"[A-Z…?]|//", address)[0] for address in ADDRESSES if address.startswith("/")]
    heads = [head for head in heads if head not in GENERAL]

    assert len(found) > 60
    for route in found:
        head = route.partition("<")[0]
        if head == route:
            assert route in {*GENERAL, *heads} or route.endswith(ends), route
        else:
            assert any(head.startswith(each) for each in heads), route
