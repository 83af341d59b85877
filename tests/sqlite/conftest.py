"""A SQLite file as ``make demo`` makes it, in a folder of its own, and programs that share it."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.services.machine import free_port
from tests.services.process import ServerProcess
from tests.services.template import begin_with_sqlite_template

ROOT = Path(__file__).resolve().parents[2]
MANAGE = str(ROOT / "manage.py")
DEMO_SERVER = str(ROOT / "scripts" / "demo_server.py")


@dataclass
class DemoSite:
    """The folder with the file; ``accounts`` maps an e-mail to its password, as they were printed."""

    folder: Path
    environment: dict[str, str]
    accounts: dict[str, str]
    url: str = ""
    sessions: dict[str, requests.Session] = field(default_factory=dict)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ``manage.py`` on the file, to its end."""
        return subprocess.run(
            [sys.executable, MANAGE, *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def sign_in(self, email: str) -> requests.Session:
        """A browser in which somebody has signed in through the form; once, as sign-ins are limited."""
        if email in self.sessions:
            return self.sessions[email]
        session = requests.Session()
        address = f"{self.url}/accounts/login/"
        session.get(address).raise_for_status()
        form = {
            "login": email,
            "password": self.accounts[email],
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        }
        answer = session.post(address, data=form, headers={"Referer": address})
        assert (answer.status_code, answer.url) in [(200, f"{self.url}/fr/"), (200, f"{self.url}/en/")]
        self.sessions[email] = session
        return session


@pytest.fixture(scope="module")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> DemoSite:
    """Migrated and loaded by the commands of ``make demo``."""
    folder = tmp_path_factory.mktemp("demo")
    database = folder / "intranet.sqlite3"
    begin_with_sqlite_template(database)
    environment = {
        "DJANGO_SETTINGS_MODULE": "intranet.settings.dev",
        "DATABASE_URL": f"sqlite:///{database}",
        "ELASTICSEARCH_URL": "",
        "MEDIA_ROOT": str(folder / "media"),
        "PYTHONPATH": str(ROOT),
    }
    site = DemoSite(folder, environment, {})
    migrated = site.manage("migrate", "--noinput", "--verbosity", "0")
    assert (migrated.returncode, migrated.stderr) == (0, "")
    loaded = site.manage("load_demo")
    assert loaded.returncode == 0, loaded.stderr
    lines = [line.split(" ", 1) for line in loaded.stdout.splitlines() if "@" in line and not line.startswith("#")]
    site.accounts.update(dict(lines))
    return site


@pytest.fixture(scope="module")
def server(demo_site: DemoSite) -> Iterator[ServerProcess]:
    """The site's server on the file, as the demo starts it."""
    port = free_port()
    demo_site.url = f"http://127.0.0.1:{port}"
    demo_site.environment["BASE_URL"] = demo_site.url
    process = ServerProcess(
        name="the demo's server",
        command=[
            sys.executable,
            "-m",
            "gunicorn",
            "intranet.wsgi",
            "--config",
            DEMO_SERVER,
            "--bind",
            f"127.0.0.1:{port}",
        ],
        log=demo_site.folder / "server.log",
        is_ready=lambda: _answers(f"{demo_site.url}/-/ready"),
        environment=demo_site.environment,
    )
    process.start()
    yield process
    process.stop()


@pytest.fixture
def worker(demo_site: DemoSite) -> Iterator[ServerProcess]:
    """A worker process on the file, which hardly rests."""
    log = demo_site.folder / "worker.log"
    process = ServerProcess(
        name="the worker",
        command=[sys.executable, "-u", MANAGE, "worker", "--idle-seconds", "0.05"],
        log=log,
        is_ready=lambda: log.exists() and "Worker started" in log.read_text(),
        environment=demo_site.environment,
    )
    process.start()
    yield process
    process.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
