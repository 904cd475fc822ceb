"""Cases of facts/orphaned-attachments.md, section 3, that need controllers: each with its number there.

Over 120 lines because it is a list of cases.
"""

from functools import partial

from tests.simulation.kubernetes import ATTACHMENTS, NODES, PODS, PVS
from tests.simulation.stories import cordon, stopped
from tests.simulation.test_races import found
from tests.simulation.world import TWO_SWEEPS, World, instance, volume

HUMAN = {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}


def replaced(world: World) -> None:
    """Stop the first machine, and let another one take its Node's name."""
    world.is_delivering = False
    world.ec2.stop(instance(0))
    world.run(60)
    world.api.delete(f"{NODES}/node-0")
    world.add_node("node-0", instance(9))


def test_case_02_a_node_deleted_between_look_and_patch_is_released_without_it() -> None:
    world = World()

    def delete() -> None:
        world.api.delete(f"{NODES}/node-0")

    world.calls.meanwhile["patch nodes"] = delete
    stopped(world)

    assert world.ledger.entries == []
    assert world.product.acts[-2:] == ["release pod: shop/db-0", "delete VolumeAttachment: csi-pv-db-0-node-0"]
    assert world.place() == instance(1)


def test_case_05_a_machine_started_before_we_act_is_let_alone() -> None:
    world = World()
    world.is_delivering = False
    world.ec2.stop(instance(0))
    world.run(40)
    world.ec2.start(instance(0))

    world.product.event(instance(0), "stopped", 1)
    world.run(TWO_SWEEPS)

    assert (world.product.acts, world.ledger.entries) == ([], [])
    assert found(world, f"{PODS}/db-0")["status"]["phase"] == "Running"


def test_case_08_an_event_told_twice_and_a_sweep_at_once_release_once() -> None:
    world = World()
    world.ec2.stop(instance(0))
    world.run(31)
    for _ in range(2):
        world.product.event(instance(0), "stopped", 2)
    world.product.sweep()
    world.run(TWO_SWEEPS)

    assert world.ledger.entries == []
    assert world.product.acts == ["taint: node-0", "release pod: shop/db-0"]


def test_case_09_nothing_is_detached_from_a_machine_that_is_stopping() -> None:
    world = World()
    world.ec2.stop(instance(0), seconds=600)
    world.run(595)

    assert (world.product.acts, world.ledger.entries) == ([], [])


def test_case_10_nothing_is_released_while_a_machine_shuts_down_for_eleven_minutes() -> None:
    world = World()
    world.ec2.terminate(instance(0), seconds=660)
    world.run(655)

    assert world.product.acts == ["hold: node-0"]


def test_case_15_a_machine_that_returns_to_its_warm_pool_keeps_its_volume() -> None:
    world = World()
    world.ec2.machines[instance(0)].tags["aws:autoscaling:groupName"] = "workers"
    world.aws.lifecycles[instance(0)] = "Warmed:Stopped"
    world.ec2.stop(instance(0), "Client.UserInitiatedShutdown")
    world.run(TWO_SWEEPS)

    assert (world.product.acts, world.place()) == ([], instance(0))
    assert world.product.verdicts == ["PlannedStop"]


def test_case_18_a_machine_cut_off_from_the_api_server_keeps_its_volume() -> None:
    world = World()
    world.kubelets[instance(0)].is_up = False
    world.run(60)
    world.api.delete(f"{PODS}/db-0")
    world.run(TWO_SWEEPS)

    assert (world.product.acts, world.place()) == ([], instance(0))


def test_case_19_neither_the_node_nor_the_pods_of_a_new_machine_are_touched() -> None:
    world = World()
    replaced(world)
    uid = found(world, f"{PODS}/db-0")["metadata"]["uid"]

    world.run(TWO_SWEEPS)

    assert (world.product.acts, world.ledger.entries) == ([], [])
    assert found(world, f"{PODS}/db-0")["metadata"]["uid"] == uid


def taken_over(world: World) -> None:
    """Stop the first machine; another one takes over its Node as it is, and the pod comes back there."""
    world.is_delivering = False
    world.ec2.stop(instance(0))
    world.run(60)
    for name in ("node-1", "node-2", "node-3"):
        cordon(world, name)
    world.add_node("node-0", instance(9))
    world.run(10)
    world.api.delete(f"{PODS}/db-0", grace=0)
    world.api.delete(f"{ATTACHMENTS}/csi-pv-db-0-node-0")


def test_case_20_an_attachment_made_anew_for_the_new_machine_is_its_own() -> None:
    world = World()
    taken_over(world)
    world.ec2.detach(volume(0), instance(0))
    world.run(TWO_SWEEPS)
    assert world.place() == instance(9)

    world.product.event(instance(0), "stopped", 1)
    world.run(TWO_SWEEPS)

    assert (world.product.acts, world.ledger.entries) == ([], [])
    assert world.product.verdicts == ["NothingToRelease"]


