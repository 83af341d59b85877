"""Typed readers of the environment.

Every variable that the project reads is named here, with its type, its default and its meaning.
A wrong value stops the start with a message that names the variable and the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

T = TypeVar("T")
_env = Env()
_INDEX_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _read(name: str, reader: Callable[[], T], remedy: str) -> T:
    try:
        return reader()
    except (EnvError, ValueError) as error:
        raise ImproperlyConfigured(f"Environment variable {name} is wrong: {error}. {remedy}") from error


def _split(name: str, value: str) -> SplitResult:
    return _read(name, lambda: urlsplit(value), "Write it as scheme://host:port.")


def _public(address: str) -> str:
    """Without what stands before the @, which may be a secret: messages end in logs."""
    return address.rpartition("@")[2]


def text(name: str, default: str = "") -> str:
    """A string, without surrounding blanks."""
    return _env.str(name, default).strip()


def boolean(name: str, default: bool = False) -> bool:
    """``true``/``false``, ``1``/``0``, ``yes``/``no``, ``on``/``off``."""
    return _read(name, lambda: _env.bool(name, default), "Use true or false.")


def words(name: str) -> list[str]:
    """A comma-separated list; empty when unset."""
    return [word.strip() for word in _env.str(name, "").split(",") if word.strip()]


def choice(name: str, values: tuple[str, ...]) -> str:
    """One of ``values``; the first one when unset."""
    value = text(name) or values[0]
    if value not in values:
        raise ImproperlyConfigured(f"Environment variable {name} is wrong: {value!r}. Use one of {', '.join(values)}.")
    return value


def numbers(*names: str) -> dict[str, int]:
    """Those of these whole numbers, from 1, that are set."""
    return {
        name: _read(name, partial(_whole_number, name), "Use a whole number from 1.") for name in names if text(name)
    }


def _whole_number(name: str) -> int:
    value = int(text(name))
    if value < 1:
        raise ValueError(f"{value} is less than 1")
    return value


def url(name: str, schemes: tuple[str, ...], default: str = "") -> str:
    """An address with one of ``schemes`` and a host; empty when unset and there is no default."""
    value = text(name, default)
    if not value:
        return ""
    parts = _split(name, value)
    if parts.scheme not in schemes or not parts.hostname:
        expected = ", ".join(f"{scheme}://…" for scheme in schemes)
        raise ImproperlyConfigured(f"Environment variable {name} is wrong: {_public(value)!r}. Use one of {expected}.")
    _read(name, lambda: parts.port, "The port is a number from 1 to 65535.")
    return value.rstrip("/")


def index_prefix(name: str = "SEARCH_INDEX_PREFIX", default: str = "intranet") -> str:
    """What the names of search indexes begin with, as Elasticsearch takes them."""
    value = text(name) or default
    if not _INDEX_PREFIX.fullmatch(value):
        raise ImproperlyConfigured(
            f"Environment variable {name} is wrong: {value!r}. "
            "Use 1 to 100 lower-case letters, digits, hyphens and underscores, a letter or digit first."
        )
    return value


def report_address(name: str = "SENTRY_DSN") -> str:
    """The address of a Sentry-like server, with its public key; empty when unset."""
    value = url(name, ("http", "https"))
    if value and not (_split(name, value).username and value.rpartition("/")[2].isdigit()):
        raise ImproperlyConfigured(f"Environment variable {name} is wrong. Use https://key@host/project.")
    return value


def openid_connect() -> dict[str, Any]:
    """django-allauth's settings of the one provider that people may sign in by; empty when unset.

    ``OPENID_CONNECT_URL`` is its issuer, ``OPENID_CONNECT_NAME`` what the sign-in page calls it. It vouches for an
    address of which it says so (the claim ``email_verified``), and for those of ``OPENID_CONNECT_EMAIL_DOMAINS``.
    """
    required = ("OPENID_CONNECT_URL", "OPENID_CONNECT_CLIENT_ID", "OPENID_CONNECT_CLIENT_SECRET")
    values = {name: text(name) for name in (*required, "OPENID_CONNECT_NAME", "OPENID_CONNECT_EMAIL_DOMAINS")}
    if not any(values.values()):
        return {}
    for name in required:
        if not values[name]:
            raise ImproperlyConfigured(
                f"Environment variable {name} is wrong: it is missing. "
                f"Sign-in by OpenID Connect needs {', '.join(required)}; unset them all to do without."
            )
    address = url("OPENID_CONNECT_URL", ("https", "http"))
    if address.startswith("http://") and _split("OPENID_CONNECT_URL", address).hostname not in _LOOPBACK:
        raise ImproperlyConfigured(f"Environment variable OPENID_CONNECT_URL is wrong: {address!r}. Use https://….")
    app = {
        "provider_id": "sso",
        "name": values["OPENID_CONNECT_NAME"] or "OpenID Connect",
        "client_id": values["OPENID_CONNECT_CLIENT_ID"],
        "secret": values["OPENID_CONNECT_CLIENT_SECRET"],
        "settings": {"server_url": address, "verified_email": domains("OPENID_CONNECT_EMAIL_DOMAINS")},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def domains(name: str) -> list[str]:
    """A comma-separated list of domains, in lower case; empty when unset."""
    found = [word.lower() for word in words(name)]
    for word in found:
        if not _DOMAIN.fullmatch(word):
            raise ImproperlyConfigured(
                f"Environment variable {name} is wrong: {word!r}. "
                "List domains such as example.org, separated by commas."
            )
    return found


def log_level(name: str = "LOG_LEVEL", default: str = "INFO") -> str:
    """One of Python's level names."""
    value = text(name, default).upper()
    levels = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    if value not in levels:
        raise ImproperlyConfigured(f"Environment variable {name} is wrong: {value!r}. Use one of {', '.join(levels)}.")
    return value


