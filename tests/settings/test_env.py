"""The environment: a wrong value stops the start with its name, a right one is read as it is meant."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from intranet.settings import env

READERS: dict[str, Callable[[], object]] = {
    "DATABASE_URL": env.database,
    "ELASTICSEARCH_URL": lambda: env.url("ELASTICSEARCH_URL", ("http", "https")),
    "SEARCH_INDEX_PREFIX": env.index_prefix,
    "BASE_URL": lambda: env.url("BASE_URL", ("http", "https")),
    "MEDIA_ROOT": lambda: env.directory("MEDIA_ROOT", env.VAR_DIR),
    "EMAIL_URL": env.email,
    "SENTRY_DSN": env.report_address,
    "LOG_LEVEL": env.log_level,
    "EXTRACTION_SECONDS": lambda: env.numbers("EXTRACTION_MEMORY_MEGABYTES", "EXTRACTION_SECONDS"),
    "FOLLOW_UP_NAMES": lambda: env.choice("FOLLOW_UP_NAMES", ("totals", "names")),
    "DEBUG": lambda: env.boolean("DEBUG"),
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x/y"),
        ("FOLLOW_UP_NAMES", "everything"),
        ("DATABASE_URL", "postgres://user:secret@host"),
        ("DATABASE_URL", "postgres://host:port/name"),
        ("DATABASE_URL", "postgres://[host/name"),
        ("ELASTICSEARCH_URL", "localhost:9200"),
        ("ELASTICSEARCH_URL", "http://host:99999"),
        ("ELASTICSEARCH_URL", "http://[host"),
        ("SEARCH_INDEX_PREFIX", "Intranet"),
        ("SEARCH_INDEX_PREFIX", "-x"),
        ("SEARCH_INDEX_PREFIX", "a,b*"),
        ("BASE_URL", "ftp://host"),
        ("DATABASE_URL", "sqlite:////dev/null/site.sqlite3"),
        ("MEDIA_ROOT", "/dev/null/media"),
        ("EMAIL_URL", "mail.example.org"),
        ("EMAIL_URL", "smtp://host:x"),
        ("EMAIL_URL", "smtp://[host"),
        ("SENTRY_DSN", "https://reports.example.org"),
        ("SENTRY_DSN", "https://key@reports.example.org/project"),
        ("LOG_LEVEL", "LOUD"),
        ("EXTRACTION_SECONDS", "0"),
        ("EXTRACTION_SECONDS", "half"),
        ("DEBUG", "perhaps"),
    ],
)
def test_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=f"^Environment variable {name} is wrong"):
        READERS[name]()


@pytest.mark.parametrize(
    ("name", "value"),
    [("ELASTICSEARCH_URL", "elastic:topsecret@es:9200"), ("DATABASE_URL", "site:topsecret@db/name")],
)
def test_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        READERS[name]()

    assert "topsecret" not in str(refusal.value)


def test_right_values_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp://post%40example.org:a%2Fb@mail.example.org:587")
    monkeypatch.setenv("SENTRY_DSN", "https://key@reports.example.org/12")
    monkeypatch.setenv("SEARCH_INDEX_PREFIX", "site-2")
    monkeypatch.setenv("MEDIA_ROOT", str(tmp_path / "media"))
    monkeypatch.setenv("EXTRACTION_SECONDS", " 7 ")
    monkeypatch.setenv("EXTRACTION_FILE_MEGABYTES", "")

    read = env.email()

    assert (read["EMAIL_HOST_USER"], read["EMAIL_HOST_PASSWORD"]) == ("post@example.org", "a/b")
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"], read["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)
    assert env.report_address() == "https://key@reports.example.org/12"
    assert env.numbers("EXTRACTION_SECONDS", "EXTRACTION_FILE_MEGABYTES") == {"EXTRACTION_SECONDS": 7}
    assert env.index_prefix() == "site-2"
    assert env.directory("MEDIA_ROOT", tmp_path).is_dir()


PRODUCTION = {
    "SECRET_KEY": "x" * 50,
    "DATABASE_URL": "postgres://user:secret@localhost/name",
    "ELASTICSEARCH_URL": "http://localhost:9200",
    "ALLOWED_HOSTS": "intranet.example.org",
    "BASE_URL": "https://intranet.example.org",
}


OPENID_CONNECT = {
    "OPENID_CONNECT_URL": "https://id.example.org/federation/",
    "OPENID_CONNECT_CLIENT_ID": "intranet",
    "OPENID_CONNECT_CLIENT_SECRET": "secret",
    "OPENID_CONNECT_EMAIL_DOMAINS": "Example.org",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENID_CONNECT_URL", ""),
        ("OPENID_CONNECT_URL", "id.example.org"),
        ("OPENID_CONNECT_URL", "http://id.example.org"),
        ("OPENID_CONNECT_CLIENT_ID", ""),
        ("OPENID_CONNECT_CLIENT_SECRET", " "),
        ("OPENID_CONNECT_EMAIL_DOMAINS", "*"),
        ("OPENID_CONNECT_EMAIL_DOMAINS", "@example.org"),
    ],
)
def test_wrong_provider_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    for each, right in {**OPENID_CONNECT, name: value}.items():
        monkeypatch.setenv(each, right)

    with pytest.raises(ImproperlyConfigured, match=f"^Environment variable {name} is wrong"):
        env.openid_connect()


def test_right_provider_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.openid_connect() == {}
    for name, value in OPENID_CONNECT.items():
        monkeypatch.setenv(name, value)

    (app,) = env.openid_connect()["openid_connect"]["APPS"]

    assert (app["name"], app["client_id"], app["secret"]) == ("OpenID Connect", "intranet", "secret")
    assert app["settings"] == {"server_url": "https://id.example.org/federation", "verified_email": ["example.org"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "development-only-secret-never-used-in-production-at-all"),
        ("DEBUG", "true"),
        ("DATABASE_URL", "sqlite:///x.sqlite3"),
        ("ELASTICSEARCH_URL", ""),
        ("ALLOWED_HOSTS", "*"),
    ],
)
def test_production_refuses_what_is_for_a_first_look(tmp_path: Path, name: str, value: str) -> None:
    environment = {**os.environ, "MEDIA_ROOT": str(tmp_path), **PRODUCTION, name: value}
    started = subprocess.run(
        [sys.executable, "-c", "import intranet.settings.production"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode == 1
    assert f"Production does not start: {name} " in started.stderr
