"""The attach-detach controller: what pods want against what it believes to be attached.

Source: https://github.com/kubernetes/kubernetes, pkg/controller/volume/attachdetach, reconciler.go.
"""

from dataclasses import dataclass
from typing import Any

from tests.simulation.clock import Clock
from tests.simulation.kubernetes import ATTACHMENTS, NODES, PODS, Kubernetes
from tests.simulation.ledger import TAINT

CHECK, FORCE = 60, 360
"""Seconds: between looks at whether what it believes is so, and until it detaches what may be mounted."""

Wanted = tuple[str, str]
"""A PersistentVolume and a Node's name."""


@dataclass
class _Belief:
    is_mounted: bool
    unwanted_since: float | None = None


class AttachDetach:
    def __init__(self, api: Kubernetes, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._believed: dict[Wanted, _Belief] = {}
        clock.every(CHECK, self._check)
        clock.every(5, self.run)

    def run(self) -> None:
        wanted = {(pv, pod["spec"]["nodeName"]) for pod in self._api.all(PODS) if _counts(pod) for pv in pvs_of(pod)}
        for one in list(self._believed):
            self._remember(*one)
            if one in wanted:
                self._believed[one].unwanted_since = None
            else:
                self._detach(*one)
        for pv, node in sorted(wanted - self._believed.keys()):
            if all(pv != other for other, _ in self._believed):
                self._attach(pv, node)

    def _attach(self, pv: str, node: str) -> None:
        found = self._api.find(f"{ATTACHMENTS}/{name_of(pv, node)}")
        if found is None:
            spec = {"attacher": "ebs.csi.aws.com", "nodeName": node, "source": {"persistentVolumeName": pv}}
            self._api.create(ATTACHMENTS, {"name": name_of(pv, node)}, spec=spec, status={"attached": False})
            self._believed[pv, node] = _Belief(is_mounted=False)
        elif "deletionTimestamp" not in found["metadata"]:
            self._believed[pv, node] = _Belief(is_mounted=False)

    def _remember(self, pv: str, node: str) -> None:
        """Remember whether a volume may be mounted: a Node that is gone says nothing any more."""
        if found := self._api.find(f"{NODES}/{node}"):
            self._believed[pv, node].is_mounted = pv in found["status"].get("volumesInUse", [])

    def _detach(self, pv: str, node: str) -> None:
        path, belief = f"{ATTACHMENTS}/{name_of(pv, node)}", self._believed[pv, node]
        if belief.unwanted_since is None:
            belief.unwanted_since = self._clock.seconds
        found = self._api.find(f"{NODES}/{node}")
        is_late = self._clock.seconds - belief.unwanted_since >= FORCE and not (found and is_ready(found))
        if belief.is_mounted and not is_late and not (found and _is_out_of_service(found)):
            return
        attachment = self._api.find(path)
        if attachment is None:
            del self._believed[pv, node]
        elif "deletionTimestamp" not in attachment["metadata"]:
            self._api.delete(path)

    def _check(self) -> None:
        for pv, node in list(self._believed):
            found = self._api.find(f"{ATTACHMENTS}/{name_of(pv, node)}")
            if found is None or (not found["status"]["attached"] and "deletionTimestamp" not in found["metadata"]):
                del self._believed[pv, node]
        self.run()


def name_of(pv: str, node: str) -> str:
    """Return the name of a VolumeAttachment, which a Node of the same name inherits."""
    return f"csi-{pv}-{node}"


def pvs_of(pod: dict[str, Any]) -> list[str]:
    """Return the PersistentVolumes of a pod; a claim `data-…` is bound to `pv-…` here."""
    return [one["persistentVolumeClaim"]["claimName"].replace("data-", "pv-") for one in pod["spec"]["volumes"]]


def is_ready(node: dict[str, Any]) -> bool:
    return any(one["type"] == "Ready" and one["status"] == "True" for one in node["status"]["conditions"])


def _counts(pod: dict[str, Any]) -> bool:
    return bool(pod["spec"].get("nodeName")) and pod["status"]["phase"] not in {"Succeeded", "Failed"}


def _is_out_of_service(node: dict[str, Any]) -> bool:
    return any(taint["key"] == TAINT for taint in node["spec"].get("taints", []))
