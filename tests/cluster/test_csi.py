"""Volumes move as on AWS: real controllers and a real attacher; driver and kubelets are played, EC2 is moto's.

Over 120 lines because the machines that die here are made here.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from local.actors.cloud_node_lifecycle import SHUTDOWN, CloudNodeLifecycle
from local.actors.ec2_endpoint import ec2_client, ec2_endpoint
from local.actors.kubelet import Kubelet
from local.actors.node import holds
from local.actors.volumes import ATTACHMENTS, attached_to, create_stateful_set, wait_until_attached
from local.controlplane.csi import CsiController
from local.controlplane.plane import ControlPlane

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

ZONE = "us-east-1a"
SECONDS = 40
pytestmark = pytest.mark.usefixtures("csi")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with ec2_endpoint() as url:
        yield url


@pytest.fixture(scope="module")
def ec2(endpoint: str) -> "EC2Client":
    return ec2_client(endpoint)


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    with ControlPlane(scheduler=True) as running:
        yield running


@pytest.fixture(scope="module")
def csi(plane: ControlPlane, endpoint: str) -> Iterator[CsiController]:
    with CsiController(plane, ec2_endpoint=endpoint) as running:
        yield running


@pytest.fixture
def kubelets(plane: ControlPlane, ec2: "EC2Client") -> Iterator[dict[str, Kubelet]]:
    """Two nodes of the test's own, by their names."""
    with ExitStack() as stack:
        names = [f"node-{uuid4().hex[:8]}" for _ in range(2)]
        nodes = [Kubelet(plane, name, instance=launched(ec2), sync_seconds=0.2) for name in names]
        yield {node.name: stack.enter_context(node) for node in nodes}
    for name in names:
        plane.api.delete(f"/api/v1/nodes/{name}")


@pytest.fixture
def name(plane: ControlPlane, ec2: "EC2Client") -> str:
    """A StatefulSet's, its claim's and its PersistentVolume's."""
    name = f"db-{uuid4().hex[:8]}"
    volume = ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
    create_stateful_set(plane.api, name, volume=volume, zone=ZONE)
    return name


def launched(ec2: "EC2Client") -> str:
    placement: Any = {"AvailabilityZone": ZONE}
    return ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, Placement=placement)["Instances"][0][
        "InstanceId"
    ]


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def phase(plane: ControlPlane, name: str) -> str:
    _, pod = plane.api.get(f"/api/v1/namespaces/default/pods/{name}-0")
    return str(pod["status"]["phase"])


def holder(ec2: "EC2Client", plane: ControlPlane, name: str) -> str:
    """Which instance EC2 says holds the volume."""
    _, volume = plane.api.get(f"/api/v1/persistentvolumes/{name}")
    handle = volume["spec"]["csi"]["volumeHandle"]
    attachments = ec2.describe_volumes(VolumeIds=[handle])["Volumes"][0]["Attachments"]
    return attachments[0]["InstanceId"] if attachments else ""


def test_a_pods_volume_is_attached_before_it_runs(
    plane: ControlPlane, ec2: "EC2Client", kubelets: dict[str, Kubelet], name: str
) -> None:
    node = wait_until_attached(plane.api, name)

    wait_until(lambda: phase(plane, name) == "Running")
    assert holder(ec2, plane, name) == kubelets[node].instance


def test_a_pod_that_moves_takes_its_volume_along(
    plane: ControlPlane, ec2: "EC2Client", kubelets: dict[str, Kubelet], name: str
) -> None:
    node = wait_until_attached(plane.api, name)
    wait_until(lambda: phase(plane, name) == "Running")

    plane.api.patch(f"/api/v1/nodes/{node}", {"spec": {"unschedulable": True}})
    plane.api.delete(f"/api/v1/namespaces/default/pods/{name}-0")

    other = wait_until_attached(plane.api, name, elsewhere_than=node)
    wait_until(lambda: phase(plane, name) == "Running")
    assert holder(ec2, plane, name) == kubelets[other].instance


def test_while_the_driver_fails_the_attacher_backs_off_and_says_why(
    plane: ControlPlane, csi: CsiController, kubelets: dict[str, Kubelet], name: str
) -> None:
    node = wait_until_attached(plane.api, name)

    with csi.failing():
        plane.api.delete(f"/apis/apps/v1/namespaces/default/statefulsets/{name}")
        wait_until(lambda: "detachError" in attachment(plane, name)["status"])

    assert "told to fail" in attachment(plane, name)["status"]["detachError"]["message"]
    wait_until(lambda: attached_to(plane.api, name) == "")
    assert node in kubelets


