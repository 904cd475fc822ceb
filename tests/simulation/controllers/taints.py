"""The node lifecycle controller (a silent Node becomes unreachable) and taint eviction, which deletes by *name*.

Source: ../shared/facts/real-clients.md, "Taint-eviction deletes by name".
"""

from contextlib import suppress
from functools import partial
from typing import Any

import kube
from functions.orphaned_attachments.objects import time
from tests.simulation.clock import Clock
from tests.simulation.controllers.attach_detach import is_ready
from tests.simulation.kubernetes import LEASES, NODES, PODS, Kubernetes
from tests.simulation.ledger import TAINT, Ledger

SILENT, EVICTED, AT_ONCE = 40, 300, 0.3
"""Seconds: until a Node is unreachable, its pods are evicted, and those of a Node out of service are."""

UNREACHABLE = "node.kubernetes.io/unreachable"


class Taints:
    def __init__(self, api: Kubernetes, clock: Clock, ledger: Ledger) -> None:
        self._api = api
        self._clock = clock
        self._ledger = ledger
        self._seen: set[tuple[str, str]] = set()
        clock.every(5, self._watch)

    def run(self) -> None:
        """Plan an eviction for every pod on a tainted Node, once."""
        for node in self._api.all(NODES):
            for taint in node["spec"].get("taints", []):
                seconds = {TAINT: AT_ONCE, UNREACHABLE: EVICTED}.get(taint["key"])
                for pod in self._on(node) if seconds and taint["effect"] == "NoExecute" else []:
                    self._plan(pod, taint["key"], seconds or 0)

    def _on(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        return [pod for pod in self._api.all(PODS) if pod["spec"].get("nodeName") == node["metadata"]["name"]]

    def _plan(self, pod: dict[str, Any], taint: str, seconds: float) -> None:
        uid, is_tolerant = pod["metadata"]["uid"], taint in pod["spec"].get("tolerations", [])
        if (uid, taint) not in self._seen and not is_tolerant:
            self._seen.add((uid, taint))
            self._clock.after(seconds, partial(self._evict, pod["metadata"]["name"], uid, taint))

    def _evict(self, name: str, uid: str, taint: str) -> None:
        pod = self._api.find(f"{PODS}/{name}")
        node = self._api.find(f"{NODES}/{pod['spec'].get('nodeName')}") if pod else None
        if pod and pod["metadata"]["uid"] != uid and node and is_ready(node) and taint == TAINT:
            self._ledger.write(f"taint eviction deleted the replacement of pod {name}")
        if pod and (taint == TAINT or (node and not is_ready(node))):
            with suppress(kube.NotFoundError):
                self._api.delete(f"{PODS}/{name}")

    def _watch(self) -> None:
        for node in self._api.all(NODES):
            name, taints = node["metadata"]["name"], node["spec"].setdefault("taints", [])
            lease = self._api.find(f"{LEASES}/{name}")
            renewed = time(lease["spec"]["renewTime"]) if lease else None
            is_silent = renewed is not None and (self._clock.now() - renewed).total_seconds() > SILENT
            is_marked = any(taint["key"] == UNREACHABLE for taint in taints)
            if is_silent and not is_marked:
                node["status"]["conditions"] = [{"type": "Ready", "status": "Unknown"}]
                taints.append({"key": UNREACHABLE, "effect": "NoExecute"})
            elif is_marked and is_ready(node):
                node["spec"]["taints"] = [taint for taint in taints if taint["key"] != UNREACHABLE]
            else:
                continue
            self._api.save(f"{NODES}/{name}", node)
