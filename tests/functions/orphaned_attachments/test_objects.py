"""Objects of the Kubernetes API as facts.

Over 120 lines because every kind of object has its forms.
"""

from datetime import timedelta
from typing import Any

import pytest

from functions.orphaned_attachments import objects
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.raw_objects import CLAIM, DEAD, NOW, OTHER, PV, VOLUME

PVS = {PV: objects.Pv(name=PV, volume=VOLUME, claim=CLAIM, is_in_tree=False, is_opted_out=False)}


def _merged(found: raw.Object, path: str, value: object) -> raw.Object:
    *outer, last = path.split(".")
    place: Any = found
    for key in outer:
        place = place.setdefault(key, {})
    place[last] = value
    return found


def test_a_node_is_read_with_all_that_the_decision_asks() -> None:
    taint = {"key": "x", "effect": "NoSchedule"}
    found = raw.node(
        annotations={"a": "b"},
        labels={"node-role.kubernetes.io/control-plane": ""},
        finalizers=["other/hold", "pitcrew/hold"],
        deletionTimestamp=raw.ago(5),
    )
    found["spec"] |= {"unschedulable": True, "taints": [taint]}

    node = objects.node(found, raw.csi_node(instance=OTHER))

    assert (node.name, node.uid, node.resource_version) == ("node-a", "uid-of-node-a", "7")
    assert (node.provider_id, node.provider_instance) == (f"aws:///us-east-1a/{DEAD}", DEAD)
    assert (node.csi_instance, node.instance, node.ready) == (OTHER, OTHER, "Unknown")
    assert (node.is_cordoned, node.is_control_plane, node.is_held) == (True, True, True)
    assert node.deleting_since == NOW - timedelta(seconds=5)
    assert (node.taints, node.annotations) == ((taint,), {"a": "b"})
    assert node.lease_renewed_at is None


def test_a_node_that_says_nothing_is_silent_and_nobodys() -> None:
    node = objects.node({"metadata": raw.metadata("node-a")}, None)

    assert (node.instance, node.ready, node.is_cordoned, node.is_control_plane) == ("", "Unknown", False, False)
    assert (node.taints, node.finalizers, node.annotations, node.deleting_since) == ((), (), {}, None)


@pytest.mark.parametrize("label", ["control-plane", "master"])
def test_old_and_new_control_planes_are_known(label: str) -> None:
    assert objects.node(raw.node(labels={f"node-role.kubernetes.io/{label}": ""}), None).is_control_plane


@pytest.mark.parametrize("where", ["labels", "annotations"])
@pytest.mark.parametrize(("value", "is_out"), [("disabled", True), ("enabled", False)])
def test_a_label_or_an_annotation_opts_out(where: str, value: str, *, is_out: bool) -> None:
    switch: Any = {where: {"pitcrew/orphaned-attachments": value}}
    volume = objects.pv(raw.pv(**switch))

    assert objects.node(raw.node(**switch), None).is_opted_out is is_out
    assert volume is not None
    assert volume.is_opted_out is is_out


@pytest.mark.parametrize("csi", [None, {}, {"spec": None}, {"spec": {"drivers": None}}, {"spec": {"drivers": []}}])
def test_without_a_driver_on_its_csi_node_the_provider_id_is_all_there_is(csi: raw.Object | None) -> None:
    assert objects.node(raw.node(), csi).instance == DEAD


@pytest.mark.parametrize(
    ("csi", "expected"),
    [
        (None, True),  # a Node without CSINode is silent, and says nothing against it
        (raw.csi_node(), True),
        (raw.csi_node(migrated="kubernetes.io/gce-pd"), False),
        ({"metadata": raw.metadata("node-a")}, False),
        ({}, False),
    ],
)
def test_a_kubelet_that_migrates_in_tree_volumes_says_so(csi: raw.Object | None, *, expected: bool) -> None:
    assert objects.is_migrated(csi) is expected


def test_a_csi_volume_is_read_with_its_claim() -> None:
    assert objects.pv(raw.pv()) == PVS[PV]


@pytest.mark.parametrize("volume_id", [VOLUME, f"aws://us-east-1a/{VOLUME}", f"aws:///{VOLUME}"])
def test_an_in_tree_volume_is_read_in_each_form(volume_id: str) -> None:
    found = objects.pv(_merged(raw.in_tree_pv(), "spec.awsElasticBlockStore.volumeID", volume_id))

    assert found == objects.Pv(name=PV, volume=VOLUME, claim=("", ""), is_in_tree=True, is_opted_out=False)


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"csi": None},
        {"nfs": {"path": "/"}},
        {"csi": {"driver": "efs.csi.aws.com", "volumeHandle": VOLUME}},
        {"csi": {"driver": "ebs.csi.eks.amazonaws.com", "volumeHandle": VOLUME}},
        {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "local-ebs://x"}},
        {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": f"{VOLUME}x"}},
        {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": None}},
        {"csi": {"driver": "ebs.csi.aws.com"}},
        {"awsElasticBlockStore": {"volumeID": 5}},
    ],
)
def test_what_is_not_on_ebs_is_no_volume_of_ours(spec: raw.Object) -> None:
    assert objects.pv({"metadata": raw.metadata("x"), "spec": spec}) is None


def test_an_attachment_is_read_with_all_that_the_decision_asks() -> None:
    found = raw.attachment(deletionTimestamp=raw.ago(70), annotations={"pitcrew/kick": raw.ago(9)})
    found["status"] = {"attached": True, "detachError": {"message": "x"}}

    read = objects.attachment(found, PVS, {PV})

    assert (read.instance, read.node_name, read.attacher) == (DEAD, "node-a", "ebs.csi.aws.com")
    assert (read.pv, read.volume, read.is_pv_missing) == (PV, VOLUME, False)
    assert (read.is_attached, read.has_detach_error) == (True, True)
    assert (read.deleting_since, read.kicked_at) == (NOW - timedelta(seconds=70), NOW - timedelta(seconds=9))
    assert read.finalizers == ("external-attacher/ebs-csi-aws-com",)


