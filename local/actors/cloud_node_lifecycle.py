"""The cloud controller's watch over machines: Nodes of terminated ones are deleted, of stopped ones tainted.

Source: https://github.com/kubernetes/cloud-provider/blob/v0.37.1/controllers/nodelifecycle/node_lifecycle_controller.go
"""

from typing import TYPE_CHECKING, Self

from botocore.exceptions import ClientError

from local.actors.loop import Loop
from local.actors.node import Object, holds
from local.controlplane.plane import ControlPlane

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

SHUTDOWN = {"key": "node.cloudprovider.kubernetes.io/shutdown", "effect": "NoSchedule"}
NODES = "/api/v1/nodes"


class CloudNodeLifecycle:
    """Runs while its block does."""

    def __init__(self, plane: ControlPlane, ec2: "EC2Client", *, seconds: float = 5.0) -> None:
        self._api = plane.client(user="pitcrew:cloud-controller", groups=["system:masters"])
        self._ec2 = ec2
        self._loop = Loop(self._look, seconds=seconds)

    def __enter__(self) -> Self:
        self._loop.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.stop()
        self._api.forget()

    def _look(self) -> None:
        _, body = self._api.get(NODES)
        for node in body.get("items", []):
            instance = node["spec"].get("providerID", "").rsplit("/", 1)[-1]
            state = self._state(instance) if instance and not holds(node, "Ready") else "running"
            if state == "terminated":
                self._api.delete(f"{NODES}/{node['metadata']['name']}")
            else:
                self._taint(node, wished=state == "stopped")

    def _state(self, instance: str) -> str:
        """Return the instance's state; one that EC2 does not know is as good as terminated."""
        try:
            (reservation,) = self._ec2.describe_instances(InstanceIds=[instance])["Reservations"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "InvalidInstanceID.NotFound":
                return "terminated"
            raise
        return reservation["Instances"][0]["State"]["Name"]

    def _taint(self, node: Object, *, wished: bool) -> None:
        """Set the taint or take it off; somebody else's write in between wins, and the next look tries again."""
        taints = node["spec"].get("taints", [])
        others = [taint for taint in taints if taint["key"] != SHUTDOWN["key"]]
        if wished == (others != taints):
            return  # it is as it shall be
        patch = {
            "metadata": {"resourceVersion": node["metadata"]["resourceVersion"]},
            "spec": {"taints": [*others, SHUTDOWN] if wished else others},
        }
        self._api.patch(f"{NODES}/{node['metadata']['name']}", patch)
