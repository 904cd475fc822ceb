"""The proof that a cluster is the one that is configured: a Node of it runs on an instance of ours."""

import re
from collections.abc import Callable, Sequence

from kube.aws import asking
from kube.connection import Exchange
from kube.errors import WrongClusterError
from kube.exchange import Request

Owns = Callable[[Sequence[str]], bool]
"""Whether any of these instance ids is an instance of this account and region."""

NODES = Request(method="GET", path="/api/v1/nodes", query={"limit": "5"})
INSTANCE = re.compile(r".*/(i-[0-9a-f]+)")
"""The end of `spec.providerID`, such as aws:///eu-west-1a/i-0123456789abcdef0"""


def prove(exchange: Exchange, end: float, *, owns: Owns, needs_instances: bool) -> None:
    """Look at the first Nodes. Raises WrongClusterError where none is ours, and KubeError where they cannot be read.

    *needs_instances*: a kubeconfig may name any cluster; EKS and Cluster API say themselves which one it is, so that
    a cluster without Nodes passes there.
    """
    found = exchange(NODES, end).get("items") or []
    providers = [str((node.get("spec") or {}).get("providerID", "")) for node in found]
    ids = [match[1] for provider in providers if (match := INSTANCE.fullmatch(provider))]
    if not ids and needs_instances:
        raise WrongClusterError("none of its first Nodes names an EC2 instance, so nothing proves whose cluster it is")
    with asking("EC2 for the instances of its Nodes"):
        is_ours = not ids or owns(ids)
    if not is_ours:
        raise WrongClusterError(f"none of its first Nodes' instances is in this account and region: {', '.join(ids)}")
