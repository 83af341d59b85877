"""The web server of ``deploy/``, run for real with the template that a deployment uses."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import string
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.services.machine import free_port, install_packages, is_root, scratch_folder
from tests.services.process import ServerProcess

_MAIN = """
daemon off;
$user
pid $folder/nginx.pid;
error_log stderr;
events {}
http {
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    include $folder/site.conf;
}
"""


def _program() -> str:
    places = os.environ["PATH"] + os.pathsep + "/usr/sbin"
    if shutil.which("nginx", path=places) is None:
        install_packages("nginx-light")
    return shutil.which("nginx", path=places) or "nginx"


def _make_certificate(folder: Path, host: str) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={host}"]
    files = ["-addext", f"subjectAltName=DNS:{host}", "-keyout", "privkey.pem", "-out", "fullchain.pem"]
    subprocess.run([*command, *files], cwd=folder, check=True, capture_output=True)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def nginx(template: Path, *, web: str, media: Path) -> Iterator[Mapping[str, str]]:
    """Runs ``template`` in front of ``web`` (``host:port``). Yields what filled the template, and ``LOG``."""
    folder = scratch_folder("nginx")
    values = {
        "HOST": "localhost",
        "WEB": web,
        "MEDIA_ROOT": str(media),
        "TLS_FOLDER": str(folder),
        "HTTP_PORT": str(free_port()),
        "HTTPS_PORT": str(free_port()),
    }
    # nginx's own variables ($host, …) have no braces and stay.
    site = template.read_text()
    for name, value in values.items():
        site = site.replace(f"${{{name}}}", value)
    (folder / "site.conf").write_text(site)
    user = "user root;" if is_root() else ""
    (folder / "nginx.conf").write_text(string.Template(_MAIN).substitute(folder=folder, user=user))
    server = ServerProcess(
        name="nginx",
        command=[_program(), "-c", str(folder / "nginx.conf"), "-e", "stderr"],
        log=folder / "server.log",
        is_ready=lambda: _accepts(int(values["HTTPS_PORT"])),
        stop_signal=signal.SIGTERM,
        start_seconds=20,
    )
    try:
        _make_certificate(folder, values["HOST"])
        server.start()
        yield {**values, "LOG": str(server.log)}
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
