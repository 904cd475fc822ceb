"""The block `clusters` of cdk.json: which clusters may be reached, and how each is."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from infra.options import ConfigError, read_block, read_object
from kube.registration import Registration, is_pattern

_GO_WITH: Mapping[str, tuple[str, ...]] = {
    "kubeconfig_secret": ("cluster_id", "kms_key"),
    "kubeconfig_parameter": ("cluster_id", "kms_key"),
    "eks": ("cluster_id",),
    "management_cluster": ("namespace", "cluster_id"),
}
"""The ways in, and which keys may stand beside each."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_PATTERN = re.compile(r"[A-Za-z0-9._*?-]{1,100}")
_NAME_ALLOWED = "at most 100 letters, digits, dots, hyphens and underscores"

_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    "kubeconfig_secret": (
        re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}"),
        'the name of a secret of this account and region, such as "pitcrew/clusters/prod", not its ARN',
    ),
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    "kubeconfig_parameter": (
        re.compile(r"(/[A-Za-z0-9_.-]+){1,15}"),
        'the name of an SSM parameter of this account and region, such as "/pitcrew/clusters/dev", not its ARN',
    ),
    # https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
    "eks": (
        re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}"),
        "the name of an EKS cluster of this account and region, not its ARN",
    ),
    "namespace": (
        re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"),
        "a namespace: at most 63 lower-case letters, digits and inner hyphens",
    ),
    "cluster_id": (_NAME, f"the <id> of AWS's tags kubernetes.io/cluster/<id>: {_NAME_ALLOWED}"),
    # A policy on an alias would allow nothing: https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
    "kms_key": (
        re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+"),
        "the ARN of a key, arn:<partition>:kms:<region>:<account>:key/<id>, and not of an alias",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterOptions(Registration):
    """How a cluster is registered, and what its way in needs of AWS besides."""

    kms_key: str = ""
    """ARN of the key of one's own that the secret or parameter is encrypted with. Empty: AWS's own key."""


class Clusters(dict[str, ClusterOptions]):
    """The registered clusters by name, as they stand in cdk.json: of two patterns, the first one counts."""

    @classmethod
    def read(cls, value: object, path: str) -> "Clusters":
        """Read the whole block. Raises ConfigError."""
        clusters = cls()
        for name, block in read_object(value, path).items():
            clusters[name] = _read(block, f"{path}.{name}")
            _check_name(name, clusters[name], path)
        _check_management_clusters(clusters, path)
        _check_ids(clusters, path)
        return clusters

    def to_json(self) -> str:
        """Write the registrations as the functions read them, as short as can be."""
        keys = [field.name for field in fields(Registration)]
        values = {name: {key: getattr(one, key) for key in keys if getattr(one, key)} for name, one in self.items()}
        return json.dumps(values, separators=(",", ":"))


def _read(value: object, path: str) -> ClusterOptions:
    block = read_object(value, path, known=[field.name for field in fields(ClusterOptions)])
    ways = [way for way in _GO_WITH if way in block]
    if len(ways) != 1:
        raise ConfigError(path, ways or block, f"exactly one of {', '.join(_GO_WITH)}")
    read_object(block, path, known=(*ways, *_GO_WITH[ways[0]]))
    values = read_block(ClusterOptions, block, path)
    for key, (form, allowed) in _FORMS.items():
        if key in values and not form.fullmatch(values[key]):
            raise ConfigError(f"{path}.{key}", values[key], allowed)
    if "management_cluster" in values and "namespace" not in values:
        raise ConfigError(path, block, "with management_cluster also namespace, where its Cluster objects are")
    return ClusterOptions(**values)


def _check_name(name: str, cluster: ClusterOptions, path: str) -> None:
    form = _PATTERN if cluster.management_cluster else _NAME
    if not form.fullmatch(name):
        raise ConfigError(path, name, f"{_NAME_ALLOWED}; with management_cluster also the wildcards * and ?")
    if is_pattern(name) and cluster.cluster_id:
        allowed = f"nothing: {name} stands for many clusters, and each one's name is its id"
        raise ConfigError(f"{path}.{name}.cluster_id", cluster.cluster_id, allowed)


def _check_management_clusters(clusters: Clusters, path: str) -> None:
    known = [name for name, cluster in clusters.items() if not cluster.management_cluster]
    for name, cluster in clusters.items():
        if cluster.management_cluster and cluster.management_cluster not in known:
            allowed = f"the name of a cluster that is registered beside it by {', '.join([*_GO_WITH][:-1])}"
            raise ConfigError(f"{path}.{name}.management_cluster", cluster.management_cluster, allowed, known=known)


def _check_ids(clusters: Clusters, path: str) -> None:
    names: dict[str, str] = {}
    for name, cluster in clusters.items():
        cluster_id = cluster.cluster_id or name
        if cluster_id in names:
            allowed = f"an id of its own; {names[cluster_id]} has this one"
            raise ConfigError(f"{path}.{name}.cluster_id", cluster_id, allowed)
        names[cluster_id] = name
