"""A clock that moves only when it is told to, and does on its way what was planned for each moment."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class Clock:
    """Simulated time. What it calls may move it further: calls take time, and the world goes on meanwhile."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._planned: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def text(self) -> str:
        """Return the time as the Kubernetes API writes it."""
        return self.now().isoformat().replace("+00:00", "Z")

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._planned, (self.seconds + seconds, next(self._order), do))

    def every(self, seconds: float, do: Callable[[], None]) -> None:
        def again() -> None:
            do()
            self.after(seconds, again)

        self.after(seconds, again)

    def advance(self, seconds: float) -> None:
        end = self.seconds + seconds
        while self._planned and self._planned[0][0] <= end:
            moment, _, do = heapq.heappop(self._planned)
            self.seconds = max(self.seconds, moment)
            do()
        self.seconds = max(self.seconds, end)
