"""Every call of the stories with every fault, and with a crash before and after it: the next run gets to the same end.

The calls are those of runs in which nothing fails. Each is met in each kind of step (by entry point, act and verdict):
the first three of its name there, since with the fourth begins another instance; what an earlier story whose machine
ends in the same state has met, a later one passes by.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from tests.simulation.calls import Fault
from tests.simulation.faults import faults_of
from tests.simulation.stories import STORIES as ALL
from tests.simulation.world import World, instance

# Four of five instead of ten of fourteen: fewer calls of the same kinds, and one place that all pods must go to.
STORIES = ALL | {"ten_at_once": replace(ALL["ten_at_once"], nodes=5, pods=4)}

MOST_OF_A_STEP = 3


def told(name: str, *, at: int = -1, fault: Fault | None = None) -> World:
    """Tell a story in which the call number *at* meets a fault, and give it two sweeps more."""
    world = STORIES[name].world()
    world.goal = clean(name).picture() if fault else None
    world.calls.at, world.calls.fault = at, fault
    STORIES[name].tell(world)
    world.settle()
    return world


@cache
def clean(name: str) -> World:
    return told(name)


def places(name: str) -> Iterator[tuple[int, str]]:
    """Yield the calls of a story that differ from those before, and from those of earlier stories: number and call."""
    earlier = list(STORIES)[: list(STORIES).index(name)]
    alike = [story for story in earlier if _state(story) == _state(name)]
    seen = {call for story in alike for call in clean(story).calls.made}
    for number, call in enumerate(clean(name).calls.made):
        if call not in seen and call[2] <= MOST_OF_A_STEP:
            seen.add(call)
            yield number, call[1]


def _state(name: str) -> str:
    return clean(name).ec2.machines[instance(0)].state


@pytest.mark.parametrize("name", STORIES)
def test_whatever_fails_the_next_run_gets_to_the_same_end_and_nothing_unsafe_happens(name: str) -> None:
    failed = []

    for number, call in places(name):
        for fault in faults_of(call):
            world = told(name, at=number, fault=fault)
            if world.ledger.entries or world.picture() != clean(name).picture():
                failed.append((clean(name).calls.made[number], fault.name, world.ledger.entries, world.picture()))

    assert failed == []


def test_every_call_of_the_product_is_met_by_every_fault_that_it_can_have() -> None:
    met = {call for name in STORIES for _, call in places(name)}

    assert {call for call in met if " " not in call} == {
        "DescribeInstances",
        "DescribeVolumes",
        "DetachVolume",
        "GetParameter",
        "ListExecutions",
        "Publish",
        "StartExecution",
    }
    assert {call for call in met if call.split()[0] in {"patch", "post", "delete"}} == {
        "patch nodes",
        "patch pods/status",
        "delete pods",
        "patch volumeattachments",
        "delete volumeattachments",
        "post events",
    }
