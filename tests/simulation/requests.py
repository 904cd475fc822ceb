"""What a request is about: its name as ClusterRoles have it, the path of what it lists, and the act that a patch is."""

from typing import Any

from kube.exchange import Request
from tests.simulation.ledger import TAINT

Object = dict[str, Any]


def name_of(request: Request) -> str:
    """Name a call as ClusterRoles do, such as `list pods` or `patch pods/status`."""
    parts = request.path.split("/")
    if request.path == "/version":
        return "get version"
    is_list = "limit" in request.query or request.method == "POST"
    is_status = parts[-1] == "status"
    kind = parts[-1] if is_list else f"{parts[-3]}/status" if is_status else parts[-2]
    return f"{'list' if 'limit' in request.query else request.method.lower()} {kind}"


def release_in(path: str, before: Object, after: Object) -> str:
    """Say which release act a patch is; empty where it is none."""
    taints = [{one["key"] for one in found.get("spec", {}).get("taints", [])} for found in (before, after)]
    if TAINT in taints[1] - taints[0]:
        return f"the taint of {path}"
    return "" if "/nodes/" in path else f"the patch of {path}"


def path_of(collection: str, found: Object) -> str:
    """Return the path of an object, also where the list was of all namespaces."""
    prefix, plural = collection.rsplit("/", 1)
    namespace = found["metadata"].get("namespace")
    of_namespace = f"/namespaces/{namespace}" if namespace and "/namespaces/" not in collection else ""
    return f"{prefix}{of_namespace}/{plural}/{found['metadata']['name']}"
