"""Which outages are played, and what came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bench.figures import Sample

DYING_SECONDS = 40.0
"""How long `stopping` and `shutting-down` last; kubelets renew no Lease from their start on."""

NEVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way in which a machine dies with a volume on it."""

    name: str
    """Of its StatefulSet, its nodes and its zone."""

    title: str
    way: Literal["terminate", "stop"] = "terminate"
    news: str = ""
    """The state whose event starts an execution of Pitcrew's; empty: Kubernetes is left alone."""

    loses_node: bool = False
    """Whether the Node is deleted as soon as the machine is dead."""

    seconds: float = 150.0
    """How long it is watched after the machine is dead."""

    goal: float = NEVER
    turns: int = 3

    @property
    def final(self) -> str:
        """The state from whose event on the time is taken."""
        return "terminated" if self.way == "terminate" else "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One case, played once."""

    case: str
    seconds: float
    """From the machine's death to the volume attached to the next node."""

    verdict: str = ""
    acts: Sequence[str] = ()
    states: Mapping[str, int] = field(default_factory=dict)
    calls: Mapping[str, int] = field(default_factory=dict)
    """To AWS, by operation."""

    requests: Mapping[str, int] = field(default_factory=dict)
    """To the Kubernetes API, by verb and resource."""


def seconds_of(case: Case, played: Sequence[Played]) -> Sample:
    """Return how long a case took, each time."""
    return Sample(tuple(one.seconds for one in played if one.case == case.name))


def usual(case: Case, played: Sequence[Played]) -> Played:
    """Return that play of a case that entered the middle number of states."""
    plays = sorted((one for one in played if one.case == case.name), key=lambda one: sum(one.states.values()))
    return plays[len(plays) // 2]


WITH_PITCREW = (
    Case(name="terminated", title="terminated, its first news at `shutting-down`", news="shutting-down", goal=10),
    Case(name="stopped", title="stopped, its first news at `stopping`", way="stop", news="stopping", goal=10),
    Case(name="told-late", title="terminated, its first news that it is dead", news="terminated", goal=30),
    Case(name="stopped-late", title="stopped, its first news that it is", way="stop", news="stopped", goal=30),
    Case(name="node-gone", title="terminated, the Node gone by then", news="terminated", loses_node=True, goal=75),
)
ALONE = (
    Case(name="alone", title="terminated", seconds=500, turns=1),
    Case(name="alone-node-gone", title="terminated, the Node gone by then", loses_node=True, seconds=500, turns=1),
    Case(name="alone-stopped", title="stopped", way="stop", seconds=120, turns=1),
)
"""Kubernetes by itself takes 7 to 8 minutes; of a machine that is stopped it waits for ever."""
