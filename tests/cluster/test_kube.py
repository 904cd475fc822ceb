"""The layer `kube` on a real API server: every verb, every precondition, and the errors that a server gives.

Over 120 lines because each call has its good answer and its refusals.
"""

import base64
import json
from typing import Any

import pytest

import kube
from kube.errors import ListExpiredError
from local.controlplane.plane import ControlPlane
from tests.cluster.reach import Secrets, ours, reach, registered

FINALIZER = "example.com/held"


@pytest.fixture
def cluster(plane: ControlPlane, node: str) -> kube.Cluster:
    assert node
    return reach(plane.admin)


@pytest.fixture
def path(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps"


def _config_map(name: str, **metadata: Any) -> dict[str, Any]:  # noqa: ANN401 (fields of ObjectMeta)
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": {"a": "1"}}


def test_what_was_created_is_read(cluster: kube.Cluster, path: str) -> None:
    made = cluster.create(path, _config_map("one"))

    assert cluster.get(f"{path}/one") == made
    assert made["metadata"]["managedFields"][0]["manager"] == "pitcrew"


def test_what_exists_is_a_conflict_and_what_does_not_is_not_found(cluster: kube.Cluster, path: str) -> None:
    cluster.create(path, _config_map("one"))

    with pytest.raises(kube.ConflictError) as conflict:
        cluster.create(path, _config_map("one"))
    with pytest.raises(kube.NotFoundError) as missing:
        cluster.get(f"{path}/two")
    assert conflict.value.status is not None
    assert conflict.value.status["reason"] == "AlreadyExists"
    assert 'configmaps "two" not found' in str(missing.value)


def test_nonsense_is_invalid(cluster: kube.Cluster, path: str) -> None:
    with pytest.raises(kube.InvalidError, match="Invalid value"):
        cluster.create(path, _config_map("Not A Name"))
    with pytest.raises(kube.InvalidError):
        cluster.create(path, {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x"}})


def test_a_merge_patch_and_a_strategic_one_change_what_they_name(cluster: kube.Cluster, path: str) -> None:
    cluster.create(path, _config_map("one"))

    cluster.patch(f"{path}/one", {"data": {"b": "2"}}, kind=kube.MERGE)
    changed = cluster.patch(f"{path}/one", {"data": {"a": None, "c": "3"}}, kind=kube.STRATEGIC)

    assert changed["data"] == {"b": "2", "c": "3"}


def test_a_json_patch_acts_only_where_its_test_holds(cluster: kube.Cluster, path: str) -> None:
    uid = cluster.create(path, _config_map("one"))["metadata"]["uid"]
    change = {"op": "replace", "path": "/data/a", "value": "2"}

    wrong = [{"op": "test", "path": "/metadata/uid", "value": "another"}, change]
    with pytest.raises(kube.InvalidError):
        cluster.patch(f"{path}/one", wrong, kind=kube.JSON_PATCH)
    untouched = cluster.get(f"{path}/one")["data"]["a"]
    right = [{"op": "test", "path": "/metadata/uid", "value": uid}, change]

    assert untouched == "1"
    assert cluster.patch(f"{path}/one", right, kind=kube.JSON_PATCH)["data"]["a"] == "2"


def test_an_apply_owns_its_fields_and_yields_to_another_owner(cluster: kube.Cluster, path: str) -> None:
    applied = cluster.patch(f"{path}/one", _config_map("one"), kind=kube.APPLY)
    cluster.create(path, _config_map("others"))

    with pytest.raises(kube.ConflictError):
        cluster.patch(f"{path}/others", {**_config_map("others"), "data": {"a": "2"}}, kind=kube.APPLY)
    assert applied["metadata"]["managedFields"][0]["operation"] == "Apply"


def test_a_patch_of_an_old_version_is_a_conflict(cluster: kube.Cluster, path: str) -> None:
    old = cluster.create(path, _config_map("one"))["metadata"]["resourceVersion"]
    cluster.patch(f"{path}/one", {"data": {"a": "2"}}, kind=kube.MERGE)

    with pytest.raises(kube.ConflictError):
        cluster.patch(f"{path}/one", {"metadata": {"resourceVersion": old}, "data": {"a": "3"}}, kind=kube.MERGE)


def test_only_the_object_that_is_meant_is_deleted(cluster: kube.Cluster, path: str) -> None:
    made = cluster.create(path, _config_map("one"))["metadata"]

    with pytest.raises(kube.ConflictError):
        cluster.delete(f"{path}/one", uid="12345678-1234-1234-1234-123456789012")
    with pytest.raises(kube.ConflictError):
        cluster.delete(f"{path}/one", uid=made["uid"], resource_version="1")
    cluster.delete(f"{path}/one", uid=made["uid"], resource_version=made["resourceVersion"])

    with pytest.raises(kube.NotFoundError):
        cluster.get(f"{path}/one")


def test_a_finalizer_holds_until_it_is_taken_off(cluster: kube.Cluster, path: str) -> None:
    cluster.create(path, _config_map("one", finalizers=[FINALIZER]))

    cluster.delete(f"{path}/one")
    held = cluster.get(f"{path}/one")["metadata"]
    off = [{"op": "test", "path": "/metadata/finalizers/0", "value": FINALIZER}]
    off += [{"op": "remove", "path": "/metadata/finalizers/0"}]
    cluster.patch(f"{path}/one", off, kind=kube.JSON_PATCH)

    assert held["deletionTimestamp"]
    with pytest.raises(kube.NotFoundError):
        cluster.get(f"{path}/one")


def test_a_grace_period_is_told_to_the_server(cluster: kube.Cluster, namespace: str, plane: ControlPlane) -> None:
    plane.api.post(f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": "default"}})
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}], "nodeName": "none"}}
    pods = f"/api/v1/namespaces/{namespace}/pods"
    cluster.create(pods, pod)

    cluster.delete(f"{pods}/p", grace_period=7)
    ending = cluster.get(f"{pods}/p")["metadata"]["deletionGracePeriodSeconds"]
    cluster.delete(f"{pods}/p", grace_period=0)

    assert ending == 7
    with pytest.raises(kube.NotFoundError):
        cluster.get(f"{pods}/p")


