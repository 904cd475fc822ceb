"""Machines that die with a volume on them: a cluster of played nodes, and what happens to one of them."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from local.actors.cloud_node_lifecycle import CloudNodeLifecycle
from local.actors.kubelet import Kubelet
from local.actors.node import Object, holds
from local.actors.volumes import ATTACHMENTS, STATEFUL_SETS, attached_to, create_stateful_set
from local.actors.waiting import wait_until
from local.controlplane.csi import ANYBODY, CsiController
from local.controlplane.plane import ControlPlane

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

CLUSTER = "prod"
"""The cluster's id in AWS's tags."""
TAGS: Any = [{"Key": f"kubernetes.io/cluster/{CLUSTER}", "Value": "owned"}]
ZONE = "us-east-1a"
NODES, PODS = "/api/v1/nodes", "/api/v1/namespaces/default/pods"
OK = 200
How = Literal["terminate", "stop", "hibernate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A StatefulSet of one pod, its claim and its PersistentVolume, and nodes in a zone that only these have."""

    name: str
    """Of all of them."""

    volume: str
    nodes: Mapping[str, Kubelet]
    node: str
    """The one that the pod was on at first."""

    @property
    def kubelet(self) -> Kubelet:
        """Its kubelet."""
        return self.nodes[self.node]


class Lab:
    """The volumes and the cloud controller of a control plane, while the block runs; and nodes as wished."""

    def __init__(
        self, plane: ControlPlane, ec2: "EC2Client", *, endpoint: str, credentials: Mapping[str, str] = ANYBODY
    ) -> None:
        self.plane, self.ec2 = plane, ec2
        self.csi = CsiController(
            plane, ec2_endpoint=endpoint, credentials=credentials, attach_seconds=2.0, detach_seconds=2.0
        )
        self._ending = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._ending.enter_context(self.csi)
        self._ending.enter_context(CloudNodeLifecycle(self.plane, self.ec2))
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    @contextlib.contextmanager
    def place(self, name: str, *, nodes: int = 2, can_hibernate: bool = False) -> Iterator[Place]:
        """Let a StatefulSet run on nodes of its own, `<name>-0` and so on, while the block runs."""
        with contextlib.ExitStack() as ending:
            started: dict[str, Kubelet] = {}
            for number in range(nodes):
                machine = self.launch(can_hibernate=can_hibernate)
                kubelet = Kubelet(self.plane, f"{name}-{number}", instance=machine, zone=name, sync_seconds=1.0)
                ending.callback(self.plane.api.delete, f"{NODES}/{kubelet.name}")
                started[kubelet.name] = ending.enter_context(kubelet)
            tags: Any = [{"ResourceType": "volume", "Tags": TAGS}]
            volume = self.ec2.create_volume(AvailabilityZone=ZONE, Size=1, TagSpecifications=tags)["VolumeId"]
            ending.callback(self._clear, name)
            create_stateful_set(self.plane.api, name, volume=volume, zone=name)
            wait_until(lambda: holds(self.get(f"{PODS}/{name}-0"), "Ready"))
            yield Place(name=name, volume=volume, nodes=started, node=attached_to(self.plane.api, name))

    def launch(self, *, can_hibernate: bool = False) -> str:
        """Start a machine, and return its id."""
        wished: Any = {
            "Placement": {"AvailabilityZone": ZONE},
            "TagSpecifications": [{"ResourceType": "instance", "Tags": TAGS}],
            "HibernationOptions": {"Configured": can_hibernate},
        }
        answer = self.ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, **wished)
        return answer["Instances"][0]["InstanceId"]

    def kill(self, kubelet: Kubelet, how: How = "terminate") -> None:
        """Let a machine go down: its kubelet is silent at once, and EC2 takes its time."""
        kubelet.die()
        if how == "terminate":
            self.ec2.terminate_instances(InstanceIds=[kubelet.instance])
        else:
            self.ec2.stop_instances(InstanceIds=[kubelet.instance], Hibernate=how == "hibernate")

    def attached_elsewhere(self, place: Place) -> bool:
        """Whether the volume is attached to another node than at first."""
        return attached_to(self.plane.api, place.name) not in {"", place.node}

    def attachments(self, name: str) -> list[Object]:
        """Return the VolumeAttachments of the PersistentVolume *name*."""
        found = self.get(ATTACHMENTS)["items"]
        return [one for one in found if one["spec"]["source"].get("persistentVolumeName") == name]

    def get(self, path: str) -> Object:
        """Read an object; one that is not there has neither metadata, spec nor status."""
        status, body = self.plane.api.get(path)
        return body if status == OK else {"metadata": {}, "spec": {}, "status": {}}

    def _clear(self, name: str) -> None:
        """Delete a workload, and let its volume go wherever it is."""
        self.plane.api.delete(f"{STATEFUL_SETS.format('default')}/{name}")
        self.plane.api.delete(f"{PODS}/{name}-0", {"gracePeriodSeconds": 0})
        for one in self.attachments(name):
            self.plane.api.delete(f"{ATTACHMENTS}/{one['metadata']['name']}")
