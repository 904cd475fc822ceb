"""Nodes as the API server lists them: some 7 KB each, most of it what kubelet reports.

What that is: https://kubernetes.io/docs/reference/node/node-status/
"""

from typing import Any

from bench.cluster.names import REGION, digest, instance_id, node_name, uid, zone

Node = dict[str, Any]

_SINCE = "2026-01-02T03:04:05Z"
_IMAGES = 14
_CONDITIONS = {
    "MemoryPressure": ("False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": ("False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    "Ready": ("True", "KubeletReady", "kubelet is posting ready status"),
}
_CAPACITY = {"cpu": "8", "ephemeral-storage": "83873772Ki", "hugepages-2Mi": "0", "memory": "32386472Ki", "pods": "58"}
_SOFTWARE = {
    "architecture": "amd64",
    "containerRuntimeVersion": "containerd://2.1.4",
    "kernelVersion": "6.12.40-64.114.amzn2023.x86_64",
    "kubeProxyVersion": "",
    "kubeletVersion": "v1.35.1",
    "operatingSystem": "linux",
    "osImage": "Amazon Linux 2023.8.20260101",
}


def node(index: int) -> Node:
    """Return a Node as one writes it: without what the API server adds."""
    name, instance, where = node_name(index), instance_id(index), zone(index)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, **_descriptions(name, where, instance)},
        "spec": {"providerID": f"aws:///{where}/{instance}"},
        "status": _status(index, name),
    }


def listed(index: int) -> Node:
    """Return a Node with what the API server adds; in a list it repeats neither kind nor version."""
    made = node(index)
    written = {"manager": "kubelet", "operation": "Update", "time": _SINCE, "apiVersion": "v1"}
    described = {f"f:{part}": _owned(made["metadata"][part]) for part in ("labels", "annotations")}
    reported: Node = {f"f:{part}": _owned(made["status"][part]) for part in ("allocatable", "capacity")}
    reported["f:conditions"] = {f'k:{{"type":"{kind}"}}': {"f:lastHeartbeatTime": {}} for kind in _CONDITIONS}
    added = {
        "uid": uid(index),
        "resourceVersion": str(1000 + index),
        "creationTimestamp": _SINCE,
        "managedFields": [
            written | {"fieldsType": "FieldsV1", "fieldsV1": {"f:metadata": described}},
            written
            | {
                "fieldsType": "FieldsV1",
                "fieldsV1": {"f:status": reported | {"f:images": {}}},
                "subresource": "status",
            },
        ],
    }
    return {"metadata": made["metadata"] | added, "spec": made["spec"], "status": made["status"]}


def _descriptions(name: str, where: str, instance: str) -> Node:
    drivers = ",".join(f'"{driver}.csi.aws.com":"{instance}"' for driver in ("ebs", "efs"))
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": "m7i.2xlarge",
        "topology.ebs.csi.aws.com/zone": where,
        "topology.kubernetes.io/region": REGION,
        "topology.kubernetes.io/zone": where,
    }
    annotations = {
        "csi.volume.kubernetes.io/nodeid": f"{{{drivers}}}",
        "node.alpha.kubernetes.io/ttl": "0",
        "volumes.kubernetes.io/controller-managed-attach-detach": "true",
    }
    return {"labels": labels, "annotations": annotations}


def _status(index: int, name: str) -> Node:
    times = {"lastHeartbeatTime": _SINCE, "lastTransitionTime": _SINCE}
    ids = {kind: digest(index, 32) for kind in ("machineID", "systemUUID", "bootID")}
    return {
        "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}, {"type": "Hostname", "address": name}],
        "allocatable": _CAPACITY | {"cpu": "7910m", "memory": "31482216Ki"},
        "capacity": _CAPACITY,
        "conditions": [
            {"type": kind, "status": status, **times, "reason": reason, "message": message}
            for kind, (status, reason, message) in _CONDITIONS.items()
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "images": [_image(index, place) for place in range(_IMAGES)],
        "nodeInfo": _SOFTWARE | ids,
    }


def _image(index: int, place: int) -> Node:
    repository = f"images.shop.example/service-{(index + place) % 40}"
    names = [f"{repository}@sha256:{digest(f'{index % 7} {place}', 64)}", f"{repository}:v1.{place}.{index % 7}"]
    return {"names": names, "sizeBytes": 40_000_000 + place}


def _owned(fields: Node) -> Node:
    return {".": {}} | {f"f:{name}": {} for name in fields}