def test_a_long_list_comes_whole_and_by_its_selectors(cluster: kube.Cluster, path: str) -> None:
    for number in range(260):
        cluster.create(path, _config_map(f"n{number}", labels={"half": str(number % 2)}))

    assert len({item["metadata"]["name"] for item in cluster.list(path, label="half")}) == 260
    assert len(list(cluster.list(path, label="half=1"))) == 130
    assert [item["metadata"]["name"] for item in cluster.list(path, field="metadata.name=n7")] == ["n7"]


def test_the_rest_of_a_list_that_the_server_forgot_is_410(
    cluster: kube.Cluster, path: str, plane: ControlPlane
) -> None:
    """What `list` then does is proven on the scripted server: this one pages from its cache, and forgets seldom."""
    cluster.create(path, _config_map("one"))
    version = cluster.create(path, _config_map("two"))["metadata"]["resourceVersion"]
    plane.forget_history(int(version))
    rest = json.dumps({"v": "meta.k8s.io/v1", "rv": 1, "start": "one\0"})

    with pytest.raises(ListExpiredError) as error:
        cluster.get(path, limit="1", **{"continue": base64.urlsafe_b64encode(rest.encode()).decode().rstrip("=")})

    assert error.value.status is not None
    assert error.value.status["reason"] == "Expired"


def test_who_is_not_allowed_is_told_what(plane: ControlPlane, node: str, namespace: str) -> None:
    assert node
    plane.api.post(
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        {
            "metadata": {"name": f"nodes-{namespace}"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:node"},
            "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": namespace}],
        },
    )
    user = reach(plane.kubeconfig(user=namespace))

    with pytest.raises(kube.ForbiddenError, match='cannot create resource "namespaces"'):
        user.create("/api/v1/namespaces", {"metadata": {"name": "x"}})
    assert not user.allowed("create", "namespaces")
    assert user.allowed("list", "nodes")
    assert not user.allowed("create", "pods/exec", namespace=namespace)


def test_without_any_right_not_even_the_proof_can_be_made(plane: ControlPlane, node: str) -> None:
    assert node
    with pytest.raises(kube.ForbiddenError, match='cannot list resource "nodes"'):
        reach(plane.kubeconfig(user="nobody")).get("/api/v1/nodes")


def test_a_token_that_nobody_issued_is_unauthorized_after_one_renewal(plane: ControlPlane, node: str) -> None:
    assert node
    kubeconfig = plane.kubeconfig(user="x")
    kubeconfig["users"][0]["user"] = {"token": "canary-of-nobody"}
    clusters = registered(kubeconfig)

    with pytest.raises(kube.UnauthorizedError) as error:
        clusters.connect("prod", owns=ours, seconds=10).get("/api/v1/nodes")

    assert isinstance(clusters._aws, Secrets)  # noqa: SLF001 (how often it was asked)
    assert clusters._aws.reads == ["prod", "prod"]  # noqa: SLF001 (the same)
    assert "canary" not in str(error.value)


def test_another_clusters_nodes_prove_nothing(plane: ControlPlane, node: str) -> None:
    assert node
    clusters = registered(plane.admin)

    with pytest.raises(kube.WrongClusterError, match="i-0123456789abcdef0"):
        clusters.connect("prod", owns=lambda _: False, seconds=10).get("/api/v1/nodes")


def test_a_service_account_is_reached_by_its_token(plane: ControlPlane, node: str, namespace: str) -> None:
    assert node
    kubeconfig = plane.token_kubeconfig(namespace=namespace, service_account="pitcrew")
    plane.api.post(
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        {
            "metadata": {"name": f"view-{namespace}"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:node"},
            "subjects": [{"kind": "ServiceAccount", "name": "pitcrew", "namespace": namespace}],
        },
    )

    assert [node["metadata"]["name"] for node in reach(kubeconfig).list("/api/v1/nodes")]
