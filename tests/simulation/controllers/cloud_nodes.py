"""The cloud controller's node lifecycle: a Node that is not Ready is deleted once EC2 says `terminated`.

Source: ../shared/facts/orphaned-attachments.md, section 1, "CCM (AWS)".
"""

from tests.simulation.clock import Clock
from tests.simulation.controllers.attach_detach import is_ready
from tests.simulation.ec2 import Ec2
from tests.simulation.kubernetes import NODES, Kubernetes

EVERY = 5
SHUTDOWN = {"key": "node.cloudprovider.kubernetes.io/shutdown", "effect": "NoSchedule"}


class CloudNodes:
    def __init__(self, api: Kubernetes, ec2: Ec2, clock: Clock) -> None:
        self._api = api
        self._ec2 = ec2
        clock.every(EVERY, self.run)

    def run(self) -> None:
        for node in self._api.all(NODES):
            path = f"{NODES}/{node['metadata']['name']}"
            machine = self._ec2.machines.get(node["spec"].get("providerID", "").rpartition("/")[2])
            taints = node["spec"].setdefault("taints", [])
            if is_ready(node):
                if SHUTDOWN in taints:
                    taints.remove(SHUTDOWN)
                    self._api.save(path, node)
            elif machine is None or machine.state == "terminated":
                if "deletionTimestamp" not in node["metadata"]:
                    self._api.delete(path)
            elif machine.state == "stopped" and SHUTDOWN not in taints:
                taints.append(SHUTDOWN)
                self._api.save(path, node)