def test_case_21_the_volume_that_the_new_machine_waits_for_is_detached_from_the_old_one() -> None:
    world = World()
    taken_over(world)

    world.run(2 * TWO_SWEEPS)

    assert world.ledger.entries == []
    assert world.product.acts == ["detach: vol-00000000", "kick: csi-pv-db-0-node-0"]
    assert world.place() == instance(9)


def test_case_27_a_volume_that_went_with_its_machine_leaves_no_attachment() -> None:
    world = World()
    world.ec2.disks[volume(0)].is_deleted_with_machine = True
    del world.workloads.wanted["db-0"]
    world.ec2.terminate(instance(0))
    world.run(TWO_SWEEPS)

    assert world.ledger.entries == []
    assert world.api.all(ATTACHMENTS) == []


def test_case_30_an_attachment_of_a_volume_that_we_may_not_detach_is_not_stripped() -> None:
    world = World()
    world.attacher.is_up = False
    world.ec2.disks[volume(0)].tags.clear()

    world.ec2.stop(instance(0))
    world.run(1000)

    assert world.ledger.entries == []
    assert world.product.verdicts[-1] == "Stuck"
    assert world.place() == instance(0)
    assert found(world, f"{ATTACHMENTS}/csi-pv-db-0-node-0")
    assert "aws ec2 detach-volume" in world.aws.messages[-1]


def test_case_33_an_attachment_whose_persistent_volume_is_gone_is_stripped_after_proof() -> None:
    world = World(pods=2)
    world.ec2.disks[volume(0)].tags["CSIVolumeName"] = "pv-db-0"
    world.api.delete(f"{PVS}/pv-db-0")
    del world.workloads.wanted["db-0"]

    world.ec2.terminate(instance(0))
    world.run(TWO_SWEEPS)

    assert world.ledger.entries == []
    assert "strip finalizer: csi-pv-db-0-node-0" in world.product.acts
    assert [one["metadata"]["name"] for one in world.api.all(ATTACHMENTS)] == ["csi-pv-db-1-node-1"]


def test_case_40_a_pod_with_a_finalizer_does_not_keep_the_volume() -> None:
    world = World()
    found(world, f"{PODS}/db-0")["metadata"]["finalizers"].append("batch.kubernetes.io/job-tracking")
    world.ec2.stop(instance(0))
    world.run(120)

    assert world.ledger.entries == []
    assert world.ec2.disks[volume(0)].holder is None


def test_case_54_a_taint_that_somebody_else_has_put_there_stays_when_the_machine_comes_back() -> None:
    world = World()
    world.attacher.is_up = False
    world.clock.after(25, partial(found(world, f"{NODES}/node-0")["spec"]["taints"].append, HUMAN))
    world.ec2.stop(instance(0))
    world.run(60)
    assert world.product.acts == ["release pod: shop/db-0"]

    world.ec2.start(instance(0))
    world.run(TWO_SWEEPS)

    assert world.ledger.entries == []
    assert world.product.verdicts == ["CameBack"]
    assert found(world, f"{NODES}/node-0")["spec"]["taints"] == [HUMAN]


def test_case_54_a_taint_that_somebody_else_has_put_on_the_node_of_a_new_machine_stays() -> None:
    world = World()
    replaced(world)
    found(world, f"{NODES}/node-0")["spec"]["taints"].append(HUMAN)

    world.product.event(instance(0), "stopped", 1)
    world.run(TWO_SWEEPS)

    assert world.ledger.entries == []
    assert found(world, f"{NODES}/node-0")["spec"]["taints"] == [HUMAN]


def test_case_55_before_the_taint_was_heeded_the_pod_goes_before_its_attachment() -> None:
    world = World()
    world.api.minor, world.is_delivering = 25, False
    world.ec2.stop(instance(0))
    world.run(60)

    world.product.event(instance(0), "stopped", 1)
    world.run(TWO_SWEEPS)

    assert world.ledger.entries == []
    assert world.product.acts == ["release pod: shop/db-0", "delete VolumeAttachment: csi-pv-db-0-node-0"]
    assert world.place() == instance(1)


def test_case_56_a_cluster_that_is_stopped_for_the_night_is_let_alone_and_told_of_once() -> None:
    world = World(nodes=6, pods=4)
    for number in range(4):
        world.ec2.stop(instance(number), "Client.UserInitiatedShutdown")
    world.run(2 * TWO_SWEEPS)

    assert world.product.acts == []
    assert set(world.product.verdicts) == {"PlannedStop"}
    assert ["PlannedStop" in message for message in world.aws.messages] == [True]


def test_case_60_what_a_healthy_node_still_lists_as_in_use_is_not_touched() -> None:
    world = World()
    cordon(world, "node-0")
    found(world, f"{NODES}/node-0")["status"]["volumesInUse"] = ["pv-db-0"]
    world.run(TWO_SWEEPS)

    assert world.product.acts == []
