"""What a run remembers of its looks and acts, how long it waits, and when it gives up.

Over 120 lines because all that a run remembers is one table.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.orphaned_attachments.decision import Facts, Memory, decide
from functions.orphaned_attachments.decision.facts import Standing
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.decision.looks import after_act, pause
from functions.orphaned_attachments.decision.node import Node
from functions.orphaned_attachments.decision.policy import MIN, Policy, S
from functions.orphaned_attachments.decision.rules import Verdict
from tests.functions.orphaned_attachments.facts import (
    NOW,
    OTHER_VOLUME,
    VOLUME,
    ago,
    bare,
    dead,
    held,
    node,
    tainted,
)

FULL = Memory(
    first_look_at=ago(9),
    node_name="old",
    lease=ago(30),
    lease_since=ago(8),
    dying_since=ago(7),
    dead_since=ago(6),
    back_since=ago(5),
    last_act_at=ago(4),
    has_begun=True,
    detached={VOLUME: ago(3)},
    unreachable_looks=1,
)


def _memory(facts: Facts) -> Memory:
    return decide(facts).facts.memory


@pytest.mark.parametrize(
    ("state", "remembered"),
    [
        (State.PENDING, {"back_since": NOW}),
        (State.RUNNING, {"back_since": NOW}),
        (State.STOPPING, {"dying_since": NOW}),
        (State.SHUTTING_DOWN, {"dying_since": NOW}),
        (State.STOPPED, {"dead_since": NOW}),
        (State.TERMINATED, {"dead_since": NOW}),
        (State.NOT_FOUND, {"dead_since": NOW}),
        (State.UNKNOWN, {}),
    ],
)
def test_a_first_look_remembers_since_when(state: State, remembered: dict[str, datetime]) -> None:
    assert _memory(dead(state, node=None)) == Memory(first_look_at=NOW, **remembered)  # type: ignore[arg-type]  # times


@pytest.mark.parametrize("state", State)
def test_what_was_first_seen_earlier_stays(state: State) -> None:
    assert _memory(dead(state, memory=FULL, node=None)) == FULL


@pytest.mark.parametrize(
    ("node", "memory", "expected"),
    [
        (node(), Memory(), {"node_name": "node-1"}),
        (node(lease_renewed_at=ago(3)), Memory(), {"node_name": "node-1", "lease": ago(3), "lease_since": NOW}),
        (node(lease_renewed_at=ago(30)), FULL, {"node_name": "node-1"}),
        (node(lease_renewed_at=ago(3)), FULL, {"node_name": "node-1", "lease": ago(3), "lease_since": NOW}),
        (node(), FULL, {"node_name": "node-1", "lease": None, "lease_since": NOW}),
        (None, FULL, {}),
    ],
)
def test_a_lease_is_remembered_since_it_moved(node: Node | None, memory: Memory, expected: dict[str, Any]) -> None:
    seen = replace(memory, first_look_at=memory.first_look_at or NOW, dead_since=memory.dead_since or NOW)

    assert _memory(dead(node=node, memory=memory)) == replace(seen, **expected)


def test_looks_at_a_cluster_that_does_not_answer_are_counted() -> None:
    assert _memory(dead(standing=Standing.UNREACHABLE, memory=FULL)).unreachable_looks == 2
    assert _memory(dead(standing=Standing.WRONG, memory=FULL)).unreachable_looks == 1


def test_a_release_is_remembered_as_begun() -> None:
    assert after_act(Memory(), now=NOW, is_release=True) == Memory(last_act_at=NOW, has_begun=True)


def test_a_mark_begins_no_release_and_ends_none() -> None:
    assert after_act(Memory(), now=NOW, is_release=False) == Memory(last_act_at=NOW)
    assert after_act(FULL, now=NOW, is_release=False) == replace(FULL, last_act_at=NOW)


def test_a_mark_that_came_off_is_remembered() -> None:
    unmarked = after_act(Memory(), now=NOW, is_release=False, unmarks=True)

    assert unmarked == Memory(last_act_at=NOW, has_unmarked=True)
    assert after_act(unmarked, now=NOW, is_release=False).has_unmarked


def test_a_detached_volume_is_remembered_beside_the_others() -> None:
    memory = after_act(FULL, now=NOW, is_release=True, detached=OTHER_VOLUME)

    assert memory.detached == {VOLUME: ago(3), OTHER_VOLUME: NOW}
    assert after_act(FULL, now=NOW, is_release=True).detached == FULL.detached


LOOKED = Memory(first_look_at=ago(299))


@pytest.mark.parametrize(
    ("seconds", "memory"),
    [
        (4, Memory()),
        (4, LOOKED),
        (30, Memory(first_look_at=ago(300))),
        (1, replace(LOOKED, last_act_at=NOW)),
        (1, Memory(first_look_at=ago(999), last_act_at=ago(9.9))),
        (4, replace(LOOKED, last_act_at=ago(10))),
        (4, replace(LOOKED, last_act_at=ago(11))),
        (30, Memory(first_look_at=ago(301))),
        (30, Memory(first_look_at=ago(300), last_act_at=ago(10))),
    ],
)
def test_pauses_are_short_after_an_act_and_grow_longer(seconds: float, memory: Memory) -> None:
    assert decide(dead(State.STOPPING, memory=memory)).pause == timedelta(seconds=seconds)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_run_waits_where_its_verdict_looks_again(verdict: Verdict) -> None:
    facts = dead(node=held(), memory=Memory())

    assert pause(facts, verdict) == (4 * S if verdict.looks_again else None)


BACK = {"memory": Memory(first_look_at=ago(10), has_begun=True, back_since=ago(899))}


@pytest.mark.parametrize(
    ("is_over", "facts"),
    [
        (False, dead(standing=Standing.UNREACHABLE)),
        (False, dead(standing=Standing.UNREACHABLE, memory=Memory(unreachable_looks=1))),
        (True, dead(standing=Standing.UNREACHABLE, memory=Memory(unreachable_looks=2))),
        (True, dead(standing=Standing.UNREACHABLE, memory=Memory(unreachable_looks=5))),
        (False, dead(standing=Standing.ANSWERED, memory=Memory(unreachable_looks=9))),
        (False, dead(State.RUNNING, node=tainted(), **BACK)),
        (False, dead(State.RUNNING, node=tainted())),
        (True, dead(State.RUNNING, node=tainted(), memory=Memory(back_since=ago(900)))),
        (True, dead(State.RUNNING, node=tainted(), memory=Memory(back_since=ago(901)))),
        (True, dead(State.RUNNING, node=node(), **BACK)),
        (True, dead(State.RUNNING, node=None, **BACK)),
        (False, dead(State.STOPPING, memory=Memory(back_since=ago(900)))),
        (True, bare()),
        (True, bare(node=held())),
    ],
)
def test_a_run_is_over_where_more_looks_bring_nothing(is_over: bool, facts: Facts) -> None:  # noqa: FBT001 (a column)
    assert (decide(facts).pause is None) is is_over


def test_marks_are_waited_for_where_since_when_it_is_back_is_not_known() -> None:
    assert pause(dead(State.RUNNING, node=tainted()), Verdict.CAME_BACK) == 4 * S


def test_the_thresholds_are_those_of_the_design_page() -> None:
    expected = Policy(
        silence=12 * S,
        eviction=5 * S,
        kubernetes_first=30 * S,
        kick_after=60 * S,
        detach_after=90 * S,
        strip_after=120 * S,
        kick_effect=60 * S,
        outside_after=60 * S,
        hold_at_most=15 * MIN,
        back_at_most=15 * MIN,
        stuck_dead=15 * MIN,
        stuck_dying=60 * MIN,
        unreachable_looks=3,
        max_nodes=3,
        max_nodes_percent=20,
        min_healthy_percent=51,
        max_control_plane=1,
        hold_node=True,
        accepts_planned_stop=False,
        accepts_too_many=False,
        takes_marks_off=False,
        pause_after_act=1 * S,
        after_act=10 * S,
        pause=4 * S,
        early=5 * MIN,
        long_pause=30 * S,
    )

    assert Policy() == expected
    assert (timedelta(seconds=1), timedelta(minutes=1)) == (S, MIN)
