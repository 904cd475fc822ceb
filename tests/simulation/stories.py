"""What happens to machines and clusters: each story moves a world on, and leaves time for two sweeps at each turn.

A story's acts are what the product does where nothing fails; its end is what must be true however often something did.
Over 120 lines because it is a list of stories.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.simulation.execution import DIES_OF
from tests.simulation.kubernetes import ATTACHMENTS, NODES, PODS
from tests.simulation.world import TWO_SWEEPS, World, instance, volume

HELD = ["hold: node-0", "taint: node-0", "release pod: shop/db-0", "unhold: node-0"]
STOPPED = ["taint: node-0", "release pod: shop/db-0"]


@dataclass(frozen=True)
class Story:
    """One story."""

    tell: Callable[[World], None]
    acts: tuple[str, ...] = ()
    volume_is_on: str = instance(1)
    nodes: int = 4
    pods: int = 1

    def world(self) -> World:
        return World(nodes=self.nodes, pods=self.pods)


def terminated_with_its_node_present(world: World) -> None:
    world.ec2.terminate(instance(0), seconds=5)
    world.settle()


def terminated_while_held_and_deleted_by_the_cloud_loop(world: World) -> None:
    world.ec2.terminate(instance(0), seconds=60)
    world.run(60)
    world.cloud_nodes.run()
    node = world.api.find(f"{NODES}/node-0")
    assert node
    assert "deletionTimestamp" in node["metadata"], "only the hold is left of it"
    assert len(world.product.acts) == 1
    world.settle()


def terminated_with_its_node_gone(world: World) -> None:
    world.is_delivering = False
    world.ec2.terminate(instance(0))
    world.run(60)
    world.product.event(instance(0), "terminated", 1)
    world.settle()


def a_hold_whose_release_dies(world: World) -> None:
    world.ec2.terminate(instance(0))
    world.is_delivering = False
    world.run(15)
    for execution in world.product.executions.values():
        execution.end()
    world.settle()


def stopped(world: World) -> None:
    world.ec2.stop(instance(0))
    world.settle()


def stopped_and_back(world: World) -> None:
    world.ec2.stop(instance(0))
    world.run(TWO_SWEEPS)
    world.ec2.start(instance(0))
    world.settle()


def a_new_instance_under_the_same_node_name(world: World) -> None:
    world.is_delivering = False
    world.ec2.stop(instance(0))
    world.run(60)
    world.api.delete(f"{NODES}/node-0")
    world.add_node("node-0", instance(9))
    cordon(world, "node-0")
    world.api.delete(f"{PODS}/db-0", grace=0)
    world.settle()


def attachment_deleted_before_the_pod(world: World) -> None:
    world.is_delivering = False
    world.ec2.stop(instance(0))
    world.run(60)
    world.api.delete(f"{ATTACHMENTS}/csi-pv-db-0-node-0")
    world.run(90)
    assert world.place() == instance(0), "Kubernetes has attached it to the stopped machine again"
    world.product.event(instance(0), "stopped", 1)
    world.settle()


def attacher_in_its_back_off(world: World) -> None:
    world.is_delivering, world.attacher.is_throttled = False, True
    world.ec2.stop(instance(0))
    world.run(60)
    world.api.delete(f"{PODS}/db-0", grace=0)
    world.api.delete(f"{ATTACHMENTS}/csi-pv-db-0-node-0")
    world.run(130)
    world.attacher.is_throttled = False
    world.product.event(instance(0), "stopped", 1)
    world.settle()


def attacher_gone(world: World) -> None:
    world.attacher.is_up = False
    world.ec2.terminate(instance(0))
    world.run(900)
    world.attacher.is_up = True
    world.settle()


def a_volume_attached_outside_kubernetes(world: World) -> None:
    world.add_pod("by-hand-0", 5)
    del world.workloads.wanted["by-hand-0"]
    world.ec2.attach(volume(5), instance(2))
    world.settle()


def hibernated(world: World) -> None:
    world.ec2.machines[instance(0)].can_hibernate = True
    world.ec2.stop(instance(0), "Client.UserInitiatedHibernate")
    world.settle()


def alive_and_only_not_ready(world: World) -> None:
    world.kubelets[instance(0)].is_up = False
    world.settle()


def many_at_once(world: World) -> None:
    for number in range(len(world.workloads.wanted)):
        world.ec2.stop(instance(number))
    world.run(200)
    assert not world.product.acts, "nobody has decided yet"
    decide(world, "prod")
    world.settle()


STORIES = {
    "terminated_with_its_node_present": Story(terminated_with_its_node_present, tuple(HELD)),
    "terminated_while_held": Story(terminated_while_held_and_deleted_by_the_cloud_loop, tuple(HELD)),
    "terminated_with_its_node_gone": Story(
        terminated_with_its_node_gone, ("release pod: shop/db-0", "delete VolumeAttachment: csi-pv-db-0-node-0")
    ),
    "a_hold_whose_release_dies": Story(a_hold_whose_release_dies, tuple(HELD)),
    "stopped": Story(stopped, tuple(STOPPED)),
    "stopped_and_back": Story(stopped_and_back, (*STOPPED, "untaint: node-0")),
    "same_node_name": Story(
        a_new_instance_under_the_same_node_name, ("detach: vol-00000000", "kick: csi-pv-db-0-node-1")
    ),
    "attachment_deleted_before_the_pod": Story(attachment_deleted_before_the_pod, tuple(STOPPED)),
    "attacher_in_its_back_off": Story(attacher_in_its_back_off, ("taint: node-0", "kick: csi-pv-db-0-node-0")),
    "attacher_gone": Story(
        attacher_gone,
        (*HELD[:3], "kick: csi-pv-db-0-node-0", "strip finalizer: csi-pv-db-0-node-0", "unhold: node-0"),
    ),
    "attached_outside_kubernetes": Story(a_volume_attached_outside_kubernetes, volume_is_on=instance(0)),
    "hibernated": Story(hibernated, volume_is_on=instance(0)),
    "only_not_ready": Story(alive_and_only_not_ready, volume_is_on=instance(0)),
    "ten_at_once": Story(
        many_at_once,
        tuple(f"{act}-{number}" for number in range(10) for act in ("taint: node", "release pod: shop/db")),
        instance(10),
        nodes=14,
        pods=10,
    ),
}


def cordon(world: World, name: str) -> None:
    node = world.api.find(f"{NODES}/{name}")
    assert node
    node["spec"]["unschedulable"] = True
    world.api.save(f"{NODES}/{name}", node)


def decide(world: World, target: str) -> None:
    """Plan and apply as a person does: again where the console says that it failed, or something was left."""
    for _ in range(4):
        with suppress(*DIES_OF):
            world.product.apply(world.product.plan(target))
        world.run(60)
        if all(world.place(number) != instance(number) for number in range(len(world.workloads.wanted))):
            return
