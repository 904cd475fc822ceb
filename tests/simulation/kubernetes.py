"""The API server in memory: what uid, resourceVersion, finalizers and grace periods do to a write.

Controllers work on its objects directly (`save`, `delete`); the product comes through `connection`, which
tests/cluster/test_simulated_api.py holds to a real API server.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import kube
from tests.simulation.clock import Clock

Object = dict[str, Any]

NODES, PODS, PVS = "/api/v1/nodes", "/api/v1/namespaces/shop/pods", "/api/v1/persistentvolumes"
ATTACHMENTS, CSI_NODES = "/apis/storage.k8s.io/v1/volumeattachments", "/apis/storage.k8s.io/v1/csinodes"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"

GRACE = 30
"""Seconds that a pod is given to end where the deletion says nothing else."""


class Kubernetes:
    """Objects by path."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.minor = 37
        self.on_change: Callable[[], None] = lambda: None
        self._kinds: dict[str, dict[str, Object]] = defaultdict(dict)
        self._versions = count(1)

    def all(self, collection: str) -> list[Object]:
        """Return the objects of a collection; of all namespaces where it names none."""
        prefix, plural = collection.rsplit("/", 1)
        return [found for path, found in self._kinds[plural].items() if path.startswith(f"{prefix}/")]

    def find(self, path: str) -> Object | None:
        return self._kinds[path.rsplit("/", 2)[1]].get(path)

    def instance_of(self, node_name: str) -> str:
        """Return the machine behind a Node's name, as its kubelet has told the CSINode; else the providerID's."""
        csi, node = self.find(f"{CSI_NODES}/{node_name}"), self.find(f"{NODES}/{node_name}")
        if csi and csi["spec"]["drivers"]:
            return str(csi["spec"]["drivers"][0]["nodeID"])
        return str(node["spec"].get("providerID", "")).rpartition("/")[2] if node else ""

    def volume_of(self, pv: str) -> str:
        """Return the EBS volume of a PersistentVolume; empty where that is gone."""
        found = self.find(f"{PVS}/{pv}")
        return str(found["spec"]["csi"]["volumeHandle"]) if found else ""

    def create(self, collection: str, metadata: Object, **fields: Any) -> Object:  # noqa: ANN401 (any fields of any kind)
        """Create an object. Raises ConflictError where one of its name is there."""
        path = f"{collection}/{metadata['name']}"
        if self.find(path):
            raise kube.ConflictError(f"{path} already exists")
        if "/namespaces/" in collection:
            metadata["namespace"] = collection.split("/namespaces/")[1].split("/", maxsplit=1)[0]
        server = {"uid": f"uid-{next(self._versions)}", "creationTimestamp": self.clock.text()}
        found = {"metadata": {"annotations": {}, "finalizers": [], **metadata, **server}, **fields}
        self._kinds[path.rsplit("/", 2)[1]][path] = found
        self.save(path, found)
        return found

    def save(self, path: str, found: Object) -> None:
        """Keep an object as it is now; one that is being deleted goes with its last finalizer."""
        found["metadata"]["resourceVersion"] = str(next(self._versions))
        kind = self._kinds[path.rsplit("/", 2)[1]]
        is_over = "deletionTimestamp" in found["metadata"] and not found["metadata"].get("deletionGracePeriodSeconds")
        if is_over and not found["metadata"].get("finalizers"):
            del kind[path]
        else:
            kind[path] = found
        if "/leases/" not in path:
            self.on_change()

    def update(self, path: str, after: Object) -> Object:
        """Keep what a client has patched. Raises InvalidError where a deleting object would get a finalizer."""
        before = self.find(path) or {}
        new = set(after["metadata"].get("finalizers", [])) - set(before["metadata"].get("finalizers", []))
        if new and "deletionTimestamp" in before["metadata"]:
            raise kube.InvalidError(f"{path}: no new finalizers can be added if the object is being deleted")
        self.save(path, after)
        return after

    def delete(
        self, path: str, *, uid: str | None = None, version: str | None = None, grace: int | None = None
    ) -> Object:
        """Delete an object, or mark it. Raises NotFoundError and ConflictError."""
        found = self.find(path)
        if found is None:
            raise kube.NotFoundError(f"{path} not found")
        metadata = found["metadata"]
        if uid not in {None, metadata["uid"]} or version not in {None, metadata["resourceVersion"]}:
            raise kube.ConflictError(f"the precondition of the deletion of {path} failed")
        is_graceful = "/pods/" in path and bool(found["spec"].get("nodeName")) and grace != 0
        seconds = (GRACE if grace is None else grace) if is_graceful else 0
        ends = self.clock.now() + timedelta(seconds=seconds)
        metadata.setdefault("deletionTimestamp", ends.isoformat())
        metadata["deletionGracePeriodSeconds"] = seconds
        self.save(path, found)
        return found
