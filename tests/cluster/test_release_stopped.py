"""A machine is stopped with a volume on it, and may be back at any moment."""

import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta

from local.actors.node import Object
from local.actors.releasing import Execution
from local.actors.waiting import wait_until
from tests.cluster.releases import SLACK, Scene, Story, note, run_of, until

TAINT = "node.kubernetes.io/out-of-service"
MARK = "pitcrew/out-of-service"


def stopped_and_back(scene: Scene) -> tuple[Story, Story]:
    with scene.lab.place("stopped") as place:
        dead_at = scene.dies(place, how="stop")
        stopped = scene.release(place, run_of(place), since=dead_at)
        scene.lab.ec2.start_instances(InstanceIds=[place.kubelet.instance])
        place.kubelet.boot()
        back_at = time.monotonic()
        back = scene.releasing().execute(run_of(place))
        return stopped, replace(stopped, execution=back, seconds=time.monotonic() - back_at, node=scene.node(place))


def same_name(scene: Scene) -> tuple[Story, str]:
    """The attacher asks the new machine to let go of a volume that is on the old one, and takes the answer for done."""
    with scene.lab.place("same-name") as place:
        old = run_of(place)
        until(scene.dies(place, how="stop"))
        place.kubelet.boot(instance=scene.lab.launch())
        no_pods = {"spec": {"taints": [{"key": "example.com/full", "effect": "NoSchedule"}]}}
        scene.lab.plane.api.patch(f"/api/v1/nodes/{place.node}", no_pods)
        scene.lab.plane.api.delete(f"/api/v1/namespaces/default/pods/{place.name}-0")
        moved_at = time.monotonic()
        wait_until(lambda: scene.attached(place) not in ({}, {place.node: True}))
        seconds = timedelta(seconds=10)
        return scene.release(place, old, since=moved_at, detach_after=seconds), scene.holder(place)


def hibernated(scene: Scene) -> tuple[Execution, Mapping[str, bool]]:
    with scene.lab.place("hibernated", can_hibernate=True) as place:
        scene.dies(place, how="hibernate")
        return scene.releasing().execute(run_of(place)), scene.attached(place)


def taken_over(scene: Scene) -> tuple[Execution, Object]:
    """The name of a node that is out of service goes to a new machine, which nobody but a sweep tells of."""
    with scene.lab.place("taken-over") as place:
        scene.release(place, run_of(place), since=scene.dies(place, how="stop"))
        place.kubelet.boot(instance=scene.lab.launch())
        return scene.releasing().execute(run_of(place, cause="sweep")), scene.node(place)


STORIES = {one.__name__: one for one in (stopped_and_back, same_name, hibernated, taken_over)}


def test_the_node_is_tainted_and_the_taint_stays(told: Mapping[str, Future[tuple[Story, Story]]]) -> None:
    story, _ = told["stopped_and_back"].result()

    note("stopped", story.seconds)
    assert story.execution.acts == ["taint", "release pod"]
    assert story.execution.ends == ["Released"]
    assert TAINT in {taint["key"] for taint in story.node["spec"]["taints"]}
    assert story.seconds <= 10 + SLACK


def test_when_the_machine_is_back_the_taint_comes_off(told: Mapping[str, Future[tuple[Story, Story]]]) -> None:
    _, story = told["stopped_and_back"].result()

    note("stopped and back, to untainted", story.seconds)
    assert story.execution.acts == ["untaint"]
    assert story.execution.ends == ["CameBack"]
    assert TAINT not in {taint["key"] for taint in story.node["spec"].get("taints", [])}
    assert MARK not in story.node["metadata"]["annotations"]


def test_under_a_name_that_is_taken_the_dead_machines_volume_is_detached_10_seconds_instead_of_90_after_the_first_look(
    told: Mapping[str, Future[tuple[Story, str]]],
) -> None:
    story, holder = told["same_name"].result()

    note("same name, new machine", story.seconds)
    assert story.execution.acts == ["detach", "kick"]
    assert story.execution.ends == ["Released"]
    assert TAINT not in {taint["key"] for taint in story.node["spec"]["taints"]}
    assert holder in {kubelet.instance for kubelet in story.place.nodes.values()} - {story.place.kubelet.instance}


def test_the_taint_comes_off_a_node_whose_name_a_new_machine_has_taken(
    told: Mapping[str, Future[tuple[Execution, Object]]],
) -> None:
    execution, node = told["taken_over"].result()

    assert execution.acts == ["untaint"]
    assert execution.ends == ["CameBack"]
    assert TAINT not in {taint["key"] for taint in node["spec"].get("taints", [])}


def test_of_a_hibernated_machine_nothing_is_released(
    told: Mapping[str, Future[tuple[Execution, Mapping[str, bool]]]],
) -> None:
    execution, attachments = told["hibernated"].result()

    assert execution.acts == []
    assert execution.ends == ["Hibernated"]
    assert list(attachments.values()) == [True]
