"""Migrates the demo's SQLite file, loads the demo federation and serves it on 127.0.0.1. Keeps what is there."""

from __future__ import annotations

import gc
import os
import socket
import sys
from functools import cache, partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def read_port() -> int:
    """``PORT``, or 8000."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isdecimal() and 0 < int(text) < 65_536):
        raise SystemExit(f"PORT is wrong: {text!r}. Use a number from 1 to 65535, such as make demo PORT=8001")
    return int(text)


def main(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SystemExit(f"Port {port} is taken ({error.strerror}). Try make demo PORT={port + 1}") from error
    # The demo never touches a database or an index that the environment happens to name.
    for name in ("DATABASE_URL", "ELASTICSEARCH_URL"):
        os.environ.pop(name, None)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "intranet.settings.dev", "BASE_URL": f"http://127.0.0.1:{port}"}
    os.chdir(ROOT)
    print("demo: preparing the database (the first time takes a minute)", flush=True)
    prepare()
    print(f"\nThe intranet is at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n", flush=True)
    server = ["gunicorn", "intranet.wsgi", "--config", "scripts/demo_server.py", "--bind", f"127.0.0.1:{port}"]
    os.execv(sys.executable, [sys.executable, "-m", *server])


def prepare() -> None:
    """Migrates and loads in this one process: each of its own would import the whole site again."""
    sys.path.insert(0, str(ROOT))
    import django
    from django.apps import apps
    from django.apps.registry import Apps
    from django.core.management import CommandError, call_command
    from django.db import connections

    django.setup()
    # Migrations make and drop thousands of classes: collecting them as often as usual takes a fifth of the time, and
    # with each of them Django forgets which setting names which model, which no migration changes.
    gc.freeze()
    gc.set_threshold(300_000, 20, 20)
    look_up: Any = Apps.get_swappable_settings_name
    apps.get_swappable_settings_name = cache(partial(look_up.__wrapped__, apps))  # type: ignore[method-assign]
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_demo")
    except CommandError as error:
        raise SystemExit(f"demo: {error}") from error
    connections.close_all()


if __name__ == "__main__":
    try:
        main(read_port())
    except KeyboardInterrupt:
        raise SystemExit(130) from None
