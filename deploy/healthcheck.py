"""Ends with 0 when the web process beside it answers the given address with 200. For the container's health check."""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit


def is_healthy(path: str, port: int = 8000) -> bool:
    """Asks as the site's own host, as other hosts are refused."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request(
            "GET", path, headers={"Host": urlsplit(os.environ.get("BASE_URL", "")).netloc or "localhost"}
        )
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy(sys.argv[1]) else 1)
