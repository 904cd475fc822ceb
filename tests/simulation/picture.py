"""What matters at the end of a story: who has what, and what of ours is left anywhere."""

from typing import Any

from tests.simulation.ec2 import Ec2
from tests.simulation.kubernetes import ATTACHMENTS, NODES, PODS, Kubernetes


def picture(api: Kubernetes, ec2: Ec2) -> dict[str, Any]:
    """Return the end as plain values, so that two of them can be compared."""
    return {
        "volumes": {one.id: (one.holder.id if one.holder else "", one.state) for one in ec2.disks.values()},
        "pods": {_name(pod): (pod["spec"].get("nodeName"), pod["status"]["phase"]) for pod in api.all(PODS)},
        "attachments": sorted(map(_name, api.all(ATTACHMENTS))),
        "marks": {_name(node): (sorted(node["metadata"]["finalizers"]), _keys(node)) for node in api.all(NODES)},
    }


def _name(found: dict[str, Any]) -> str:
    return str(found["metadata"]["name"])


def _keys(node: dict[str, Any]) -> list[str]:
    return sorted(taint["key"] for taint in node["spec"]["taints"])
