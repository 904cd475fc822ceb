"""How a cluster is registered: the one way in, as a block of `clusters` in cdk.json names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

_WILDCARDS = frozenset("*?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One way to reach one cluster; through Cluster API, to reach every cluster whose name matches a pattern."""

    kubeconfig_secret: str = ""
    """Name of a secret in Secrets Manager that holds a kubeconfig, as YAML or JSON."""

    kubeconfig_parameter: str = ""
    """Name of an SSM parameter (SecureString) that holds one."""

    eks: str = ""
    """Name of an EKS cluster of this account and region."""

    management_cluster: str = ""
    """Name of a registered cluster in which Cluster API keeps this one's kubeconfig."""

    namespace: str = ""
    """Namespace of its Cluster object there."""

    cluster_id: str = ""
    """The id in AWS's tags `kubernetes.io/cluster/<id>`. Empty: the cluster's name."""


def is_pattern(name: str) -> bool:
    """Whether a registration's name stands for many clusters."""
    return bool(_WILDCARDS & set(name))


def name_of(cluster_id: str, registrations: Mapping[str, Registration]) -> str | None:
    """Return the name to connect by for the cluster with this id in its tags; an exact name before a pattern."""
    for name, registration in registrations.items():
        if not is_pattern(name) and (registration.cluster_id or name) == cluster_id:
            return name
    is_covered = any(is_pattern(name) and fnmatchcase(cluster_id, name) for name in registrations)
    return cluster_id if is_covered else None


def registration_of(name: str, registrations: Mapping[str, Registration]) -> Registration | None:
    """Return the registration that a name belongs to."""
    if name in registrations:
        return registrations[name]
    return next((one for key, one in registrations.items() if is_pattern(key) and fnmatchcase(name, key)), None)
