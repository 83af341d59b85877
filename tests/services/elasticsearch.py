"""A real Elasticsearch of one node, without security, for the tests and for development."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator

from tests.services.elasticsearch_files import VERSION, elasticsearch_home, java_home
from tests.services.machine import (
    ServiceError,
    docker_answers,
    free_port,
    give,
    is_answered,
    memory_folder,
    scratch_folder,
    unprivileged_user,
)
from tests.services.process import ServerProcess

IMAGE = f"docker.elastic.co/elasticsearch/elasticsearch:{VERSION}"
SETTINGS = {
    "discovery.type": "single-node",
    "xpack.security.enabled": "false",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
}
_CONFIG_FILES = ("log4j2.properties", "jvm.options", "roles.yml", "role_mapping.yml", "users", "users_roles")
#: What is compiled is compiled once, and lightly.
_QUICK_START = "-XX:TieredStopAtLevel=1"
_START_ATTEMPTS = 3
#: Eleven seconds on a quiet machine of two cores; minutes on one where everybody tests at once.
_START_SECONDS = 300


class ElasticsearchServer:
    """A disposable server. ``url`` and the data stay the same when it is stopped, killed and started again.

    ``short_lived``: for minutes, with little in it. It compiles lightly, and its data are in memory where there is
    plenty of it: each index that is made waits for the disk a dozen times.
    """

    def __init__(self, *, port: int | None = None, heap: str = "512m", short_lived: bool = False) -> None:
        self._fixed_port = port
        self.port = port or free_port()
        self.java = f"-Xms{heap} -Xmx{heap} {_QUICK_START if short_lived else ''}".strip()
        self._folder = scratch_folder("elasticsearch")
        self._data = scratch_folder("indices", memory_folder() if short_lived else None)
        self._process: ServerProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        """Where the program comes from, in words."""
        return f"a container of {IMAGE}" if docker_answers() else f"{elasticsearch_home()} on {java_home().name}"

    @property
    def _container(self) -> str:
        return f"intranet-tests-elasticsearch-{self.port}"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.is_running

    def start(self) -> None:
        """Returns when the server answers requests; does nothing when it already does."""
        if self.is_running:
            return
        if self._fixed_port and is_answered(self._fixed_port):
            raise ServiceError(f"Port {self._fixed_port} is taken: something else answers there. Choose another one.")
        if self._process is not None:
            self._process.start()
            return
        for attempt in range(1, _START_ATTEMPTS + 1):
            self._process = self._in_container() if docker_answers() else self._on_machine()
            try:
                self._process.start()
                return
            except ServiceError as error:
                # Somebody may have taken the port between our choosing it and the server's asking for it.
                if self._fixed_port or attempt == _START_ATTEMPTS or "bind" not in str(error).lower():
                    raise
                self.port = free_port()

    def stop(self) -> None:
        """Ends the server in good order; its data stay."""
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """Ends the server as a power cut would; its data stay."""
        if self._process is not None:
            self._process.kill()

    def pause(self) -> None:
        """The server takes connections and answers nobody, until ``resume()``."""
        self._freeze("pause")

    def resume(self) -> None:
        """The server goes on where it was."""
        self._freeze("unpause")

    def _freeze(self, command: str) -> None:
        if docker_answers():
            subprocess.run(["docker", command, self._container], check=True, capture_output=True)
        elif self._process is not None:
            (self._process.pause if command == "pause" else self._process.resume)()

    def close(self) -> None:
        """Ends the server and removes its data."""
        self.kill()
        for folder in (self._folder, self._data):
            shutil.rmtree(folder, ignore_errors=True)

    def _answers(self) -> bool:
        """Whether it takes requests and has found its indices again (asking too early is a 503)."""
        address = f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s"
        try:
            with urllib.request.urlopen(address, timeout=3) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def _on_machine(self) -> ServerProcess:
        home, java = elasticsearch_home(), java_home()
        user = unprivileged_user()
        configuration = self._folder / "config"
        for folder in (configuration / "jvm.options.d", self._folder / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        for name in _CONFIG_FILES:
            shutil.copy(home / "config" / name, configuration / name)
        options = (configuration / "jvm.options").read_text()
        # The collector's log would be written into the program's folder, which is not ours to write in.
        kept = [line for line in options.splitlines() if "gc.log" not in line]
        (configuration / "jvm.options").write_text("\n".join(kept) + "\n")
        values = {
            **SETTINGS,
            "network.host": "127.0.0.1",
            "http.port": str(self.port),
            "path.data": str(self._data),
            "path.logs": str(self._folder / "logs"),
        }
        (configuration / "elasticsearch.yml").write_text(
            "".join(f"{name}: {value}\n" for name, value in values.items())
        )
        for folder in (self._folder, self._data):
            give(folder, user)
        return ServerProcess(
            name="Elasticsearch",
            # The archive does not mark the launcher as a program.
            command=["bash", str(home / "bin" / "elasticsearch-cli")],
            log=self._folder / "server.log",
            is_ready=self._answers,
            start_seconds=_START_SECONDS,
            user=user,
            environment={
                "ES_JAVA_HOME": str(java),
                "ES_PATH_CONF": str(configuration),
                "ES_TMPDIR": str(self._folder / "tmp"),
                "ES_JAVA_OPTS": self.java,
                "CLI_NAME": "server",
                "CLI_LIBS": "lib/tools/server-cli",
                "HOME": str(self._folder),
            },
        )

    def _in_container(self) -> ServerProcess:
        self._data.chmod(0o777)  # the image's own user writes here
        settings = [argument for name, value in SETTINGS.items() for argument in ("--env", f"{name}={value}")]
        return ServerProcess(
            name="Elasticsearch",
            command=[
                *("docker", "run", "--rm", "--name", self._container),
                *("--publish", f"127.0.0.1:{self.port}:9200"),
                *("--volume", f"{self._data}:/usr/share/elasticsearch/data"),
                *("--env", f"ES_JAVA_OPTS={self.java}", *settings, IMAGE),
            ],
            log=self._folder / "server.log",
            is_ready=self._answers,
            start_seconds=_START_SECONDS,
        )


@contextlib.contextmanager
def elasticsearch(*, short_lived: bool = False) -> Iterator[tuple[str, str]]:
    """Yields the address of a server and where it comes from. ``short_lived``: see ElasticsearchServer."""
    configured = os.environ.get("ELASTICSEARCH_URL", "")
    if configured:
        yield configured, "ELASTICSEARCH_URL"
        return
    server = ElasticsearchServer(short_lived=short_lived)
    try:
        server.start()
        yield server.url, server.origin
    finally:
        server.close()
