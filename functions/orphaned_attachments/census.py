"""One cluster, read once: its Nodes, its PersistentVolumes on EBS, and who holds what.

Over 120 lines because all that is read of a cluster stands in one place.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import kube
from functions.orphaned_attachments import objects
from functions.orphaned_attachments.decision.holdings import Attachment, Pod
from functions.orphaned_attachments.decision.node import Node
from functions.orphaned_attachments.objects import DRIVERS, Pv

STORAGE = "/apis/storage.k8s.io/v1"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What one cluster says of itself."""

    nodes: dict[str, Node]
    """By name, without their Leases."""

    unmigrated: frozenset[str]
    """Names of the Nodes whose kubelet attaches in-tree volumes itself."""

    pvs: dict[str, Pv]
    """By name, those on EBS."""

    attachments: tuple[Attachment, ...]
    """Of our drivers."""

    other_drivers: dict[str, tuple[str, ...]]
    """Other CSI drivers that have something attached, by Node."""

    minor: int
    """Kubernetes 1.*minor*."""

    def of_instance(self, instance: str) -> tuple[Attachment, ...]:
        """Return the VolumeAttachments that name an instance."""
        return tuple(one for one in self.attachments if one.instance == instance)

    def node_of(self, instance: str, remembered: str) -> Node | None:
        """Return the Node that an instance has, or had: by what names it, else by the name on its attachments.

        A kubelet that took over a name has a CSINode of its own; so the Node may be another's by now.
        """
        found = [one for one in self.nodes.values() if one.instance == instance]
        found += [one for one in self.nodes.values() if one.provider_instance == instance]
        names = [one.node_name for one in self.of_instance(instance)] + [remembered]
        found += [self.nodes[name] for name in names if name in self.nodes]
        return found[0] if found else None

    def node_name_of(self, instance: str, remembered: str) -> str:
        """Return the name that the instance's Node has, or had; empty where nobody knows."""
        node = self.node_of(instance, remembered)
        names = [one.node_name for one in self.of_instance(instance)]
        return node.name if node else next(iter(names), remembered)

    @property
    def instances(self) -> set[str]:
        """The instances that the cluster names."""
        named = {one.instance for one in self.attachments} | {one.instance for one in self.nodes.values()}
        return named - {""}


def take(cluster: kube.Cluster) -> Census:
    """Read the cluster. Raises KubeError: half a census would be no evidence."""
    csi = {one["metadata"]["name"]: _lean(one) for one in cluster.list(f"{STORAGE}/csinodes")}
    listed = (objects.node(found, csi.get(found["metadata"]["name"])) for found in cluster.list("/api/v1/nodes"))
    nodes = {one.name: one for one in listed}
    attached = [_lean(one) for one in cluster.list(f"{STORAGE}/volumeattachments")]
    # After what names them: so none is missed that was made in between.
    known = {found["metadata"]["name"]: objects.pv(found) for found in cluster.list("/api/v1/persistentvolumes")}
    pvs = {name: one for name, one in known.items() if one}
    ours = [one for one in attached if one["spec"]["attacher"] in DRIVERS]
    if not known and any((one["spec"].get("source") or {}).get("persistentVolumeName") for one in ours):
        # Which pods bind these volumes could not be told, and an empty list is no evidence.
        raise kube.ClusterUnreachableError("no PersistentVolume was listed, although VolumeAttachments name some")
    return Census(
        nodes=nodes,
        unmigrated=frozenset(name for name in nodes if not objects.is_migrated(csi.get(name))),
        pvs=pvs,
        attachments=tuple(objects.attachment(one, pvs, known) for one in ours),
        other_drivers=_others(one["spec"] for one in attached if one["spec"]["attacher"] not in DRIVERS),
        minor=_minor(cluster),
    )


def _lean(found: dict[str, Any]) -> objects.Object:
    """Return an object without the field that is half of its size; thousands are in memory at once."""
    found["metadata"].pop("managedFields", None)
    return found


def is_marked(cluster: kube.Cluster, instance: str) -> bool:
    """Whether a Node that an instance has, or had, bears a mark of ours. Raises KubeError."""
    nodes = (objects.node(found, None) for found in cluster.list("/api/v1/nodes"))
    return any(one.is_marked and instance in {one.provider_instance, *one.marked_for} for one in nodes)


def pods_on(cluster: kube.Cluster, node_name: str, pvs: Iterable[Pv]) -> Iterator[Pod]:
    """Yield the pods bound to a Node's name that mount EBS volumes. Raises KubeError."""
    pvs = tuple(pvs)
    for found in cluster.list("/api/v1/pods", field=f"spec.nodeName={node_name}") if node_name else ():
        if one := objects.pod(found, pvs):
            yield one


def with_lease(cluster: kube.Cluster, node: Node) -> Node:
    """Return *node* with the time when its kubelet last renewed its Lease. Raises KubeError."""
    try:
        lease = cluster.get(f"{LEASES}/{node.name}")
    except kube.NotFoundError:
        return node
    return replace(node, lease_renewed_at=objects.time((lease.get("spec") or {}).get("renewTime")))


def _others(specs: Iterable[objects.Object]) -> dict[str, tuple[str, ...]]:
    drivers: dict[str, set[str]] = {}
    for spec in specs:
        drivers.setdefault(spec["nodeName"], set()).add(spec["attacher"])
    return {node: tuple(sorted(names)) for node, names in drivers.items()}


def _minor(cluster: kube.Cluster) -> int:
    """Read the version; some providers write a plus sign behind it."""
    return int("".join(filter(str.isdigit, cluster.get("/version")["minor"])))
