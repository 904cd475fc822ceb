"""The RBAC files of docs/rbac/, applied to a cluster as `kubectl apply -f` does."""

import time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from local.controlplane.plane import ControlPlane

FOLDER = Path(__file__).parent.parent.parent / "docs" / "rbac"
PLURALS = {
    "Namespace": "/api/v1/namespaces",
    "ServiceAccount": "/api/v1/namespaces/{namespace}/serviceaccounts",
    "Secret": "/api/v1/namespaces/{namespace}/secrets",
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings",
    "ValidatingAdmissionPolicy": "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
}

Manifest = dict[str, Any]

SECONDS = 20


def manifests(name: str) -> list[Manifest]:
    """Read one file."""
    return list(YAML(typ="safe", pure=True).load_all((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


def apply(plane: ControlPlane, *found: Manifest) -> None:
    """Create what is not there, and replace what is."""
    for manifest in found:
        metadata = manifest["metadata"]
        path = PLURALS[manifest["kind"]].format(namespace=metadata.get("namespace", ""))
        status, answer = plane.api.post(path, manifest)
        if status == 409:
            _, stored = plane.api.get(f"{path}/{metadata['name']}")
            version = {"resourceVersion": stored["metadata"]["resourceVersion"]}
            status, answer = plane.api.put(f"{path}/{metadata['name']}", {**manifest, "metadata": metadata | version})
        assert status in {200, 201}, answer


def wait_until(
    plane: ControlPlane, verb: str, resource: str, *, is_allowed: bool, group: str = "", namespace: str = ""
) -> None:
    """Wait until the API server has learned of a change: its authorizer follows what is stored."""
    kind, _, subresource = resource.partition("/")
    asked = {"verb": verb, "group": group, "resource": kind, "subresource": subresource, "namespace": namespace}
    review = {"spec": {"user": "system:serviceaccount:pitcrew:pitcrew", "resourceAttributes": asked}}
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        _, answer = plane.api.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
        if answer["status"]["allowed"] is is_allowed:
            return
        time.sleep(0.02)
    raise TimeoutError(f"{verb} {resource} is not {'allowed' if is_allowed else 'refused'} after {SECONDS} s")
