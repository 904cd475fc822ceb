"""The objects that a kubelet writes for its node, and how it reads its pods."""

from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]

DRIVER = "ebs.csi.aws.com"
ROOM = {"cpu": "8", "memory": "16Gi", "pods": "110"}


def now() -> str:
    """Return the time as Kubernetes writes it, with the six digits that a Lease must have."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def node(name: str, *, instance: str, zone: str) -> Object:
    """Return the Node; without its annotation the attach-detach controller ignores it without a word."""
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": zone[:-1],
        "topology.kubernetes.io/zone": zone,
        f"topology.{DRIVER}/zone": zone,
    }
    annotations = {"volumes.kubernetes.io/controller-managed-attach-detach": "true"}
    return {
        "metadata": {"name": name, "labels": labels, "annotations": annotations},
        "spec": {"providerID": f"aws:///{zone}/{instance}"},
        "status": {"capacity": ROOM, "allocatable": ROOM, "conditions": [condition("Ready")]},
    }


def csi_node(owner: Object, *, instance: str) -> Object:
    """Return the CSINode; it names the instance to the external-attacher, and is collected with its Node."""
    topology = [f"topology.{DRIVER}/zone"]
    driver = {"name": DRIVER, "nodeID": instance, "topologyKeys": topology, "allocatable": {"count": 25}}
    return {"metadata": _owned(owner), "spec": {"drivers": [driver]}}


def lease(owner: Object) -> Object:
    """Return the Lease by which the node says that it is alive."""
    spec = {"holderIdentity": owner["metadata"]["name"], "leaseDurationSeconds": 40, "renewTime": now()}
    return {"metadata": _owned(owner), "spec": spec}


def condition(kind: str) -> Object:
    """Return a condition of a node or a pod that is true."""
    return {"type": kind, "status": "True", "lastHeartbeatTime": now(), "lastTransitionTime": now()}


def holds(thing: Object, kind: str) -> bool:
    """Whether a condition of a node or a pod is true."""
    conditions = thing["status"].get("conditions", [])
    return any(one["type"] == kind and one["status"] == "True" for one in conditions)


def running(pod: Object) -> Object:
    """Return the status of a pod whose containers all run."""
    containers = [
        {"name": one["name"], "image": one["image"], "imageID": "", "ready": True, "restartCount": 0}
        | {"started": True, "state": {"running": {"startedAt": now()}}}
        for one in pod["spec"]["containers"]
    ]
    conditions = [_of_pod(kind) for kind in ("Initialized", "ContainersReady", "Ready")]
    return {"phase": "Running", "startTime": now(), "conditions": conditions, "containerStatuses": containers}


def claims(pod: Object) -> list[str]:
    """Return the names of the claims that a pod mounts."""
    volumes = pod["spec"].get("volumes", [])
    return [one["persistentVolumeClaim"]["claimName"] for one in volumes if "persistentVolumeClaim" in one]


def path(pod: Object) -> str:
    """Return where a pod is."""
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def is_ending(pod: Object) -> bool:
    """Whether a pod shall end."""
    return "deletionTimestamp" in pod["metadata"]


def ended(pod: Object) -> Object:
    """Return the DeleteOptions for a pod whose containers have ended."""
    return {"gracePeriodSeconds": 0, "preconditions": {"uid": pod["metadata"]["uid"]}}


def volume_name(volume: Object) -> str:
    """Return what a node calls a PersistentVolume in `volumesInUse` and `volumesAttached`."""
    return f"kubernetes.io/csi/{DRIVER}^{volume['spec']['csi']['volumeHandle']}"


def _of_pod(kind: str) -> Object:
    return {"type": kind, "status": "True", "lastTransitionTime": now()}


def _owned(owner: Object) -> Object:
    name, uid = owner["metadata"]["name"], owner["metadata"]["uid"]
    return {"name": name, "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": name, "uid": uid}]}
