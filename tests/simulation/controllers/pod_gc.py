"""The pod garbage collector: pods of Nodes that are gone, and of Nodes that are out of service.

Source: https://github.com/kubernetes/kubernetes, pkg/controller/podgc/gc_controller.go.
"""

from typing import Any

from tests.simulation.clock import Clock
from tests.simulation.controllers.attach_detach import is_ready
from tests.simulation.kubernetes import NODES, PODS, Kubernetes
from tests.simulation.ledger import TAINT

EVERY, QUARANTINE = 20, 40


class PodGc:
    def __init__(self, api: Kubernetes, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._missing: dict[str, float] = {}
        clock.every(EVERY, self.run)

    def run(self) -> None:
        for pod in self._api.all(PODS):
            name = pod["spec"].get("nodeName")
            node = self._api.find(f"{NODES}/{name}")
            is_terminating = "deletionTimestamp" in pod["metadata"]
            if node:
                self._missing.pop(name, None)
                taints = {taint["key"] for taint in node["spec"].get("taints", [])}
                if is_terminating and not is_ready(node) and TAINT in taints:
                    self._collect(pod)
            elif name and self._clock.seconds - self._missing.setdefault(name, self._clock.seconds) >= QUARANTINE:
                self._collect(pod)

    def _collect(self, pod: dict[str, Any]) -> None:
        path = f"{PODS}/{pod['metadata']['name']}"
        pod["status"]["phase"] = "Failed"
        self._api.save(path, pod)
        self._api.delete(path, grace=0)
