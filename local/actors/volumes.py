"""Workloads with an EBS volume, and which node holds it."""

import time
from typing import Any

from local.actors.node import DRIVER
from local.controlplane.client import Client

STATEFUL_SETS = "/apis/apps/v1/namespaces/{}/statefulsets"
ATTACHMENTS = "/apis/storage.k8s.io/v1/volumeattachments"
POLL_SECONDS = 0.1
CREATED = 201


def create_stateful_set(api: Client, name: str, *, volume: str, namespace: str = "default", zone: str = "") -> None:
    """Create a StatefulSet of one pod `<name>-0`, its claim *name*, and the PersistentVolume *name* of *volume*.

    The volume is bound to *zone* where one is named, as the EBS driver's own are.
    """
    _create(api, "/api/v1/persistentvolumes", _persistent_volume(name, volume, namespace, zone))
    claims = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    _create(
        api,
        claims,
        {
            "metadata": {"name": name},
            "spec": {**_ONE_NODE, **_NO_CLASS, "volumeName": name} | {"resources": {"requests": {"storage": "1Gi"}}},
        },
    )
    _create(api, STATEFUL_SETS.format(namespace), _stateful_set(name))


def attached_to(api: Client, name: str) -> str:
    """Return the node that holds the PersistentVolume *name*, empty for none."""
    _, body = api.get(ATTACHMENTS)
    ours = (one for one in body["items"] if one["spec"]["source"].get("persistentVolumeName") == name)
    return next((one["spec"]["nodeName"] for one in ours if one.get("status", {}).get("attached")), "")


def wait_until_attached(api: Client, name: str, *, elsewhere_than: str = "", seconds: float = 60.0) -> str:
    """Return the node that holds the PersistentVolume *name*, another than the one named. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while (node := attached_to(api, name)) in {"", elsewhere_than}:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{name} is attached to {node or 'no node'} after {seconds:g} s")
        time.sleep(POLL_SECONDS)
    return node


_ONE_NODE = {"accessModes": ["ReadWriteOnce"]}
_NO_CLASS = {"storageClassName": ""}


def _persistent_volume(name: str, volume: str, namespace: str, zone: str) -> dict[str, Any]:
    in_zone = {"key": f"topology.{DRIVER}/zone", "operator": "In", "values": [zone]}
    affinity = {"nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [in_zone]}]}}}
    spec = {
        **_ONE_NODE,
        **_NO_CLASS,
        "capacity": {"storage": "1Gi"},
        "csi": {"driver": DRIVER, "volumeHandle": volume, "fsType": "ext4"},
        "claimRef": {"namespace": namespace, "name": name},
        "persistentVolumeReclaimPolicy": "Retain",
        **(affinity if zone else {}),
    }
    return {"metadata": {"name": name}, "spec": spec}


def _stateful_set(name: str) -> dict[str, Any]:
    labels = {"app": name}
    container = {"name": "pause", "image": "pause", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": name}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], "volumes": [volume]}}
    spec = {"replicas": 1, "serviceName": name, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name}, "spec": spec}


def _create(api: Client, path: str, body: dict[str, Any]) -> None:
    status, answer = api.post(path, body)
    if status != CREATED:
        raise RuntimeError(f"{path} was not created: {status} {answer}")
