"""StatefulSets, of which each pod has one claim, and the scheduler."""

from typing import Any

from tests.simulation.controllers.attach_detach import is_ready
from tests.simulation.kubernetes import NODES, PODS, Kubernetes


class Workloads:
    def __init__(self, api: Kubernetes) -> None:
        self._api = api
        self.wanted: dict[str, dict[str, Any]] = {}
        """By the pod's name, what stands in its spec besides its claim."""

    def run(self) -> None:
        for name, spec in self.wanted.items():
            pod = self._api.find(f"{PODS}/{name}")
            if pod is None:
                pod = self._create(name, spec)
            if pod["status"]["phase"] == "Failed" and "deletionTimestamp" not in pod["metadata"]:
                self._api.delete(f"{PODS}/{name}", grace=0)
            elif not pod["spec"].get("nodeName") and (node := self._node()):
                pod["spec"]["nodeName"] = node
                self._api.save(f"{PODS}/{name}", pod)

    def _create(self, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": f"data-{name}"}}]
        owner = {"kind": "StatefulSet", "name": name.rpartition("-")[0]}
        metadata = {"name": name, "ownerReferences": [owner]}
        return self._api.create(PODS, metadata, spec={"volumes": volumes, **spec}, status={"phase": "Pending"})

    def _node(self) -> str:
        """Return the Node with the fewest pods among those that take any."""
        pods = [pod["spec"].get("nodeName") for pod in self._api.all(PODS)]
        free = [
            node["metadata"]["name"]
            for node in self._api.all(NODES)
            if is_ready(node) and not node["spec"].get("taints") and not node["spec"].get("unschedulable")
        ]
        return min(free, key=lambda name: (pods.count(name), name), default="")
