"""A clock that stands still until somebody sleeps."""

from dataclasses import dataclass, field


@dataclass
class FakeClock:
    """Time in seconds, and the naps that were taken."""

    now: float = 1000.0
    naps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
