"""Waits until something is so."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.25


def wait_until(is_so: Callable[[], bool], *, seconds: float = 90.0) -> None:
    """Wait until something is so. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it is not so after {seconds:g} s")
        time.sleep(POLL_SECONDS)
