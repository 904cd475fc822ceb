"""Hold, unhold and untaint: when our marks go on, and when they come off.

Over 120 lines because each has many conditions.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from functions.orphaned_attachments.decision import Facts, Memory, decide
from functions.orphaned_attachments.decision.acts import Kind
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.decision.marks import tainted_at, without_ours
from functions.orphaned_attachments.decision.node import HOLD, TAINTED
from functions.orphaned_attachments.decision.policy import Policy
from tests.functions.orphaned_attachments.facts import (
    DEAD,
    NEW,
    NOW,
    OUT_OF_SERVICE,
    ago,
    bare,
    dead,
    deleting,
    held,
    instance,
    next_kind,
    node,
    pod,
    tainted,
)

DYING, RUNNING = State.SHUTTING_DOWN, State.RUNNING
BOOTED = instance(RUNNING, launched_at=ago(30))
TALKS: Mapping[str, Any] = {"ready": "False", "lease_renewed_at": ago(29)}
MARKS_OFF = Policy(takes_marks_off=True)
LONG = 15 * 60
CORDONED = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}

HOLDS: list[tuple[bool, Facts]] = [
    (True, dead(DYING)),
    (True, dead(DYING, pods=(), volumes=())),
    (True, dead(DYING, node=node(csi_instance=""))),
    (True, dead(DYING, node=node(provider_instance=""))),
    (True, dead(DYING, node=node(ready="True"))),
    (True, dead(DYING, node=node(annotations={HOLD: f"{NEW} {NOW.isoformat()}"}))),
    (False, dead(DYING, node=node(annotations={HOLD: f"{DEAD} {ago(9999).isoformat()}"}))),
    (False, dead(DYING, node=None)),
    (False, dead(DYING, attachments=())),
    (False, dead(DYING, node=node(deleting_since=ago(1)))),
    (False, dead(DYING, node=node(provider_instance="", csi_instance=""))),
    (False, dead(DYING, node=node(provider_instance=NEW))),
    (False, dead(DYING, node=node(csi_instance=NEW))),
    (False, dead(DYING, policy=Policy(hold_node=False))),
    (False, dead(DYING, node=held())),
    (False, dead(DYING, node=node(is_opted_out=True))),
    (False, dead(State.STOPPING)),
    (False, dead(State.TERMINATED)),
    (False, dead(RUNNING)),
    (False, dead(DYING, memory=Memory(dying_since=ago(3600)))),
]

UNHOLDS: list[tuple[bool, Facts]] = [
    (True, bare(State.TERMINATED, node=held())),
    (True, bare(DYING, node=held())),
    (True, dead(node=held(LONG))),
    (True, dead(node=held(LONG + 1))),
    (True, dead(State.UNKNOWN, node=held(LONG))),
    (True, dead(RUNNING, node=held())),
    (True, dead(State.PENDING, node=held())),
    (True, dead(node=held(csi_instance=NEW))),
    (True, dead(node=held(), policy=MARKS_OFF)),
    (True, dead(node=node(finalizers=(HOLD,)))),
    (True, dead(node=node(finalizers=(HOLD,), annotations={HOLD: f"{DEAD} yesterday"}))),
    (True, bare(State.TERMINATED, node=held(is_opted_out=True))),
    (True, dead(State.TERMINATED, node=held(LONG, is_opted_out=True))),
    (True, dead(State.TERMINATED, node=held(LONG), memory=Memory(dead_since=ago(LONG)))),
    (False, dead(node=held(LONG - 1))),
    (False, dead(State.TERMINATED, node=held())),
    (False, dead(DYING, node=held())),
    (False, dead(State.UNKNOWN, node=held())),
    (False, bare(node=node())),
    (False, bare(node=node(annotations={HOLD: f"{DEAD} {NOW.isoformat()}"}))),
    (False, bare(node=node(finalizers=("foregroundDeletion",)))),
    (False, bare(node=None)),
]

UNTAINTS: list[tuple[bool, Facts]] = [
    (True, dead(RUNNING, instance=BOOTED, node=tainted(**TALKS))),
    (True, dead(RUNNING, instance=BOOTED, node=tainted(is_opted_out=True, **TALKS))),
    (True, dead(node=tainted(csi_instance=NEW))),
    (True, dead(node=tainted(), policy=MARKS_OFF)),
    (True, dead(RUNNING, node=node(annotations={TAINTED: "us"}, **TALKS), instance=BOOTED)),
    (False, dead(instance=BOOTED, node=node(taints=(OUT_OF_SERVICE,), **TALKS))),
    (False, dead(node=node(taints=(OUT_OF_SERVICE,)), policy=MARKS_OFF)),
    (False, dead(node=node(taints=(OUT_OF_SERVICE,), csi_instance=NEW))),
    (False, dead(instance=instance(State.PENDING, launched_at=ago(30)), node=tainted(**TALKS))),
    (False, dead(instance=instance(State.STOPPED, launched_at=ago(30)), node=tainted(**TALKS))),
    (False, dead(instance=instance(RUNNING), node=tainted(**TALKS))),
    (False, dead(instance=BOOTED, node=tainted())),
    (False, dead(instance=BOOTED, node=tainted(lease_renewed_at=ago(30)))),
    (False, dead(instance=BOOTED, node=tainted(lease_renewed_at=ago(31)))),
    (False, dead(instance=BOOTED, node=tainted(**TALKS), attachments=(deleting(1),))),
    (False, dead(instance=BOOTED, node=tainted(**TALKS), pods=(pod(), pod(deleting_since=ago(1))))),
    (False, dead(instance=BOOTED, node=None)),
]

TABLES = {Kind.HOLD: HOLDS, Kind.UNHOLD: UNHOLDS, Kind.UNTAINT: UNTAINTS}


@pytest.mark.parametrize(("kind", "is_due", "facts"), [(kind, *row) for kind, rows in TABLES.items() for row in rows])
def test_a_mark_goes_on_or_off_where_all_conditions_hold(kind: Kind, is_due: bool, facts: Facts) -> None:  # noqa: FBT001 (a column)
    assert (next_kind(facts) is kind) is is_due


def test_the_hold_comes_off_before_the_taint() -> None:
    both = node(
        taints=(OUT_OF_SERVICE,), finalizers=(HOLD,), annotations={**held().annotations, **tainted().annotations}
    )

    assert next_kind(dead(node=both, policy=MARKS_OFF)) is Kind.UNHOLD


def test_a_mark_is_taken_off_the_node_that_was_read() -> None:
    act = decide(bare(node=(read := held()))).act

    assert act
    assert act.on is read


@pytest.mark.parametrize(
    ("since", "facts"),
    [
        (ago(60), dead(node=tainted())),
        (ago(9), dead(node=node(taints=(OUT_OF_SERVICE,)), memory=Memory(first_look_at=ago(9)))),
        (NOW, dead(node=node(taints=(OUT_OF_SERVICE,)))),
        (None, dead()),
        (None, dead(node=None)),
        (None, dead(node=tainted(csi_instance=NEW))),
        (None, dead(node=node(annotations={TAINTED: f"us {NOW.isoformat()}"}))),
    ],
)
def test_a_dead_node_is_out_of_service_since_its_taint(since: object, facts: Facts) -> None:
    assert tainted_at(facts) == since


def test_all_taints_but_ours_stay() -> None:
    theirs = [{"key": "dedicated", "value": "db", "effect": "NoSchedule"}, CORDONED]

    assert without_ours(node(taints=(theirs[0], OUT_OF_SERVICE, theirs[1]))) == theirs


def test_the_machines_that_our_marks_are_about_are_read_off_them() -> None:
    assert node(annotations={HOLD: "i-1 x", TAINTED: "us i-2 x", "another": "i-3"}).marked_for == {
        "i-1",
        "i-2",
        "x",
        "us",
    }
