"""What a dead machine leaves in a cluster, and one write to it as Pitcrew sends it: with its preconditions."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import kube
from local.controlplane.plane import ControlPlane
from tests.cluster.reach import INSTANCE

Object = dict[str, Any]

HOLD, ATTACHER, OTHERS = "pitcrew/hold", "external-attacher/ebs-csi-aws-com", "example.com/guard"
GONE = "2026-01-01T00:00:00Z"
"""As a deletionTimestamp: the object is deleted, and its finalizers keep it."""

OUT_OF_SERVICE = {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}
NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute", "timeAdded": GONE}

CLAIM = {"persistentVolumeClaim": {"claimName": "data"}}
COLLECTIONS = {
    "Node": "/api/v1/nodes",
    "Pod": "/api/v1/namespaces/default/pods",
    "VolumeAttachment": "/apis/storage.k8s.io/v1/volumeattachments",
}
NUMBERS = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write."""

    says: str
    """What it is, for a person."""
    to: Object
    """The object as it is before."""
    sends: Sequence[Object] | Mapping[str, Any] | None
    """A JSON patch, a strategic patch of a pod's status, or None: DELETE."""


def add(path: str, value: object) -> Object:
    """Return one operation of a JSON patch."""
    return {"op": "add", "path": path, "value": value}


def remove(path: str) -> Object:
    """Return one operation of a JSON patch."""
    return {"op": "remove", "path": path}


def node(*taints: Object, provider_id: str = f"aws:///us-east-1a/{INSTANCE}", **metadata: Any) -> Object:  # noqa: ANN401 (fields of ObjectMeta)
    """Return a Node of the instance."""
    return {"kind": "Node", "metadata": metadata, "spec": {"providerID": provider_id, "taints": list(taints)}}


def pod(
    *,
    phase: str = "Running",
    conditions: Sequence[Object] = (),
    volume: Mapping[str, Any] = CLAIM,
    **metadata: Any,  # noqa: ANN401 (the same)
) -> Object:
    """Return a pod that mounts *volume*."""
    volumes = [{"name": "data", **volume}]
    spec = {"nodeName": "dead", "containers": [{"name": "db", "image": "db"}], "volumes": volumes}
    status = {"phase": phase, "conditions": list(conditions), "podIP": "10.0.0.7", "podIPs": [{"ip": "10.0.0.7"}]}
    return {"kind": "Pod", "metadata": metadata, "spec": spec, "status": status}


def attachment(*, attacher: str = "ebs.csi.aws.com", **metadata: Any) -> Object:  # noqa: ANN401 (the same)
    """Return a VolumeAttachment."""
    metadata.setdefault("annotations", {"csi.alpha.kubernetes.io/node-id": INSTANCE})
    spec = {"attacher": attacher, "nodeName": "dead", "source": {"persistentVolumeName": "pv"}}
    return {"kind": "VolumeAttachment", "metadata": metadata, "spec": spec}


def made(plane: ControlPlane, wanted: Object) -> Object:
    """Make an object under a name of its own, and return it."""
    name = f"dead-{next(NUMBERS)}"
    path = COLLECTIONS[wanted["kind"]]
    status, answer = plane.api.post(path, {**wanted, "metadata": {**wanted["metadata"], "name": name}})
    assert status == 201, answer
    if wanted["kind"] == "Node":  # the API server taints every new Node by itself
        status, answer = plane.api.patch(f"{path}/{name}", {"spec": {"taints": wanted["spec"]["taints"]}})
        assert status == 200, answer
    if "status" in wanted:
        status, answer = plane.api.patch(f"{path}/{name}/status", {"status": wanted["status"]})
        assert status == 200, answer
    if "deletionTimestamp" in wanted["metadata"]:
        plane.api.delete(f"{path}/{name}")
    _, answer = plane.api.get(f"{path}/{name}")
    return answer


def send(plane: ControlPlane, cluster: kube.Cluster, write: Write) -> None:
    """Make the object that is written to, and send the write. Raises KubeError."""
    before = made(plane, write.to)["metadata"]
    kind, uid, version = write.to["kind"], before["uid"], before["resourceVersion"]
    path = f"{COLLECTIONS[kind]}/{before['name']}"
    if write.sends is None and kind == "Pod":
        cluster.delete(path, uid=uid, grace_period=0)
    elif write.sends is None:
        cluster.delete(path, uid=uid, resource_version=version)
    elif isinstance(write.sends, Mapping):
        body = {**write.sends, "metadata": {"uid": uid, **write.sends.get("metadata", {})}}
        cluster.patch(f"{path}/status", body, kind=kube.STRATEGIC)
    else:
        tests = [{"op": "test", "path": f"/metadata/{key}", "value": before[key]} for key in ("uid", "resourceVersion")]
        cluster.patch(path, [*tests, *write.sends], kind=kube.JSON_PATCH)
