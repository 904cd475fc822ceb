"""Who gets into the control plane under the tests, and what they may do there."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3

from local.controlplane import kubeconfigs
from local.controlplane.certificates import Authority
from local.controlplane.plane import ControlPlane

WHO_AM_I = "/apis/authentication.k8s.io/v1/selfsubjectreviews"

Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Send one request as the user of a kubeconfig."""

    def send(kubeconfig: dict[str, Any], method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        cluster, user = kubeconfig["clusters"][0]["cluster"], kubeconfig["users"][0]["user"]
        options: dict[str, Any] = {"ca_certs": _file(tmp_path / "ca", cluster["certificate-authority-data"])}
        if "client-key-data" in user:
            options["cert_file"] = _file(tmp_path / "certificate", user["client-certificate-data"])
            options["key_file"] = _file(tmp_path / "key", user["client-key-data"])
        headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        with urllib3.PoolManager(**options, retries=False, timeout=10.0) as pool:
            answer = pool.request(method, cluster["server"] + path, json=body, headers=headers)
        return answer.status, answer.json()

    return send


def _file(path: Path, encoded: str) -> str:
    path.write_bytes(base64.b64decode(encoded))
    return str(path)


def test_the_administrators_kubeconfig_may_do_everything(plane: ControlPlane, ask: Ask) -> None:
    status, _ = ask(plane.admin, "GET", "/api/v1/secrets")

    assert status == 200


def test_a_user_whom_nothing_is_granted_may_do_nothing(plane: ControlPlane, namespace: str, ask: Ask) -> None:
    status, body = ask(plane.kubeconfig(user="jane"), "GET", f"/api/v1/namespaces/{namespace}/services")

    assert (status, body["reason"]) == (403, "Forbidden")


def test_a_group_may_do_what_it_is_granted(plane: ControlPlane, namespace: str, ask: Ask) -> None:
    bindings = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings"
    view = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    readers = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": f"{namespace}:readers"}
    plane.api.post(bindings, {"metadata": {"name": "readers"}, "roleRef": view, "subjects": [readers]})
    reader = plane.kubeconfig(user="jane", groups=("others", f"{namespace}:readers"))

    status, _ = ask(reader, "GET", f"/api/v1/namespaces/{namespace}/services")

    assert status == 200


def test_a_certificate_is_its_user_and_groups(plane: ControlPlane, ask: Ask) -> None:
    status, body = ask(plane.kubeconfig(user="jane", groups=("one", "two")), "POST", WHO_AM_I, {})

    assert status == 201
    assert body["status"]["userInfo"]["username"] == "jane"
    assert set(body["status"]["userInfo"]["groups"]) == {"one", "two", "system:authenticated"}


def test_a_token_is_its_service_account(plane: ControlPlane, namespace: str, ask: Ask) -> None:
    kubeconfig = plane.token_kubeconfig(namespace=namespace, service_account="pitcrew")

    status, body = ask(kubeconfig, "POST", WHO_AM_I, {})

    assert (status, body["status"]["userInfo"]["username"]) == (201, f"system:serviceaccount:{namespace}:pitcrew")


def test_a_service_account_of_no_namespace_has_no_token(plane: ControlPlane) -> None:
    with pytest.raises(ValueError, match="no token for nowhere/pitcrew: 404"):
        plane.token_kubeconfig(namespace="nowhere", service_account="pitcrew")


def test_whom_another_authority_vouches_for_is_nobody(plane: ControlPlane, ask: Ask) -> None:
    forged = kubeconfigs.certified(Authority().client("jane", ("system:masters",)))

    status, _ = ask(kubeconfigs.kubeconfig(plane.url, forged, ca=plane.ca), "GET", "/api/v1/secrets")

    assert status == 401
