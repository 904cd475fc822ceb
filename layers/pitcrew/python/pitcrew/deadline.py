"""A bound on the time that one piece of work may take, so that its neighbours get theirs."""

import time
from collections.abc import Callable


class DeadlineExceededError(TimeoutError):
    """The time for this piece of work is over; whoever asked for it tries again later."""


class Deadline:
    """A moment *seconds* from now."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seconds = seconds
        self._end = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds until the moment; 0 once it has passed."""
        return max(0.0, self._end - self._clock())

    @property
    def is_over(self) -> bool:
        """Whether the moment has passed."""
        return self.left == 0

    def check(self) -> None:
        """Raise DeadlineExceededError where the moment has passed."""
        if self.is_over:
            raise DeadlineExceededError(f"not finished within {self._seconds:.0f} s")
