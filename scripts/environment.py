"""Makes ``.venv`` and installs one of the locked sets of packages. Needs Python 3.11+ alone.

    python3 scripts/environment.py base    what the site needs to run
    python3 scripts/environment.py dev     and what tests and checks need

A second run finds nothing to do in a moment. uv is brought and used where it works, because it takes a tenth of the
time; pip otherwise.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
STAMP = VENV / "installed.json"
OLDEST, NEWEST = (3, 11), (3, 13)
INSTALL = ("install", "--quiet", "--require-hashes", "-r")


def requirements(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def digest(name: str) -> str:
    """Of a set of packages; another Python in the environment is another set."""
    return hashlib.sha256(requirements(name).read_bytes() + f"{sys.version_info[:2]}".encode()).hexdigest()


def installed() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def is_installed(name: str) -> bool:
    """``dev`` contains ``base``."""
    stamp = installed()
    return any(stamp.get(other) == digest(other) for other in {name, "dev"})


def works(*command: str) -> bool:
    """Whether the command runs at all (a shim on the path may lead nowhere)."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def uv() -> str | None:
    """uv's command: the machine's own, or that of the environment; None where there is none that works."""
    commands = (shutil.which("uv"), str(UV))
    return next((command for command in commands if command and works(command, "--version")), None)


def make_venv() -> None:
    version = "import sys; raise SystemExit(sys.version_info[:2] != %r)"
    if PYTHON.exists() and works(str(PYTHON), "-c", version % (sys.version_info[:2],)):
        return
    print(f"environment: making .venv with Python {sys.version.split()[0]}", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    answer = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if answer.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        command = uv()
        if not (command and works(command, "venv", "-q", "--seed", "--python", sys.executable, str(VENV))):
            raise SystemExit(f"{answer.stdout}{answer.stderr}\nOn Debian: sudo apt-get install python3-venv")


def install(name: str) -> None:
    print(f"environment: installing requirements/{name}.txt", flush=True)
    pip = (str(PYTHON), "-m", "pip", *INSTALL)
    if uv() is None:
        works(*pip, str(requirements("uv")), "--only-binary=:all:")
    command = uv()
    options = ("--compile-bytecode", "--python", str(PYTHON))
    if command and works(command, "pip", *INSTALL, str(requirements(name)), *options):
        return
    subprocess.run([*pip, str(requirements(name))], check=True)


def main(name: str) -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise SystemExit(
            f"Python 3.11, 3.12 or 3.13 is needed; this is {sys.version.split()[0]}. Try make PYTHON=python3.12 …"
        )
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv()
        if not is_installed(name):
            install(name)
            STAMP.write_text(json.dumps({**installed(), name: digest(name)}))
        subprocess.run([str(PYTHON), str(ROOT / "scripts" / "compile_messages.py")], check=True)


if __name__ == "__main__":
    if sys.argv[1:] not in (["base"], ["dev"]):
        raise SystemExit(__doc__)
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    # The machine's certificates, as pip; older versions of uv have the other name.
    for name in ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS"):
        os.environ.setdefault(name, "true")
    main(sys.argv[1])
