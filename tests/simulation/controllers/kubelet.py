"""A kubelet on its machine: registers, renews its Lease, mounts and unmounts; and what its machine writes."""

from contextlib import suppress
from typing import Any

import kube
from tests.simulation.clock import Clock
from tests.simulation.controllers.attach_detach import name_of, pvs_of
from tests.simulation.ec2 import Ec2, Machine
from tests.simulation.kubernetes import ATTACHMENTS, CSI_NODES, LEASES, NODES, PODS, PVS, Kubernetes

BOOT, RENEW = 20, 10


class Kubelet:
    def __init__(self, name: str, machine: Machine, api: Kubernetes, ec2: Ec2, clock: Clock) -> None:
        self._name = name
        self._machine = machine
        self._api = api
        self._ec2 = ec2
        self._clock = clock
        self.is_up = False
        """Whether it works; a machine may run without."""

        clock.every(RENEW, self._renew)

    def boot(self) -> None:
        """Work again after the machine has started: of what ran before, only a hibernated one has kept anything."""
        if self._machine.state != "running":
            return
        for pod in self._mine():
            pod["status"]["phase"] = "Pending" if pod["status"]["phase"] == "Running" else pod["status"]["phase"]
        self.register()

    def register(self) -> None:
        """Take over the Node of this name, or make it."""
        self.is_up = True
        spec = {"providerID": f"aws:///eu-west-1a/{self._machine.id}", "taints": []}
        for collection, fields in ((CSI_NODES, {"spec": {}}), (LEASES, {"spec": {}}), (NODES, {"spec": spec})):
            with suppress(kube.ConflictError):
                self._api.create(collection, {"name": self._name}, **fields, status={"conditions": []})
        csi = self._api.find(f"{CSI_NODES}/{self._name}") or {}
        csi["spec"]["drivers"] = [{"name": "ebs.csi.aws.com", "nodeID": self._machine.id}]
        csi["metadata"]["annotations"]["storage.alpha.kubernetes.io/migrated-plugins"] = "kubernetes.io/aws-ebs"
        self._api.save(f"{CSI_NODES}/{self._name}", csi)
        self._renew()

    def run(self) -> None:
        """Do what the API server says of the pods here."""
        if not self.is_up or self._machine.state != "running":
            return
        pods = self._mine()
        kept = {volume for pod in pods if "deletionTimestamp" not in pod["metadata"] for volume in self._volumes(pod)}
        if self._machine.mounted - kept:
            self._machine.mounted &= kept
            self._say()
        for pod in pods:
            self._run(pod)

    def _mine(self) -> list[dict[str, Any]]:
        return [pod for pod in self._api.all(PODS) if pod["spec"].get("nodeName") == self._name]

    def _volumes(self, pod: dict[str, Any]) -> list[str]:
        return [self._api.volume_of(pv) for pv in pvs_of(pod)]

    def _run(self, pod: dict[str, Any]) -> None:
        path = f"{PODS}/{pod['metadata']['name']}"
        if "deletionTimestamp" in pod["metadata"]:
            self._api.delete(path, uid=pod["metadata"]["uid"], grace=0)
        elif pod["status"]["phase"] == "Pending" and all(map(self._is_attached, pvs_of(pod))):
            for volume in self._volumes(pod):
                self._ec2.mount(volume, self._machine)
            pod["status"]["phase"] = "Running"
            self._api.save(path, pod)
            self._say()

    def _is_attached(self, pv: str) -> bool:
        found = self._api.find(f"{ATTACHMENTS}/{name_of(pv, self._name)}")
        disk = self._ec2.disks.get(self._api.volume_of(pv))
        is_here = disk is not None and disk.holder is self._machine and disk.state == "attached"
        return bool(found and found["status"]["attached"]) and is_here

    def _renew(self) -> None:
        if self._machine.state != "running":
            self.is_up = False
        if self.is_up and (lease := self._api.find(f"{LEASES}/{self._name}")):
            lease["spec"]["renewTime"] = self._clock.text()
            self._api.save(f"{LEASES}/{self._name}", lease)
            self._say()

    def _say(self) -> None:
        """Write the Node's status: that it is ready, and what it has in use."""
        node = self._api.find(f"{NODES}/{self._name}")
        if node:
            in_use = [one["metadata"]["name"] for one in self._api.all(PVS) if _handle(one) in self._machine.mounted]
            status = {"conditions": [{"type": "Ready", "status": "True"}], "volumesInUse": in_use}
            if node["status"] != status:
                node["status"] = status
                self._api.save(f"{NODES}/{self._name}", node)


def _handle(pv: dict[str, Any]) -> str:
    return str(pv["spec"]["csi"]["volumeHandle"])
