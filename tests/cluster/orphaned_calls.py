"""One call for each right that the orphaned-attachments roles give, and rights that they do not give."""

import contextlib
from collections.abc import Callable, Mapping

import kube
from local.controlplane.plane import ControlPlane
from tests.cluster.orphaned_objects import HOLD, Write, add, attachment, node, pod, send
from tests.cluster.orphaned_writes import FAILED, FINALIZERS, KICKED

Right = tuple[str, str, str, str]
"""Kind of the role, API group, resource, verb."""

Call = Callable[[ControlPlane, kube.Cluster], None]


def _reads(path: str) -> Call:
    def call(_: ControlPlane, cluster: kube.Cluster) -> None:
        with contextlib.suppress(kube.NotFoundError):  # which only who may read is told
            cluster.get(path)

    return call


def _writes(write: Write) -> Call:
    return lambda plane, cluster: send(plane, cluster, write)


def _tells(_: ControlPlane, cluster: kube.Cluster) -> None:
    event = {"metadata": {"generateName": "pitcrew-"}, "involvedObject": {"kind": "Node", "name": "dead"}}
    cluster.create("/api/v1/namespaces/default/events", event)


STORAGE, LEASES = "/apis/storage.k8s.io/v1", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
CALLS: Mapping[Right, Call] = {
    ("ClusterRole", "", "nodes", "list"): _reads("/api/v1/nodes"),
    ("ClusterRole", "", "nodes", "patch"): _writes(Write(says="hold", to=node(), sends=[add(FINALIZERS, [HOLD])])),
    ("ClusterRole", "", "pods", "list"): _reads("/api/v1/pods"),
    ("ClusterRole", "", "pods", "delete"): _writes(Write(says="delete", to=pod(phase="Failed"), sends=None)),
    ("ClusterRole", "", "pods/status", "patch"): _writes(Write(says="fail", to=pod(), sends={"status": FAILED})),
    ("ClusterRole", "", "persistentvolumes", "list"): _reads("/api/v1/persistentvolumes"),
    ("ClusterRole", "storage.k8s.io", "csinodes", "list"): _reads(f"{STORAGE}/csinodes"),
    ("ClusterRole", "storage.k8s.io", "volumeattachments", "list"): _reads(f"{STORAGE}/volumeattachments"),
    ("ClusterRole", "storage.k8s.io", "volumeattachments", "patch"): _writes(
        Write(says="kick", to=attachment(), sends=[KICKED])
    ),
    ("ClusterRole", "storage.k8s.io", "volumeattachments", "delete"): _writes(
        Write(says="detach", to=attachment(), sends=None)
    ),
    ("ClusterRole", "", "events", "create"): _tells,
    ("Role", "coordination.k8s.io", "leases", "get"): _reads(f"{LEASES}/none"),
}
"""A call for each right."""

NOT_GRANTED = [
    ("", "nodes", "get"),
    ("", "pods", "get"),
    ("", "nodes", "delete"),
    ("", "nodes", "update"),
    ("", "nodes/status", "patch"),
    ("", "pods", "patch"),
    ("", "pods", "deletecollection"),
    ("", "pods/eviction", "create"),
    ("", "persistentvolumes", "patch"),
    ("", "persistentvolumes", "delete"),
    ("", "persistentvolumeclaims", "delete"),
    ("", "secrets", "get"),
    ("storage.k8s.io", "csinodes", "patch"),
    ("storage.k8s.io", "volumeattachments/status", "patch"),
    ("storage.k8s.io", "volumeattachments", "create"),
    ("storage.k8s.io", "volumeattachments", "deletecollection"),
    ("coordination.k8s.io", "leases", "get"),
    ("admissionregistration.k8s.io", "validatingadmissionpolicies", "patch"),
]
"""In all namespaces: API group, resource, verb."""
