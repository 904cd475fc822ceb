"""A thread that does one thing again and again, until it is stopped dead."""

import contextlib
import threading
from collections.abc import Callable

import urllib3


class NotNowError(RuntimeError):
    """The API server did not answer as wished: the next call tries again."""


class Loop:
    """Calls *act* every so many *seconds*, whatever the API server answered before."""

    def __init__(self, act: Callable[[], None], *, seconds: float) -> None:
        self._act, self._seconds = act, seconds
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start; the first call is now."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop, once for all: when this returns, nothing more is done."""
        self._stopping.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(NotNowError, urllib3.exceptions.HTTPError):
                self._act()
            self._stopping.wait(self._seconds)
