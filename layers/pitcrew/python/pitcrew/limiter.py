"""Pace for calls whose budget is shared with the cluster's own controllers."""

import time
from collections.abc import Callable
from threading import Lock


class Limiter:
    """A token bucket, safe among threads: *burst* calls at once, then *per_second* of them."""

    def __init__(
        self,
        per_second: float,
        *,
        burst: int = 1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1 / per_second
        self._tolerance = (burst - 1) * self._interval
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._due = clock() - self._tolerance

    def wait(self) -> None:
        """Wait until the next call may be made."""
        with self._lock:
            now = self._clock()
            self._due = max(self._due, now - self._tolerance)
            pause = self._due - now
            self._due += self._interval
        if pause > 0:
            self._sleep(pause)


UNLIMITED = Limiter(float("inf"))
"""For events, whose pace is the queue's concurrency."""
