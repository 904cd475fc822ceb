"""A cluster of four nodes with a StatefulSet's pod and its volume on the first, its AWS account, and the product.

Over 120 lines because everything meets here.
"""

from typing import Any

from tests.simulation.aws import Aws
from tests.simulation.calls import Calls
from tests.simulation.clock import Clock
from tests.simulation.controllers.attach_detach import AttachDetach
from tests.simulation.controllers.attacher import Attacher
from tests.simulation.controllers.cloud_nodes import CloudNodes
from tests.simulation.controllers.kubelet import Kubelet
from tests.simulation.controllers.pod_gc import PodGc
from tests.simulation.controllers.taints import Taints
from tests.simulation.controllers.workloads import Workloads
from tests.simulation.ec2 import Disk, Ec2
from tests.simulation.ec2 import Machine as Ec2Machine
from tests.simulation.kubernetes import PVS, Kubernetes
from tests.simulation.ledger import Ledger
from tests.simulation.machine import CLUSTER, Machine
from tests.simulation.picture import picture

TAGS = {f"kubernetes.io/cluster/{CLUSTER}": "owned"}
TWO_SWEEPS = 660
REACTION, DELIVERY = 0.05, 1.0
"""Seconds: until a controller sees a change, and an event arrives."""


class World:
    """Everything, on one clock."""

    def __init__(self, *, nodes: int = 4, pods: int = 1) -> None:
        self.clock, self.ledger = Clock(), Ledger()
        self.calls = Calls(self.clock, self.ledger)
        self.api, self.ec2 = Kubernetes(self.clock), Ec2(self.clock, self.ledger)
        self.aws = Aws(self.ec2, self.calls, self.ledger)
        self.taints = Taints(self.api, self.clock, self.ledger)
        self.attach_detach = AttachDetach(self.api, self.clock)
        self.attacher = Attacher(self.api, self.ec2, self.clock)
        self.workloads = Workloads(self.api)
        PodGc(self.api, self.clock)
        self.cloud_nodes = CloudNodes(self.api, self.ec2, self.clock)
        self.kubelets: dict[str, Kubelet] = {}
        self.is_delivering = True
        """Whether events arrive: they are best effort."""

        self.goal: dict[str, Any] | None = None
        """The picture of the end, where it is known."""

        self._is_due = False
        self._events = 0
        self.ec2.on_state, self.api.on_change = self._tell, self._wake
        for number in range(nodes):
            self.add_node(f"node-{number:x}", instance(number))
        for number in range(pods):
            self.add_pod(f"db-{number}", number)
        self.clock.advance(20)
        self.product = Machine(self.api, self.aws, self.calls, self.ledger, self.clock)

    def add_node(self, name: str, instance_id: str) -> Kubelet:
        machine = self.ec2.launch(instance_id, TAGS)
        self.kubelets[instance_id] = Kubelet(name, machine, self.api, self.ec2, self.clock)
        self.kubelets[instance_id].register()
        return self.kubelets[instance_id]

    def add_pod(self, name: str, number: int, **spec: Any) -> None:  # noqa: ANN401 (fields of a pod)
        """Let a StatefulSet want a pod with a volume of its own, on the Node of its number first."""
        disk = Disk(id=volume(number), tags=dict(TAGS))
        self.ec2.disks[disk.id] = disk
        csi = {"driver": "ebs.csi.aws.com", "volumeHandle": disk.id}
        claim = {"namespace": "shop", "name": f"data-{name}"}
        self.api.create(PVS, {"name": f"pv-{name}"}, spec={"csi": csi, "claimRef": claim})
        self.workloads.wanted[name] = spec

    def run(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def settle(self) -> None:
        """Go on for two sweeps; where the end is known, only until it has come, and stays for a minute."""
        for _ in range(TWO_SWEEPS // 60):
            was_there = self._is_there()
            self.clock.advance(60)
            if was_there and self._is_there():
                return

    def _is_there(self) -> bool:
        is_met = len(self.calls.made) > self.calls.at
        return is_met and not self.product.running() and self.picture() == self.goal

    def place(self, number: int = 0) -> str:
        """Return the instance that has a volume now; empty where none has it attached for good."""
        disk = self.ec2.disks.get(volume(number))
        return disk.holder.id if disk and disk.holder and disk.state == "attached" else ""

    def picture(self) -> dict[str, Any]:
        return picture(self.api, self.ec2)

    def _tell(self, machine: Ec2Machine) -> None:
        """Let an event set out, and the kubelet know."""
        state, kubelet, self._events = machine.state, self.kubelets[machine.id], self._events + 1
        if state == "running":
            self.clock.after(20, kubelet.boot)
        elif state in {"stopping", "shutting-down"}:
            kubelet.is_up = False
        if self.is_delivering:
            number = self._events
            self.clock.after(DELIVERY, lambda: self.product.event(machine.id, state, number))

    def _wake(self) -> None:
        if not self._is_due:
            self._is_due = True
            self.clock.after(REACTION, self._react)

    def _react(self) -> None:
        self._is_due = False
        self.taints.run()
        self.workloads.run()
        self.attach_detach.run()
        self.attacher.run()
        for kubelet in list(self.kubelets.values()):
            kubelet.run()


def instance(number: int) -> str:
    return f"i-{number:08x}"


def volume(number: int) -> str:
    return f"vol-{number:08x}"