def directory(name: str, default: Path) -> Path:
    """A folder, which is made if need be."""
    value = Path(text(name) or default)
    _make(name, value)
    return value


def _make(name: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"Environment variable {name} is wrong: the folder {folder} cannot be made ({error.strerror})."
        ) from error


def database(name: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's settings of the default database.

    SQLite is opened in WAL mode with immediate transactions, so that a server and a worker share the file; PostgreSQL
    without its just-in-time compiler, unless the address has ``options`` of its own.
    """
    value = text(name) or f"sqlite:///{VAR_DIR / 'intranet.sqlite3'}"
    scheme = _split(name, value).scheme
    if scheme not in ("sqlite", "postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"Environment variable {name} is wrong: {scheme or _public(value)!r}. "
            "Use postgres://user:secret@host:5432/name or sqlite:///path."
        )
    config: dict[str, Any] = dict(
        _read(name, lambda: dj_database_url.parse(value, conn_max_age=60), "Use postgres://… or sqlite:///path.")
    )
    if not config.get("NAME"):
        raise ImproperlyConfigured(f"Environment variable {name} is wrong: it names no database.")
    if scheme == "sqlite":
        if config["NAME"] != ":memory:":
            _make(name, Path(config["NAME"]).parent)
        config["ENGINE"] = "intranet.sqlite"
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
    else:
        config["CONN_HEALTH_CHECKS"] = True
        # Compiling a statement of many conditions takes PostgreSQL seconds; it runs in milliseconds.
        config["OPTIONS"] = {"options": "-c jit=off", **config.get("OPTIONS", {})}
    return config


def email(name: str = "EMAIL_URL", default: str = "consolemail://") -> dict[str, Any]:
    """Django's e-mail settings from ``smtp://user:secret@host:587``, ``smtps://…``, ``consolemail://`` or ``filemail:///folder``."""
    value = text(name, default) or default
    parts = _split(name, value)
    if parts.scheme == "consolemail":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme == "filemail":
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": parts.path}
    if parts.scheme not in ("smtp", "smtps", "smtp+tls") or not parts.hostname:
        raise ImproperlyConfigured(
            f"Environment variable {name} is wrong: {parts.scheme or _public(value)!r}. "
            "Use smtp://user:secret@host:587, smtps://…, smtp+tls://…, consolemail:// or filemail:///folder."
        )
    port = _read(name, lambda: parts.port, "The port is a number from 1 to 65535.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if parts.scheme == "smtps" else 587 if parts.scheme == "smtp+tls" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls" or port == 587,
        "EMAIL_TIMEOUT": 10,
    }
