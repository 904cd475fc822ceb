"""A connection that lasts: credentials renewed in time, failures tried again as far as that is safe."""

import random
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from kube.access import Access
from kube.errors import ClusterUnreachableError, KubeError, NotFoundError, UnauthorizedError
from kube.exchange import AgainError, Request
from kube.transport import Transport

MOST_TRIES = 4
FIRST_PAUSE_SECONDS = 0.1

Exchange = Callable[[Request, float], dict[str, Any]]
"""Answers a request until a moment of the clock, without asking whose cluster it is."""


class Connection:
    """One cluster, for the life of the function's environment; safe to use from several threads.

    *provide* says how to reach it, within so many seconds; *prove* raises WrongClusterError unless it is the one that
    is meant, and is asked before anything else of each server that the credentials name.
    """

    def __init__(
        self,
        provide: Callable[[float], Access],
        prove: Callable[[Exchange, float], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._provide = provide
        self._prove = prove
        self.clock = clock
        self._sleep = sleep
        self._lock = threading.RLock()
        self._reached: tuple[Access, Transport] | None = None
        self._renew_at = float("inf")
        self._proven: tuple[str, str] | None = None

    def request(self, request: Request, *, end: float) -> dict[str, Any]:
        """Return the answer to *request*, asked until the moment *end* of the clock. Raises KubeError."""
        return self._exchange(request, end, is_proof=False)

    def _exchange(self, request: Request, end: float, *, is_proof: bool) -> dict[str, Any]:
        """Ask until there is an answer to go on with; a 401 renews the credentials once."""
        is_renewed, tries = False, 0
        while True:
            tries += 1
            access, transport = self._current(end, is_proof=is_proof)
            try:
                return transport.send(request, left=lambda: end - self.clock())
            except UnauthorizedError:
                if is_renewed:
                    raise
                is_renewed = True
                self._forget(access)
            except AgainError as failed:
                transport.forget_connections()
                pause = failed.after + FIRST_PAUSE_SECONDS * 2.0**tries * random.uniform(0.5, 1.0)  # noqa: S311 (jitter)
                if tries >= MOST_TRIES or self.clock() + pause >= end:
                    self._forget(access)  # It may have moved: the next call reads anew where it is.
                    raise failed.error from None
                self._sleep(pause)
            except ClusterUnreachableError as error:
                if error.status is None:  # else somebody was there to say it
                    self._forget(access)
                raise

    def _current(self, end: float, *, is_proof: bool) -> tuple[Access, Transport]:
        """Return the credentials of now and their transport, made anew where they ran out or name another server."""
        left = end - self.clock()
        if left <= 0 or not self._lock.acquire(timeout=left):
            raise ClusterUnreachableError("no time is left to ask this cluster")
        try:
            if self._reached is None or self.clock() >= self._renew_at:
                access = self._provide(end - self.clock())
                self._reached = access, Transport(access)
                self._renew_at = self.clock() + access.seconds if access.seconds else float("inf")
            if not is_proof and self._proven != self._reached[0].identity:
                self._prove(partial(self._exchange, is_proof=True), end)
                # As it is now: the proof itself may have renewed the credentials.
                self._proven = self._reached[0].identity
        except KubeError as error:
            self._reached = None
            if isinstance(error, NotFoundError):  # it would tell the caller that what was asked for is gone
                raise ClusterUnreachableError(str(error), status=error.status) from None
            raise
        else:
            return self._reached
        finally:
            self._lock.release()

    def _forget(self, access: Access) -> None:
        """Drop credentials, unless another thread has renewed them meanwhile."""
        with self._lock:
            if self._reached and self._reached[0] is access:
                self._reached = None
