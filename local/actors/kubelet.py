"""A kubelet: one node, with the rights of one. What is mounted and run it only says.

Sources: pkg/kubelet of Kubernetes v1.37.2 (kubelet_node_status.go, volumemanager), pkg/volume/csi/nodeinfomanager.
"""

import time
from typing import Self

from local.actors import node
from local.actors.loop import Loop, NotNowError
from local.actors.node import Object
from local.controlplane.plane import ControlPlane

LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
CSI_NODES = "/apis/storage.k8s.io/v1/csinodes"
OK, CREATED, NOT_FOUND, CONFLICT = 200, 201, 404, 409


class Kubelet:
    """Runs while its block does, on a machine that may die and boot within it."""

    def __init__(
        self,
        plane: ControlPlane,
        name: str,
        *,
        instance: str,
        zone: str = "us-east-1a",
        lease_seconds: float = 10.0,
        sync_seconds: float = 0.5,
    ) -> None:
        self.name, self.instance = name, instance
        self._zone, self._lease_seconds = zone, lease_seconds
        self._path = f"/api/v1/nodes/{name}"
        self._api = plane.client(user=f"system:node:{name}", groups=["system:nodes"])
        self._loop = Loop(self._sync, seconds=sync_seconds)
        self._mounts: dict[str, frozenset[str]] = {}

    def __enter__(self) -> Self:
        self.boot()
        return self

    def __exit__(self, *_: object) -> None:
        self.die()
        self._api.forget()

    def boot(self, instance: str = "") -> None:
        """Start, as another *instance* where one is named: a Node of our name that is there stays what it was."""
        self.instance = instance or self.instance
        wished = node.node(self.name, instance=self.instance, zone=self._zone)
        status, registered = self._api.post("/api/v1/nodes", wished)
        if status == CONFLICT:
            ours = {name: wished["metadata"][name] for name in ("labels", "annotations")}
            status, registered = self._api.patch(self._path, {"metadata": ours})
        if status not in {OK, CREATED}:
            raise RuntimeError(f"no Node {self.name}: {status} {registered}")
        self._register_driver(registered)
        self._renew_at = 0.0
        self._loop.start()

    def die(self) -> None:
        """Do nothing more from now on, as when the machine lost its power."""
        self._loop.stop()

    def _register_driver(self, owner: Object) -> None:
        wished = node.csi_node(owner, instance=self.instance)
        if self._api.post(CSI_NODES, wished)[0] == CONFLICT:
            path = f"{CSI_NODES}/{self.name}"
            self._api.patch(path, {"spec": {"drivers": []}})  # an entry that is there may not be changed
            self._api.patch(path, wished)

    def _sync(self) -> None:
        own = self._get(self._path)  # who deleted the Node has ended this node: only a boot registers it anew
        self._renew(own)
        if not node.holds(own, "Ready"):
            self._report(self._path, {"conditions": [node.condition("Ready")]})
        pods = self._living_pods()
        mounts = [self._mounted(pod) for pod in pods]
        in_use = sorted(frozenset().union(*mounts))
        if in_use != own["status"].get("volumesInUse", []):
            self._report(self._path, {"volumesInUse": in_use})
        attached = {volume["name"] for volume in own["status"].get("volumesAttached", [])}
        for pod, mounted in zip(pods, mounts, strict=True):
            if not node.holds(pod, "Ready") and mounted <= attached:
                self._report(node.path(pod), node.running(pod))

    def _renew(self, own: Object) -> None:
        if time.monotonic() < self._renew_at:
            return
        status, _ = self._api.patch(f"{LEASES}/{self.name}", {"spec": {"renewTime": node.now()}})
        if status == NOT_FOUND:
            status, _ = self._api.post(LEASES, node.lease(own))
        if status in {OK, CREATED}:
            self._renew_at = time.monotonic() + self._lease_seconds

    def _report(self, path: str, status: Object) -> None:
        self._api.patch(f"{path}/status", {"status": status}, kind="strategic-merge-patch")

    def _living_pods(self) -> list[Object]:
        """Return the pods that shall run; those that shall end are deleted, as if their containers had ended."""
        found = self._get(f"/api/v1/pods?fieldSelector=spec.nodeName%3D{self.name}")["items"]
        for pod in filter(node.is_ending, found):
            self._api.delete(node.path(pod), node.ended(pod))
        return [pod for pod in found if pod["status"]["phase"] in {"Pending", "Running"} and not node.is_ending(pod)]

    def _mounted(self, pod: Object) -> frozenset[str]:
        """Return the names of a pod's volumes; they are asked for once."""
        uid = pod["metadata"]["uid"]
        if uid not in self._mounts:
            claims = f"/api/v1/namespaces/{pod['metadata']['namespace']}/persistentvolumeclaims"
            bound = [self._get(f"{claims}/{name}")["spec"]["volumeName"] for name in node.claims(pod)]
            volumes = [self._get(f"/api/v1/persistentvolumes/{name}") for name in bound]
            self._mounts[uid] = frozenset(map(node.volume_name, volumes))
        return self._mounts[uid]

    def _get(self, path: str) -> Object:
        status, body = self._api.get(path)
        if status == OK:
            return body
        raise NotNowError(f"{path}: {status}")
