"""A machine is terminated with a volume on it: how soon the volume is on the next node, and by which acts."""

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import timedelta

from local.actors.waiting import wait_until
from tests.cluster.releases import SLACK, Scene, Story, note, run_of, until

HOLD = "pitcrew/hold"


def node_present(scene: Scene) -> Story:
    with scene.lab.place("node-present") as place:
        dead_at = scene.dies(place)
        return scene.release(place, run_of(place), since=dead_at)


def node_held(scene: Scene) -> Story:
    with scene.lab.place("node-held") as place:
        dead_at = scene.dies(place)
        held = scene.releasing().execute(run_of(place), dies_after="hold")
        scene.say_not_ready(place)
        until(dead_at)
        wait_until(lambda: "deletionTimestamp" in scene.node(place)["metadata"])
        return scene.release(place, held.runs[0], since=dead_at)


def node_gone(scene: Scene) -> Story:
    with scene.lab.place("node-gone") as place:
        until(dead_at := scene.dies(place))
        scene.lab.plane.api.delete(f"/api/v1/nodes/{place.node}")
        return scene.release(place, run_of(place), since=dead_at)


def hold_left(scene: Scene) -> Story:
    with scene.lab.place("hold-left") as place:
        dead_at = scene.dies(place)
        scene.releasing().execute(run_of(place), dies_after="hold")
        until(dead_at + 1)
        return scene.release(place, run_of(place, cause="sweep"), since=dead_at, hold_at_most=timedelta(seconds=10))


STORIES = {one.__name__: one for one in (node_present, node_held, node_gone, hold_left)}


def test_while_the_node_is_there_it_is_held_tainted_and_let_go(told: Mapping[str, Future[Story]]) -> None:
    story = told["node_present"].result()

    note("terminated, Node there", story.seconds)
    assert story.execution.acts == ["hold", "taint", "release pod", "unhold"]
    assert story.execution.ends == ["Released"]
    assert HOLD not in story.node["metadata"].get("finalizers", [])
    assert story.seconds <= 10 + SLACK


def test_a_held_node_that_the_cloud_controller_deletes_is_there_for_its_taint(
    told: Mapping[str, Future[Story]],
) -> None:
    story = told["node_held"].result()

    note("terminated, Node held and deleted", story.seconds)
    # Of a Node that is not ready, Kubernetes' pod garbage collector may be faster, once it is tainted.
    assert story.execution.acts in (["taint", "release pod", "unhold"], ["taint", "unhold"])
    assert story.execution.ends == ["Released"]
    assert story.node["metadata"] == {}
    assert story.seconds <= 10 + SLACK


def test_when_the_node_is_gone_the_pod_goes_first_and_then_the_attachment(told: Mapping[str, Future[Story]]) -> None:
    story = told["node_gone"].result()

    note("terminated, Node gone", story.seconds)
    assert story.execution.acts == ["release pod", "delete VolumeAttachment"]
    assert story.execution.ends == ["Released"]
    assert story.seconds <= 75 + SLACK


def test_a_hold_whose_release_died_comes_off_by_a_sweeps_run_when_it_has_lasted_10_seconds_instead_of_15_minutes(
    told: Mapping[str, Future[Story]],
) -> None:
    story = told["hold_left"].result()

    note("terminated, release died after the hold, swept", story.seconds)
    assert story.execution.acts == ["unhold", "taint", "release pod"]
    assert story.execution.ends == ["Released"]
    assert HOLD not in story.node["metadata"].get("finalizers", [])