def test_without_an_attacher_a_deleted_attachment_stays(
    plane: ControlPlane, ec2: "EC2Client", csi: CsiController, kubelets: dict[str, Kubelet], name: str
) -> None:
    node = wait_until_attached(plane.api, name)

    csi.attacher.stop()
    plane.api.delete(f"/apis/apps/v1/namespaces/default/statefulsets/{name}")
    wait_until(lambda: "deletionTimestamp" in attachment(plane, name)["metadata"])
    time.sleep(2)

    assert holder(ec2, plane, name) == kubelets[node].instance
    csi.attacher.start()
    wait_until(lambda: holder(ec2, plane, name) == "")


def attachment(plane: ControlPlane, name: str) -> dict[str, Any]:
    _, body = plane.api.get(ATTACHMENTS)
    (found,) = (one for one in body["items"] if one["spec"]["source"]["persistentVolumeName"] == name)
    return dict(found)


def test_a_machine_that_is_stopped_keeps_its_volume_although_its_pod_is_deleted(
    plane: ControlPlane, ec2: "EC2Client", kubelets: dict[str, Kubelet], name: str
) -> None:
    node = wait_until_attached(plane.api, name)
    kubelets[node].die()
    ec2.stop_instances(InstanceIds=[kubelets[node].instance])

    with CloudNodeLifecycle(plane, ec2, seconds=0.5):
        say_not_ready(plane, node)
        wait_until(lambda: SHUTDOWN["key"] in taints(plane, node))
        plane.api.delete(f"/api/v1/namespaces/default/pods/{name}-0")
        with pytest.raises(TimeoutError):
            wait_until_attached(plane.api, name, elsewhere_than=node, seconds=20)


def test_a_machine_that_is_stopped_gives_its_volume_up_where_it_is_out_of_service_and_the_pod_gone(
    plane: ControlPlane, ec2: "EC2Client", kubelets: dict[str, Kubelet], name: str
) -> None:
    node = wait_until_attached(plane.api, name)
    kubelets[node].die()
    ec2.stop_instances(InstanceIds=[kubelets[node].instance])

    out_of_service = {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}
    plane.api.patch(f"/api/v1/nodes/{node}", {"spec": {"taints": [out_of_service]}})
    pod = f"/api/v1/namespaces/default/pods/{name}-0"
    wait_until(lambda: "deletionTimestamp" in plane.api.get(pod)[1]["metadata"])
    plane.api.delete(pod, {"gracePeriodSeconds": 0})

    other = wait_until_attached(plane.api, name, elsewhere_than=node)
    assert holder(ec2, plane, name) == kubelets[other].instance


def test_the_node_of_a_machine_that_is_terminated_is_deleted(
    plane: ControlPlane, ec2: "EC2Client", kubelets: dict[str, Kubelet]
) -> None:
    node, kubelet = next(iter(kubelets.items()))
    kubelet.die()
    ec2.terminate_instances(InstanceIds=[kubelet.instance])

    with CloudNodeLifecycle(plane, ec2, seconds=0.5):
        say_not_ready(plane, node)
        wait_until(lambda: plane.api.get(f"/api/v1/nodes/{node}")[0] == 404)


def test_a_machine_that_boots_under_a_name_that_is_taken_leaves_the_node_what_it_was(
    plane: ControlPlane, ec2: "EC2Client", kubelets: dict[str, Kubelet]
) -> None:
    node, kubelet = next(iter(kubelets.items()))
    _, before = plane.api.get(f"/api/v1/nodes/{node}")
    kubelet.die()
    say_not_ready(plane, node)

    kubelet.boot(instance=launched(ec2))

    wait_until(lambda: holds(plane.api.get(f"/api/v1/nodes/{node}")[1], "Ready"))
    _, after = plane.api.get(f"/api/v1/nodes/{node}")
    _, drivers = plane.api.get(f"/apis/storage.k8s.io/v1/csinodes/{node}")
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["spec"]["providerID"] == before["spec"]["providerID"]
    assert drivers["spec"]["drivers"][0]["nodeID"] == kubelet.instance


def say_not_ready(plane: ControlPlane, node: str) -> None:
    """Say what the node lifecycle controller says of a silent kubelet after 50 s."""
    unknown = {"type": "Ready", "status": "Unknown"}
    plane.api.patch(f"/api/v1/nodes/{node}/status", {"status": {"conditions": [unknown]}}, kind="strategic-merge-patch")


def taints(plane: ControlPlane, node: str) -> set[str]:
    _, body = plane.api.get(f"/api/v1/nodes/{node}")
    return {taint["key"] for taint in body["spec"].get("taints", [])}