def test_an_attachment_whose_volume_is_not_on_ebs_has_none_and_misses_none() -> None:
    read = objects.attachment(raw.attachment(), {}, {PV})

    assert (read.volume, read.is_pv_missing) == ("", False)


@pytest.mark.parametrize("annotations", [{}, None, {"csi.alpha.kubernetes.io/node-id": "node-a"}])
def test_an_attachment_without_the_annotation_names_no_instance(annotations: dict[str, str] | None) -> None:
    found = raw.attachment()
    found["metadata"]["annotations"] = annotations
    del found["status"], found["metadata"]["finalizers"]

    read = objects.attachment(found, PVS, {PV})

    assert (read.instance, read.is_attached, read.finalizers, read.kicked_at) == ("", False, (), None)


def test_a_pods_deletion_was_asked_for_before_its_grace_period() -> None:
    found = raw.pod(deletionTimestamp=raw.ago(3), deletionGracePeriodSeconds=30)

    pod = objects.pod(found, PVS.values())

    assert pod
    assert pod.deleting_since == objects.time(raw.ago(33))


def test_a_pod_with_a_claim_mounts_its_volume() -> None:
    pod = objects.pod(raw.pod(deletionTimestamp=raw.ago(3)), PVS.values())

    assert pod is not None
    assert (pod.namespace, pod.name, pod.uid, pod.node_name) == ("shop", "db-0", "uid-of-db-0", "node-a")
    assert (pod.volumes, pod.deleting_since) == ((VOLUME,), NOW - timedelta(seconds=3))
    assert (pod.is_over, pod.is_failed_by_us, pod.is_spared) == (False, False, False)


@pytest.mark.parametrize(
    "volumes",
    [
        [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
        [{"name": "v", "awsElasticBlockStore": {"volumeID": f"aws://us-east-1a/{VOLUME}"}}],
    ],
)
def test_a_pod_names_its_volume_by_claim_or_inline(volumes: list[raw.Object]) -> None:
    pod = objects.pod(_merged(raw.pod(), "spec.volumes", volumes), PVS.values())

    assert pod is not None
    assert pod.volumes == (VOLUME,)


def test_a_generic_ephemeral_volume_has_a_claim_named_after_pod_and_volume() -> None:
    of_pod = objects.Pv(name="e", volume=VOLUME, claim=("shop", "db-0-scratch"), is_in_tree=False, is_opted_out=False)
    found = _merged(raw.pod(), "spec.volumes", [{"name": "scratch", "ephemeral": {"volumeClaimTemplate": {}}}])

    pod = objects.pod(found, [of_pod])

    assert pod is not None
    assert pod.volumes == (VOLUME,)


@pytest.mark.parametrize("volumes", [None, [], [{"name": "x", "emptyDir": {}}], [{"persistentVolumeClaim": {}}]])
def test_a_pod_without_a_volume_on_ebs_is_none_of_ours(volumes: list[raw.Object] | None) -> None:
    assert objects.pod(_merged(raw.pod(), "spec.volumes", volumes), PVS.values()) is None


def test_the_claim_of_another_namespace_is_another_claim() -> None:
    assert objects.pod(_merged(raw.pod(), "metadata.namespace", "other"), PVS.values()) is None


@pytest.mark.parametrize(
    "more",
    [
        {"annotations": {"kubernetes.io/config.mirror": "x"}},
        {"ownerReferences": [{"kind": "Node"}]},
        {"ownerReferences": [{"kind": "DaemonSet"}]},
    ],
)
def test_static_pods_mirrors_and_those_of_a_daemon_set_are_spared(more: dict[str, Any]) -> None:
    pod = objects.pod(raw.pod(**more), PVS.values())

    assert pod is not None
    assert pod.is_spared
    assert not pod.is_to_release


def test_a_pod_of_a_stateful_set_is_not_spared() -> None:
    pod = objects.pod(raw.pod(ownerReferences=[{"kind": "StatefulSet"}]), PVS.values())

    assert pod is not None
    assert pod.is_to_release


OURS = {"type": "DisruptionTarget", "reason": "DeletionByPitcrew"}
OF_GC = {"type": "DisruptionTarget", "reason": "DeletionByPodGC"}


@pytest.mark.parametrize(
    ("phase", "condition", "is_over", "is_by_us"),
    [
        ("Running", OURS, False, False),
        ("Failed", OURS, True, True),
        ("Failed", OF_GC, True, False),
        ("Failed", {"type": "Ready", "reason": "DeletionByPitcrew"}, True, False),
        ("Succeeded", OURS, True, False),
    ],
)
def test_a_pod_that_we_have_failed_is_still_to_be_deleted(
    phase: str, condition: raw.Object, *, is_over: bool, is_by_us: bool
) -> None:
    pod = objects.pod(_merged(raw.pod(phase=phase), "status.conditions", [condition]), PVS.values())

    assert pod is not None
    assert (pod.is_over, pod.is_failed_by_us) == (is_over, is_by_us)


@pytest.mark.parametrize("text", ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000Z", "2026-01-02T04:04:05+01:00"])
def test_a_time_is_read_in_each_form_that_the_api_writes(text: str) -> None:
    assert objects.time(text) == NOW


@pytest.mark.parametrize("text", [None, "", "soon", 5, [], {"seconds": 1}])
def test_what_is_no_time_is_none(text: object) -> None:
    assert objects.time(text) is None
