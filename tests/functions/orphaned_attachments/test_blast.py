"""How much is dead at once: the limits, what is planned and so not counted, and what a person has accepted.

Over 120 lines because both tables of limits and plans stand together.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from functions.orphaned_attachments.decision import Facts, Memory, decide
from functions.orphaned_attachments.decision.blast import excess, neighbour
from functions.orphaned_attachments.decision.facts import Cluster, Neighbour
from functions.orphaned_attachments.decision.instance import USER_STOP, State
from functions.orphaned_attachments.decision.policy import Policy
from tests.functions.orphaned_attachments.facts import DEAD, NEW, PLANNED, dead, instance, node, pod, tainted

CRASHED = Neighbour(instance="i-1", state=State.TERMINATED)
MASTER = replace(CRASHED, is_control_plane=True)
STOPPED = Neighbour(instance="i-2", state=State.STOPPED, state_reason=USER_STOP)
STOPPING = replace(STOPPED, state=State.STOPPING)
DRAINED = replace(STOPPED, is_cordoned=True)
WARMED = replace(STOPPED, lifecycle="Warmed:Stopped")

PLAN = instance(**PLANNED)
CORDONED = node(is_cordoned=True)


def among(*down: Neighbour, nodes: int = 10, healthy: int = 9, **changes: Any) -> Facts:  # noqa: ANN401 (fields of Facts)
    """Return a dead machine of a cluster in which *down* are down, itself among them."""
    return dead(cluster=Cluster(nodes=nodes, healthy=healthy, down=down, minor=30), **changes)


def _times(number: int, one: Neighbour) -> Iterable[Neighbour]:
    return (replace(one, instance=f"i-{count}") for count in range(number))


@pytest.mark.parametrize(
    ("why", "facts"),
    [
        ("", among(*_times(3, CRASHED))),
        ("4 nodes are dead or dying at once, more than 3", among(*_times(4, CRASHED))),
        ("4 nodes are dead or dying at once, more than 3", among(*_times(4, CRASHED), nodes=19)),
        ("", among(*_times(4, CRASHED), nodes=20, healthy=16)),
        ("5 nodes are dead or dying at once, more than 4", among(*_times(5, CRASHED), nodes=24, healthy=19)),
        ("3 nodes are dead or dying at once, more than 2", among(*_times(3, CRASHED), policy=Policy(max_nodes=1))),
        ("", among(*_times(5, CRASHED), policy=Policy(max_nodes_percent=50))),
        ("", among(CRASHED, nodes=100, healthy=51)),
        ("50 of 100 nodes are healthy, less than 51 %", among(CRASHED, nodes=100, healthy=50)),
        ("", among(CRASHED, nodes=100, healthy=50, policy=Policy(min_healthy_percent=50))),
        ("152 of 300 nodes are healthy, less than 51 %", among(CRASHED, nodes=300, healthy=152)),
        ("1 of 2 nodes are healthy, less than 51 %", among(CRASHED, nodes=2, healthy=1)),
        ("", among(CRASHED, DRAINED, WARMED, nodes=4, healthy=2)),
        ("1 of 2 nodes are healthy, less than 51 %", among(CRASHED, DRAINED, WARMED, nodes=4, healthy=1)),
        ("", among(MASTER, CRASHED)),
        ("2 control-plane nodes are dead or dying at once, more than 1", among(MASTER, MASTER)),
        ("", among(MASTER, MASTER, policy=Policy(max_control_plane=2))),
        ("", among(MASTER, replace(DRAINED, is_control_plane=True))),
        ("", among(*_times(3, CRASHED), *_times(9, DRAINED))),
        ("", among(*_times(3, CRASHED), *_times(9, WARMED), nodes=60, healthy=48)),
        ("", among(*_times(3, CRASHED), *_times(4, STOPPED))),
        ("", among(*_times(3, CRASHED), *_times(2, STOPPED), *_times(2, STOPPING))),
        ("4 nodes are dead or dying at once, more than 3", among(CRASHED, *_times(3, STOPPED))),
        *(
            ("4 nodes are dead or dying at once, more than 3", among(*_times(3, STOPPED), replace(STOPPED, **change)))
            for change in (
                {"state_reason": "Client.InstanceInitiatedShutdown"},
                {"state_reason": "Server.ScheduledStop"},
                {"state": State.SHUTTING_DOWN},
            )
        ),
        ("4 nodes are dead or dying at once, more than 3", among(*_times(4, replace(CRASHED, is_cordoned=True)))),
        (
            "4 nodes are dead or dying at once, more than 3",
            among(*_times(4, replace(DRAINED, state_reason="Server.ScheduledStop"))),
        ),
        (
            "4 nodes are dead or dying at once, more than 3",
            among(*_times(4, replace(STOPPED, state=State.SHUTTING_DOWN, is_cordoned=True))),
        ),
    ],
)
def test_a_limit_is_passed_only_by_what_nobody_planned(why: str, facts: Facts) -> None:
    assert excess(facts) == why


@pytest.mark.parametrize(("nodes", "most"), [(0, 3), (15, 3), (19, 3), (20, 4), (99, 19), (100, 20)])
def test_at_most_three_or_a_fifth_of_the_nodes_may_be_down(nodes: int, most: int) -> None:
    assert Policy().most_nodes(nodes) == most


HALF_DONE = (pod(uid="b"), pod(is_over=True, is_failed_by_us=True))
"""What a run before this one has left, where there is no Node to taint."""

MANY = tuple(_times(4, STOPPED))
FEW = MANY[:3]


@pytest.mark.parametrize(
    ("verdict", "facts"),
    [
        ("PlannedStop", among(*FEW, instance=PLAN, node=CORDONED)),
        ("PlannedStop", among(*FEW, instance=replace(PLAN, lifecycle="Warmed:Running"))),
        ("PlannedStop", among(*FEW, instance=replace(PLAN, lifecycle="Warmed:Stopped"), node=None)),
        ("PlannedStop", among(*MANY, instance=PLAN)),
        ("PlannedStop", among(*FEW, STOPPING, instance=PLAN)),
        ("PlannedStop", among(*_times(9, CRASHED), instance=PLAN, node=CORDONED)),
        ("Releasing", among(*FEW, instance=PLAN)),
        ("Releasing", among(*FEW, instance=PLAN, node=None)),
        ("Releasing", among(*FEW, CRASHED, nodes=20, healthy=16, instance=PLAN)),
        ("Releasing", among(*FEW, node=CORDONED)),
        ("Releasing", among(*FEW, instance=replace(PLAN, state_reason="Server.ScheduledStop"), node=CORDONED)),
        ("Releasing", among(*FEW, instance=replace(PLAN, state=State.TERMINATED), node=CORDONED)),
        ("Releasing", among(*FEW, instance=replace(PLAN, lifecycle="Terminated"))),
        ("Releasing", among(*FEW, instance=PLAN, node=CORDONED, memory=Memory(has_begun=True))),
        ("Releasing", among(*FEW, instance=PLAN, node=tainted(is_cordoned=True))),
        ("Releasing", among(*FEW, instance=PLAN, node=CORDONED, pods=HALF_DONE)),
        ("PlannedStop", among(*MANY, instance=PLAN, node=tainted(csi_instance=NEW))),
        ("Releasing", among(*FEW, instance=PLAN, node=CORDONED, policy=Policy(accepts_planned_stop=True))),
        ("PlannedStop", among(*FEW, instance=PLAN, node=CORDONED, policy=Policy(accepts_too_many=True))),
    ],
)
def test_a_planned_stop_is_left_alone_unless_a_person_or_a_release_says_otherwise(verdict: str, facts: Facts) -> None:
    assert decide(facts).verdict == verdict


STORM = tuple(_times(4, CRASHED))


@pytest.mark.parametrize(
    ("verdict", "facts"),
    [
        ("TooManyAtOnce", among(*STORM)),
        ("TooManyAtOnce", among(*STORM, node=None)),
        ("TooManyAtOnce", among(*STORM, instance=instance(State.TERMINATED))),
        ("TooManyAtOnce", among(*STORM, pods=())),
        ("TooManyAtOnce", among(*STORM, policy=Policy(accepts_planned_stop=True))),
        ("TooManyAtOnce", among(*STORM, node=tainted(csi_instance=NEW))),
        ("Releasing", among(*STORM[:3])),
        ("Releasing", among(*STORM, policy=Policy(accepts_too_many=True))),
        ("Releasing", among(*STORM, memory=Memory(has_begun=True))),
        ("Releasing", among(*STORM, node=tainted())),
        ("Releasing", among(*STORM, node=None, pods=HALF_DONE)),
        ("Releasing", among(*STORM, instance=instance(State.TERMINATED), pods=())),
        ("Releasing", among(*STORM, instance=instance(State.TERMINATED), pods=(pod(is_spared=True),))),
    ],
)
def test_too_many_dead_at_once_are_left_to_a_person(verdict: str, facts: Facts) -> None:
    assert decide(facts).verdict == verdict


def test_nothing_is_done_to_a_planned_stop_or_one_of_too_many() -> None:
    assert decide(among(*FEW, instance=PLAN, node=CORDONED)).act is None
    assert decide(among(*STORM)).act is None


def test_a_machine_is_one_of_its_neighbours() -> None:
    facts = dead(instance=replace(PLAN, lifecycle="Warmed:Stopped"), node=node(is_cordoned=True, is_control_plane=True))
    expected = replace(WARMED, instance=DEAD, is_cordoned=True, is_control_plane=True)

    assert neighbour(facts.instance, facts.node) == expected
    assert neighbour(facts.instance, node()) == replace(expected, is_cordoned=False, is_control_plane=False)
    assert neighbour(facts.instance, None) == replace(expected, is_cordoned=False, is_control_plane=False)
