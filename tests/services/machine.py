"""What this machine offers: packages, users, ports, a cache folder, containers."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

_MEMORY = Path("/dev/shm")
_SPARE_BYTES = 4 * 1024**3


class ServiceError(Exception):
    """A server or the browser cannot be had; the message says what to do."""


def is_root() -> bool:
    return os.geteuid() == 0


def is_answered(port: int) -> bool:
    """Whether something on this machine takes connections there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged_user(*preferred: str) -> pwd.struct_passwd | None:
    """Whom a server runs as when we are root (servers refuse root); None when we are not."""
    if not is_root():
        return None
    for name in (*preferred, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServiceError("Running as root, and there is no user 'nobody' to run the servers as. Run as another user.")


def as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """What ``subprocess`` takes to run a program as ``user``."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def give(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Makes ``user`` the owner of ``folder`` and all in it."""
    if user is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)


def scratch_folder(name: str, parent: Path | None = None) -> Path:
    """A new folder for a server's data, among temporary files. Those that killed runs left behind go first."""
    parent = parent or Path(tempfile.gettempdir())
    for rest in parent.glob(f"intranet-{name}-*-*"):
        owner = rest.name.split("-")[2]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(rest, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"intranet-{name}-{os.getpid()}-", dir=parent))


def memory_folder() -> Path | None:
    """Where files never wait for a disk; None on a machine that has no memory to spare for them."""
    try:
        room = shutil.disk_usage(_MEMORY).free
        available = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None
    return _MEMORY if os.access(_MEMORY, os.W_OK) and min(room, available) >= _SPARE_BYTES else None


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def cache_folder(name: str) -> Path:
    """A lasting folder. Root's home is closed to the users that the servers run as, so root uses /var/cache."""
    configured = os.environ.get("XDG_CACHE_HOME")
    if configured:
        return Path(configured) / name
    return Path("/var/cache") / name if is_root() else Path.home() / ".cache" / name


@functools.cache
def docker_answers() -> bool:
    """Whether there is a Docker engine behind the command, not the command alone."""
    if shutil.which("docker") is None:
        return False
    try:
        answer = subprocess.run(
            ["docker", "version", "--format", "{{.Server.Version}}"], capture_output=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and bool(answer.stdout.strip())


@functools.cache
def _refresh_package_lists() -> None:
    subprocess.run(["apt-get", "-q", "update"], check=True, stdin=subprocess.DEVNULL)


def install_packages(*names: str) -> None:
    """Installs Debian packages. Raises ServiceError with the command to run when that is not possible."""
    command = ["apt-get", "-q", "install", "-y", "--no-install-recommends", *names]
    if not is_root() or shutil.which("apt-get") is None:
        raise ServiceError(f"Missing: {', '.join(names)}. On Debian: sudo {' '.join(command)}")
    print(f"services: installing {' '.join(names)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        _refresh_package_lists()
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, env=environment)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ServiceError(f"Installing {', '.join(names)} failed: {error}") from error


def download_packages(folder: Path, *names: str) -> list[Path]:
    """Brings Debian packages into ``folder`` and installs nothing. Raises ServiceError where that is not possible."""
    if shutil.which("apt-get") is None:
        raise ServiceError(f"Bringing {', '.join(names)} takes Debian's apt-get, which this machine does not have.")
    print(f"services: bringing {' '.join(names)}", flush=True)
    try:
        if is_root():
            _refresh_package_lists()
        # The user that apt downloads as must not need to see the folder.
        command = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *names]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, cwd=folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ServiceError(f"Bringing {', '.join(names)} failed: {error}") from error
    return sorted(folder.glob("*.deb"))
