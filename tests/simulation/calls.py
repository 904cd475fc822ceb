"""What the product asks of AWS and Kubernetes, in order; each call takes time, and may be made to fail."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from tests.simulation.clock import Clock
from tests.simulation.ledger import Ledger

Answer = TypeVar("Answer")
SECONDS = 0.005
"""Of one call; the world goes on meanwhile."""


class CrashError(BaseException):
    """The function's environment dies: nothing in it can catch this."""


@dataclass(frozen=True)
class Fault:
    """What happens instead of an answer."""

    name: str
    fail: Callable[[str], BaseException] | None = None
    """Makes the exception from the call's name; None: the answer is cut short."""

    is_after: bool = False
    """Whether the call has its effect nevertheless."""


@dataclass
class Calls:
    """The record of all calls, and the one fault to come."""

    clock: Clock
    ledger: Ledger
    step: str = ""
    """What the product is at, such as `act taint`."""

    deciding: str = ""
    """The instance that the step is about."""

    made: list[tuple[str, str, int]] = field(default_factory=list)
    """Step, call, and the how-many-eth of its name in this step."""

    fault: Fault | None = None
    at: int = -1
    """Which call meets the fault."""

    meanwhile: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What somebody else does just before a call of the product reaches its server, once, by the call's name."""

    _in_step: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def within(self, step: str, instance: str) -> Iterator[None]:
        """Do one function's work. Steps overlap, as executions do: what each reads and does is its own."""
        before = self.step, self.deciding, self._in_step
        self.step, self.deciding, self._in_step = step, instance, Counter()
        try:
            with self.ledger.step():
                yield
        finally:
            self.step, self.deciding, self._in_step = before

    def make(self, name: str, effect: Callable[[], Answer], cut: Callable[[Answer], Answer]) -> Answer:
        """Do one call; *cut* makes of an answer one that is not whole."""
        self.clock.advance(SECONDS)
        self._in_step[name] += 1
        self.made.append((self.step, name, self._in_step[name]))
        self.meanwhile.pop(name, lambda: None)()
        fault = self.fault if len(self.made) - 1 == self.at else None
        if fault and fault.fail and not fault.is_after:
            raise fault.fail(name)
        answer = effect()
        if fault and fault.fail:
            raise fault.fail(name)
        return cut(answer) if fault else answer
