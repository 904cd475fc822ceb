"""Whether ingress-nginx expects the header: the ConfigMap that its pods name, and one key in it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import kube
from functions.proxy_protocol.decision.service import Backend

FLAG = "--configmap"
KEY = "use-proxy-protocol"

PARSED_AS_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
"""What ingress-nginx takes for true: it reads this key with https://pkg.go.dev/strconv#ParseBool."""


def named_config_maps(pod: Mapping[str, Any]) -> Iterator[str]:
    """Yield namespace/name of each ConfigMap that a container's `--configmap` names."""
    for container in pod["spec"]["containers"]:
        words = [*(container.get("command") or []), *(container.get("args") or [])]
        pairs = [word.split("=", 1) for word in words if "=" in word] + [list(pair) for pair in pairwise(words)]
        for flag, value in pairs:
            # The chart writes $(POD_NAMESPACE)/name; the variable is the pod's own namespace.
            name = value.replace("$(POD_NAMESPACE)", pod["metadata"]["namespace"])
            if flag in {FLAG, FLAG.removeprefix("-")} and name.count("/") == 1 and "$" not in name:
                yield name


def strictest(cluster: kube.Cluster, names: Iterable[str]) -> Backend:
    """Return what the ConfigMaps of these names say together: during a roll-out pods may name several.

    Raises KubeError.
    """
    found = [_read(cluster, name) for name in sorted(names)]
    return min(found, key=lambda backend: bool(backend.expects_header), default=Backend())


def _read(cluster: kube.Cluster, config_map: str) -> Backend:
    namespace, _, name = config_map.partition("/")
    try:
        data = cluster.get(f"/api/v1/namespaces/{namespace}/configmaps/{name}").get("data") or {}
    except kube.NotFoundError:
        data = {}
    return Backend(config_map=config_map, expects_header=data.get(KEY) in PARSED_AS_TRUE)
