"""The circuit breaker: after a failure Elasticsearch is left alone for a while, then tried by one request."""

import threading
import time
from collections.abc import Callable

from search import conf


class Circuit:
    """Closed: everybody passes. Open: nobody, until the pause is over. Then one passes, and decides for all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open_until: float | None = None

    def allows_request(self) -> bool:
        """Whether to try now. The one that is let through after the pause extends it for the others."""
        with self._lock:
            if self._open_until is None:
                return True
            now = self._clock()
            if now < self._open_until:
                return False
            self._open_until = now + conf.retry_seconds()
            return True

    def record_success(self) -> None:
        """It answers: everybody may pass again."""
        with self._lock:
            self._open_until = None

    def record_failure(self) -> None:
        """It does not answer: leave it alone for a while."""
        with self._lock:
            self._open_until = self._clock() + conf.retry_seconds()

    def reset(self) -> None:
        """Forget what happened."""
        self.record_success()


#: The circuit of this process.
circuit = Circuit()
