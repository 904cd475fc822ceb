"""Sweeps of small and large accounts: calls by operation, wall clock with pacing off, peak memory."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from bench.cloud.process import running
from bench.figures import Sample
from bench.runs import Runner

SIZES = (100, 1000, 5000)
DELAYS = (0.0, 0.04)
TURNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A sweep of one account, measured several times."""

    groups: int
    changes: bool
    """Whether there is anything to do: 7 % of all groups."""

    delay: float
    """Seconds that each call takes AWS."""

    calls: Mapping[str, int]
    wall: Sample
    peak_mib: float
    """The most of any run, the interpreter and its imports included."""

    @property
    def budgeted(self) -> int:
        """Calls that share an account's buckets with the cluster's controllers: all but those to SSM."""
        return sum(self.calls.values()) - self.calls.get("GetParameter", 0)


def measured(runner: Runner, *, path: str) -> Iterator[Sweep]:
    """Measure each size, with nothing and with something to change, at each delay."""
    for groups, changes, delay in product(SIZES, (False, True), DELAYS):
        yield _one(runner, path, groups=groups, changes=changes, delay=delay)


def _one(runner: Runner, path: str, *, groups: int, changes: bool, delay: float) -> Sweep:
    walls, peaks, calls = [], [], Counter[str]()
    for _ in range(TURNS):
        # A new account each time: a sweep leaves nothing to do.
        with running(groups=groups, are_set=not changes, delay=delay) as cloud:
            run = runner.pitcrew(cloud, "sweep", [{}], path=path)
            calls = Counter(call.operation for call in cloud.calls())
        walls.append(run.seconds[0])
        peaks.append(run.peak_mib)
    wall = Sample(tuple(walls))
    return Sweep(groups=groups, changes=changes, delay=delay, calls=calls, wall=wall, peak_mib=max(peaks))
