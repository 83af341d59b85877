"""Fixtures for all tests. The addresses of the servers come from the environment (``python -m tests.services``)."""

from __future__ import annotations

import gc
import json
import os
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import override_settings
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from tests import kept_rows
from tests.beginnings import beginnings
from tests.scheduling import OUTAGE, OutagesApart
from tests.services.chromium import ARGUMENTS, chromium
from tests.services.elasticsearch import ElasticsearchServer, elasticsearch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request
    from xdist.remote import Producer

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
RUN = os.environ.get("TEST_RUN", "")
TEMPLATE = os.environ.get("TEST_TEMPLATE", "")
"""A migrated database to copy (``tests.services.template``); empty: each process migrates its own."""
PAGE_TIMEOUT_MILLISECONDS = 20_000
CONTENTS = "_test_serialized_contents"
"""Where Django keeps, on a connection, the rows that the migrations made."""


def pytest_configure(config: pytest.Config) -> None:
    """Each process of a run has indices of its own."""
    settings.SEARCH_INDEX_PREFIX = f"{settings.SEARCH_INDEX_PREFIX}-{WORKER}"
    # A process of tests is large and short-lived: looking for what is unused in it as often as usual takes a tenth of
    # its time, and a fifth of what migrations take, which make and drop thousands of classes.
    gc.set_threshold(200_000, 20, 100)
    kept_rows.use()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OutagesApart:
    return OutagesApart(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Tests that commit get back what the migrations made: the root page, the languages, the permissions."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        database = item.get_closest_marker("django_db")
        options = dict(database.kwargs) if database else {}
        if options.get("transaction") or fixtures & {"transactional_db", "live_server"}:
            options |= {"transaction": True, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**options), append=False)
        # By the names that only these fixtures ask for: a test may call something of its own a page.
        if "browser" in fixtures:
            item.add_marker(pytest.mark.browser)
        if "elasticsearch_server" in fixtures:
            item.add_marker(pytest.mark.outage)
            # They share a process and with it the server; those that commit come later, in a group, too.
            group = f"{OUTAGE}, transaction={options.get('transaction', False)}"
            item.add_marker(pytest.mark.xdist_group(group))
    yield
    # Long groups with sites of their own come first, so that no process is left with one in the end.
    items.sort(key=lambda item: not _has_site_of_its_own(item))


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> None:
    """Before a test's transaction begins: what it begins with."""
    if fixturedef.argname == "_django_db_helper":
        with request.config.stash[blocking_manager_key].unblock():
            beginnings.prepare(request.node)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    with session.config.stash[blocking_manager_key].unblock():
        beginnings.clear()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are called by their argument: the file that one process makes may differ from the next one's."""
    return argname if isinstance(val, bytes) else None


def _has_site_of_its_own(item: pytest.Item) -> bool:
    """Whether it shares a process with others of its group, and uses none of the tests' database."""
    fixtures = set(getattr(item, "fixturenames", ()))
    uses_database = item.get_closest_marker("django_db") or fixtures & {"db", "django_db_setup", "transactional_db"}
    return item.get_closest_marker("xdist_group") is not None and not uses_database


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Two runs on one server have a database each, copied from the template where there is one."""
    for connection in connections.all():
        test = connection.settings_dict["TEST"]
        if connection.vendor == "postgresql":
            name = test["NAME"] or f"test_{connection.settings_dict['NAME']}"
            test["NAME"] = f"{name}_{RUN}" if RUN else name
            test["TEMPLATE"] = TEMPLATE or None
        elif TEMPLATE:
            shutil.copyfile(TEMPLATE, test["NAME"])


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Whether what is there is used: SQLite's copy of the template is."""
    is_copied = bool(TEMPLATE) and connections["default"].vendor == "sqlite"
    return is_copied or bool(request.config.getvalue("reuse_db"))


@pytest.fixture(scope="session", autouse=True)
def _media_in_a_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=str(folder)):
        yield folder


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """No test inherits another one's cache or language; messages outside of requests are asserted in English."""
    cache.clear()
    translation.activate("en")
    yield
    translation.deactivate()


# Elasticsearch ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """A real server that all tests of this process share; its indices begin with ``settings.SEARCH_INDEX_PREFIX``."""
    with elasticsearch() as (url, _origin):
        yield url
        delete_indices(url, f"{settings.SEARCH_INDEX_PREFIX}*")


@pytest.fixture(scope="session")
def _disposable_elasticsearch() -> Iterator[ElasticsearchServer]:
    server = ElasticsearchServer(short_lived=True)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def elasticsearch_server(_disposable_elasticsearch: ElasticsearchServer) -> Iterator[ElasticsearchServer]:
    """A running, empty server that the test may ``stop()``, ``kill()`` and ``start()``; its ``url`` stays the same."""
    _disposable_elasticsearch.start()
    delete_indices(_disposable_elasticsearch.url, "*")
    yield _disposable_elasticsearch


def delete_indices(url: str, pattern: str) -> None:
    """Deletes by name, as servers refuse to delete by pattern."""
    with urllib.request.urlopen(f"{url}/_cat/indices/{pattern}?format=json&h=index", timeout=30) as answer:
        names = [row["index"] for row in json.load(answer)]
    for name in names:
        with urllib.request.urlopen(urllib.request.Request(f"{url}/{name}", method="DELETE"), timeout=30):
            pass


# The browser -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Browser]:
    """A headless Chromium for all tests of this process."""
    from playwright.sync_api import sync_playwright

    # What tests before begin with is in a transaction of the connections as they are now.
    with django_db_blocker.unblock():
        beginnings.clear()
    path, _origin = chromium()
    contents = {connection.alias: vars(connection).get(CONTENTS) for connection in connections.all()}
    # Playwright's loop runs in this thread, which Django would take for asynchronous code.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # The loop has a context of its own, and with it other connections, which must know what a flush brings back.
        for connection in connections.all():
            if contents[connection.alias] is not None:
                setattr(connection, CONTENTS, contents[connection.alias])
        program = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield program
        program.close()
        connections.close_all()


@pytest.fixture
def page(browser: Browser, live_server: object) -> Iterator[Page]:
    """A new visitor's page on the running site. Fails when the site made it ask anybody else for anything."""
    address = str(live_server)
    foreign: list[str] = []

    def notice(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(address).netloc:
            foreign.append(request.url)

    context = browser.new_context(base_url=address, locale="fr-CA")
    context.set_default_timeout(PAGE_TIMEOUT_MILLISECONDS)
    context.on("request", notice)
    yield context.new_page()
    context.close()
    assert foreign == []


@pytest.fixture
def assert_accessible() -> Callable[..., None]:
    """Checks a page with axe's rules for WCAG 2.2 AA and its best practices; a finding is an error with its place.

    ``within``, a selector, checks one part: what lies over a page covers targets that are not meant to be reached.
    ``colours``, when false, leaves the contrast to the tests of the tokens and of the gallery.
    """
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def check(page: Page, within: str | None = None, *, colours: bool = True) -> None:
        # Telling of what passes, too, takes as long again.
        options = {
            "runOnly": {"type": "tag", "values": tags},
            "resultTypes": ["violations"],
            "rules": {"color-contrast": {"enabled": colours}},
        }
        results = Axe().run(page, within, options=options)
        found = [
            f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']]}"
            for violation in results.response["violations"]
        ]
        assert found == []

    return check
