"""Ten machines die at once: a person has to say that they are dead indeed."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from functions.orphaned_attachments.asking import asked_for
from functions.orphaned_attachments.console import Console
from functions.orphaned_attachments.decision.policy import Policy
from local.actors.outage import CLUSTER, Place
from local.actors.releasing import Execution, Releasing
from local.actors.waiting import wait_until
from pitcrew.deadline import Deadline
from pitcrew.mode import Mode
from pitcrew.plan import Plan, Row
from tests.cluster.releases import Scene, note, run_of

MANY = 10
PLAN = "plan-1"


@pytest.fixture
def releasing(quiet: Scene) -> Releasing:
    """With the limits that are shipped."""
    shipped = Policy()
    return quiet.releasing(max_nodes=shipped.max_nodes, min_healthy_percent=shipped.min_healthy_percent)


def test_ten_at_once_are_held_back_and_released_when_an_operator_has_applied_the_clusters_plan(
    quiet: Scene, releasing: Releasing
) -> None:
    with ExitStack() as ending, ThreadPoolExecutor(MANY) as pool:
        places = list(pool.map(lambda number: ending.enter_context(quiet.lab.place(f"many{number}")), range(MANY)))
        list(pool.map(quiet.dies, places))

        events = list(pool.map(lambda place: releasing.execute(run_of(place)), places))

        assert [event.acts for event in events] == [["hold"]] * MANY
        assert [event.ends for event in events] == [["TooManyAtOnce"]] * MANY
        assert not any(map(quiet.lab.attached_elsewhere, places))

        list(pool.map(quiet.say_not_ready, places))
        applied_at = time.monotonic()
        applied = apply_plan(releasing)
        wait_until(lambda: all(map(quiet.lab.attached_elsewhere, places)))

        note("ten terminated at once, after the operator's apply", time.monotonic() - applied_at)
        assert applied.ends == ["Released"] * MANY
        acts = Counter(applied.acts)
        assert acts.keys() <= {"taint", "release pod", "unhold"}
        assert (acts["taint"], acts["unhold"]) == (MANY, MANY)
        assert acts["release pod"] <= MANY  # of a Node that is not ready, the pod garbage collector may be faster
        assert [holds_nothing(quiet, place) for place in places] == [True] * MANY


def apply_plan(releasing: Releasing) -> Execution:
    """Start the machine with the cluster for its target, and then with the plan's id."""
    console = Console(
        evidence=releasing.evidence(), members=lambda name: [name], mode=Mode.ENFORCE, deadline=Deadline(60)
    )
    table = console.plan(CLUSTER, plan_id=PLAN)["table"]
    assert Counter(row["verdict"] for row in table) == {"TooManyAtOnce": MANY}
    rows = tuple(Row(subject=row["subject"], verdict=row["verdict"], details=row) for row in table)
    plan = Plan(id=PLAN, target=CLUSTER, rows=rows)
    event = {"input": {"apply": PLAN}, "execution": {"id": "arn", "name": "apply-1"}}
    return releasing.execute(*asked_for(event, lambda _: plan, Mode.ENFORCE))


def holds_nothing(scene: Scene, place: Place) -> bool:
    return place.node not in scene.attached(place) and scene.holder(place) != place.kubelet.instance
