"""Cluster API: a management cluster keeps the kubeconfigs of its clusters, and knows whose an instance is."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from kube import kubeconfig
from kube.access import Access
from kube.cluster import Cluster
from kube.errors import BadKubeconfigError, NotFoundError, UnknownClusterError

US = "system:serviceaccount:pitcrew:pitcrew"
"""Cluster API's kubeconfigs are `system:masters`, whom RBAC does not bind: so we act as our ServiceAccount."""

CLUSTERS = "/apis/cluster.x-k8s.io/{version}/namespaces/{namespace}/clusters"
MACHINES = "/apis/infrastructure.cluster.x-k8s.io/{version}/namespaces/{namespace}/awsmachines"
OWNER = "cluster.x-k8s.io/cluster-name"
VERSIONS = ("v1beta2", "v1beta1")
"""The newest first; a cluster serves one of them, or both."""


def access(management: Cluster, *, namespace: str, cluster: str) -> Access:
    """Read the kubeconfig of *cluster*. Raises KubeError: UnknownClusterError where there is no such Cluster."""
    if cluster not in names(management, namespace=namespace):
        raise UnknownClusterError(f"the management cluster has no Cluster {cluster} in namespace {namespace}")
    secret = f"{cluster}-kubeconfig"
    try:
        data = management.get(f"/api/v1/namespaces/{namespace}/secrets/{secret}").get("data") or {}
    except NotFoundError:
        raise BadKubeconfigError(f"there is no Secret {secret} in namespace {namespace} yet") from None
    try:
        text = base64.b64decode(data.get("value", ""), validate=True).decode()
    except (binascii.Error, ValueError):
        raise BadKubeconfigError(f"Secret {secret}: data.value is not the base64 of a text") from None
    return kubeconfig.parse(text, impersonates=US)


def names(management: Cluster, *, namespace: str) -> set[str]:
    """Return the names of the Clusters in *namespace*. Raises KubeError."""
    return {str(found["metadata"]["name"]) for found in _list(management, CLUSTERS, namespace)}


def instances(management: Cluster, *, namespace: str) -> dict[str, str]:
    """Return whose each EC2 instance is: cluster by instance id. Raises KubeError."""
    owners = {}
    for machine in _list(management, MACHINES, namespace):
        spec, labels = machine.get("spec") or {}, machine["metadata"].get("labels") or {}
        instance_id = spec.get("instanceID") or str(spec.get("providerID") or "").rpartition("/")[2]
        if instance_id and OWNER in labels:
            owners[instance_id] = labels[OWNER]
    return owners


def _list(management: Cluster, path: str, namespace: str) -> Iterator[dict[str, Any]]:
    """List in the newest version that is served: an unknown one is a 404."""
    newest, older = VERSIONS
    try:
        yield from management.list(path.format(version=newest, namespace=namespace))
    except NotFoundError:
        yield from management.list(path.format(version=older, namespace=namespace))
