"""The files that a deployment is made from agree with each other and with the settings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "intranet.settings.production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "intranet.example.org",
    "BASE_URL": "https://intranet.example.org",
    "DATABASE_URL": "postgres://intranet:secret@postgres:5432/intranet",
    "ELASTICSEARCH_URL": "http://elastic:secret@elasticsearch:9200",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
    "X_ACCEL_PREFIX": "/guarded-files/",
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return content


def run_manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **PRODUCTION, **changes}  # nothing that other tests have set
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


PROVIDER = {
    "OPENID_CONNECT_URL": "https://id.example.org",
    "OPENID_CONNECT_CLIENT_ID": "intranet",
    "OPENID_CONNECT_CLIENT_SECRET": "secret",
}


@pytest.mark.parametrize("more", [{}, PROVIDER], ids=["passwords", "openid connect"])
def test_production_settings_pass_the_deployment_checks(tmp_path: Path, more: dict[str, str]) -> None:
    answer = run_manage("check", "--deploy", "--fail-level", "WARNING", MEDIA_ROOT=str(tmp_path), **more)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "development-only-secret-never-used-in-production"),
        ("DEBUG", "true"),
        ("DATABASE_URL", "sqlite:///intranet.sqlite3"),
        ("ELASTICSEARCH_URL", ""),
        ("ALLOWED_HOSTS", "*"),
    ],
)
def test_production_refuses_what_is_good_for_a_first_look_alone(name: str, value: str, tmp_path: Path) -> None:
    answer = run_manage("check", **{"MEDIA_ROOT": str(tmp_path), name: value})
    assert answer.returncode == 1
    assert f"Production does not start: {name} " in answer.stderr


def test_services_are_the_five_and_the_migration(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"migrate", "web", "worker", "postgres", "elasticsearch", "nginx"}


def test_only_the_web_server_is_reachable(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["nginx"]
    inside = [name for name, service in compose["services"].items() if service["networks"] == ["inside"]]
    assert (inside, compose["networks"]["inside"]) == (["postgres", "elasticsearch"], {"internal": True})


def test_no_secret_is_written_down(compose: dict[str, Any]) -> None:
    required = re.compile(r"\$\{(\w+):\?")
    named = set(required.findall((DEPLOY / "compose.yaml").read_text()))
    example = dict(line.split("=", 1) for line in (DEPLOY / "example.env").read_text().splitlines() if "=" in line)
    assert named == set(example)
    assert {name for name, value in example.items() if not value} == {
        "SECRET_KEY",
        "POSTGRES_PASSWORD",
        "ELASTIC_PASSWORD",
    }


def test_every_setting_given_to_the_site_is_read_by_it(compose: dict[str, Any]) -> None:
    settings = "".join(path.read_text() for path in (ROOT / "intranet" / "settings").glob("*.py"))
    given = set(compose["services"]["web"]["environment"]) - {"DJANGO_SETTINGS_MODULE"}
    assert [name for name in sorted(given) if f'"{name}"' not in settings] == []


def test_web_server_and_site_agree_on_the_files_prefix(compose: dict[str, Any]) -> None:
    prefix = compose["services"]["web"]["environment"]["X_ACCEL_PREFIX"]
    assert f"location {prefix} {{\n        internal;" in (DEPLOY / "nginx.conf.template").read_text()
    filled = set(re.findall(r"\$\{(\w+)\}", (DEPLOY / "nginx.conf.template").read_text()))
    assert filled == set(compose["services"]["nginx"]["environment"])


def test_image_runs_without_root_and_with_locked_packages() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    assert "USER 10001" in lines
    assert any("--require-hashes -r /tmp/requirements.txt" in line for line in lines)


def test_image_gets_what_it_copies() -> None:
    """The build's context leaves everything out that is not named."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    named = [line[1:] for line in lines if line.startswith("!")]
    assert [name for name in named if not (ROOT / name).exists()] == []
