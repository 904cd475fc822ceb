"""What somebody else does between a read of the product and its write, and what others have put where it writes."""

from typing import Any

from tests.simulation.kubernetes import ATTACHMENTS, LEASES, NODES, PODS
from tests.simulation.stories import attacher_gone, stopped, stopped_and_back
from tests.simulation.world import TWO_SWEEPS, World, instance


def found(world: World, path: str) -> Any:  # noqa: ANN401 (any fields of any kind)
    one = world.api.find(path)
    assert one, f"{path} is there"
    return one


def test_a_pod_that_was_replaced_while_we_looked_is_not_touched() -> None:
    world = World()
    replacements: list[str] = []

    def replace() -> None:
        world.api.delete(f"{PODS}/db-0", grace=0)
        world.workloads.run()
        replacements.append(found(world, f"{PODS}/db-0")["metadata"]["uid"])

    world.calls.meanwhile["patch pods/status"] = replace
    stopped(world)

    assert world.ledger.entries == []
    assert [found(world, f"{PODS}/db-0")["metadata"]["uid"]] == replacements


def test_a_stopped_machine_whose_kubelet_still_speaks_is_not_released() -> None:
    world = World()
    world.ec2.stop(instance(0))

    def speak() -> None:
        found(world, f"{LEASES}/node-0")["spec"]["renewTime"] = world.clock.text()

    world.clock.every(5, speak)
    world.run(TWO_SWEEPS)

    assert world.product.acts == []


def test_finalizers_of_others_stay() -> None:
    world = World()
    path = f"{ATTACHMENTS}/csi-pv-db-0-node-0"
    found(world, path)["metadata"]["finalizers"].append("example.com/audit")
    found(world, f"{NODES}/node-0")["metadata"]["finalizers"].append("example.com/audit")

    attacher_gone(world)

    assert world.ledger.entries == []
    assert "strip finalizer: csi-pv-db-0-node-0" in world.product.acts
    assert found(world, path)["metadata"]["finalizers"] == ["example.com/audit"]
    assert found(world, f"{NODES}/node-0")["metadata"]["finalizers"] == ["example.com/audit"]


def test_taints_of_others_stay() -> None:
    world = World()
    dedicated = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}
    found(world, f"{NODES}/node-0")["spec"]["taints"].append(dedicated)

    stopped_and_back(world)

    assert world.ledger.entries == []
    assert world.product.acts[-1] == "untaint: node-0"
    assert found(world, f"{NODES}/node-0")["spec"]["taints"] == [dedicated]


def test_a_node_that_changed_while_we_looked_is_read_again_before_it_is_tainted() -> None:
    world = World()

    def cordon() -> None:
        found(world, f"{NODES}/node-0")["spec"]["unschedulable"] = True
        world.api.save(f"{NODES}/node-0", found(world, f"{NODES}/node-0"))

    world.calls.meanwhile["patch nodes"] = cordon
    stopped(world)

    assert world.ledger.entries == []
    assert world.product.acts == ["taint: node-0", "release pod: shop/db-0"]
    assert found(world, f"{NODES}/node-0")["spec"]["unschedulable"]


def test_a_machine_that_starts_between_the_look_and_the_write_is_found_running_afterwards() -> None:
    world = World()
    world.calls.meanwhile["patch nodes"] = lambda: world.ec2.start(instance(0))

    stopped(world)

    assert world.ledger.entries == []
    assert world.product.acts == ["taint: node-0", "untaint: node-0"]
    assert world.product.verdicts[-1] == "CameBack"


def test_a_pod_that_was_leaving_before_the_taint_waits_until_taint_eviction_has_seen_it() -> None:
    world = World()
    world.is_delivering = False
    world.ec2.stop(instance(0))
    world.run(60)
    world.api.delete(f"{PODS}/db-0")
    world.run(10)

    world.product.event(instance(0), "stopped", 1)
    world.run(60)

    assert world.ledger.entries == []
