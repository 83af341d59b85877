"""A PostgreSQL for the tests alone, tuned to be quick rather than to survive a power cut."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.services.machine import (
    as_user,
    docker_answers,
    free_port,
    give,
    install_packages,
    is_answered,
    scratch_folder,
    unprivileged_user,
)
from tests.services.process import ServerProcess

IMAGE = "docker.io/library/postgres:17-alpine"
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "autovacuum_naptime": "10s",
    "timezone": "UTC",
}


@contextlib.contextmanager
def postgresql() -> Iterator[tuple[str, str]]:
    """Yields the address of a database and where it comes from."""
    configured = os.environ.get("DATABASE_URL", "")
    if configured.startswith("postgres"):
        yield configured, "DATABASE_URL"
    elif docker_answers():
        with _in_container() as address:
            yield address, f"a container of {IMAGE}"
    else:
        programs = _programs()
        with _on_machine(programs) as address:
            yield address, f"this machine's {programs}"


def _programs() -> Path:
    """The folder with initdb and postgres, of the newest version; installed when there is none."""
    found = _find_programs()
    if found is None:
        install_packages("postgresql")
        found = _find_programs()
    assert found is not None, "the package postgresql brings initdb"
    return found


def _find_programs() -> Path | None:
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(path.parts[-3]), default=None)
    on_path = shutil.which("initdb")
    if newest is not None:
        return newest.parent
    return Path(on_path).resolve().parent if on_path else None


def _quick_options() -> list[str]:
    return [argument for name, value in QUICK.items() for argument in ("-c", f"{name}={value}")]


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    folder = scratch_folder("postgresql")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _on_machine(programs: Path) -> Iterator[str]:
    user = unprivileged_user("postgres")
    with _scratch() as folder:
        give(folder, user)
        subprocess.run(
            [
                *(str(programs / "initdb"), "--pgdata", f"{folder}/data", "--username", "intranet", "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **as_user(user),
        )
        port = free_port()
        server = ServerProcess(
            name="PostgreSQL",
            command=[
                *(str(programs / "postgres"), "-D", f"{folder}/data", "-p", str(port)),
                *("-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"),
                *_quick_options(),
            ],
            log=folder / "server.log",
            is_ready=lambda: _accepts(programs, port),
            user=user,
            stop_signal=signal.SIGINT,
        )
        server.start()
        try:
            # A socket answers a third sooner than the network, a few hundred thousand times.
            yield f"postgres://intranet@{quote(str(folder), safe='')}:{port}/postgres"
        finally:
            server.stop()


def _accepts(programs: Path, port: int) -> bool:
    command = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, check=False).returncode == 0


@contextlib.contextmanager
def _in_container() -> Iterator[str]:
    port = free_port()
    name = f"intranet-tests-postgresql-{port}"
    with _scratch() as folder:
        server = ServerProcess(
            name="PostgreSQL",
            command=[
                *("docker", "run", "--rm", "--name", name, "--publish", f"127.0.0.1:{port}:5432"),
                *("--env", "POSTGRES_USER=intranet", "--env", "POSTGRES_HOST_AUTH_METHOD=trust"),
                *("--tmpfs", "/var/lib/postgresql/data", IMAGE, *_quick_options()),
            ],
            log=folder / "server.log",
            # The image's first, private start answers inside the container alone.
            is_ready=lambda: is_answered(port) and _container_accepts(name),
        )
        server.start()
        try:
            yield f"postgres://intranet@127.0.0.1:{port}/postgres"
        finally:
            server.stop()


def _container_accepts(name: str) -> bool:
    command = ["docker", "exec", name, "pg_isready", "-q", "-h", "127.0.0.1"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
