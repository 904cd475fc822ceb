"""A Cluster API management cluster with its kinds: kubeconfigs of its clusters, whose instances are whose, RBAC.

Over 120 lines because a management cluster is set up here. One control plane is both the management cluster and the
cluster that it manages: the kubeconfig in its Secret is `system:masters` on itself.
"""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

import kube
from kube import cluster_api
from kube.registration import Registration
from local.controlplane.plane import ControlPlane
from tests.cluster.reach import ours, reach, registered
from tests.cluster.shipped import apply, manifests

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
CORE, INFRASTRUCTURE = "cluster.x-k8s.io", "infrastructure.cluster.x-k8s.io"
KINDS = {"clusters": (CORE, "Cluster"), "machines": (CORE, "Machine"), "awsmachines": (INFRASTRUCTURE, "AWSMachine")}
ACCOUNT = "system:serviceaccount:pitcrew:pitcrew"
SECONDS = 20


def _define(plane: ControlPlane, plural: str, group: str, kind: str) -> None:
    """Define a kind as Cluster API does, its fields left open, and wait until it is served."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1beta2", "served": True, "storage": True, "schema": {"openAPIV3Schema": anything}}
    names = {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    status, answer = plane.api.post(CRDS, {"metadata": {"name": f"{plural}.{group}"}, "spec": spec})
    assert status in {201, 409}, answer
    end = time.monotonic() + SECONDS
    while plane.api.get(f"/apis/{group}/v1beta2/{plural}")[0] != 200:
        assert time.monotonic() < end, f"{plural} are not served"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def management(plane: ControlPlane, node: str) -> ControlPlane:
    """A control plane that knows Cluster API's kinds, with the shipped files applied but for cluster-api.yaml."""
    assert node
    for plural, (group, kind) in KINDS.items():
        _define(plane, plural, group, kind)
    apply(plane, *manifests("pitcrew"), *manifests("proxy-protocol"))
    return plane


@pytest.fixture
def clusters(management: ControlPlane, namespace: str) -> Iterator[str]:
    """The namespace with the Cluster team-a, its kubeconfig, its machine, and the shipped Role."""
    _make(management, namespace, "clusters", {"metadata": {"name": "team-a"}})
    machine = {"metadata": {"name": "a-1", "labels": {"cluster.x-k8s.io/cluster-name": "team-a"}}}
    _make(management, namespace, "awsmachines", {**machine, "spec": {"providerID": "aws:///us-east-1a/i-0a1"}})
    secret = {"data": {"value": base64.b64encode(json.dumps(management.admin).encode()).decode()}}
    management.api.post(
        f"/api/v1/namespaces/{namespace}/secrets", {"metadata": {"name": "team-a-kubeconfig"}, **secret}
    )
    for manifest in manifests("cluster-api"):
        apply(management, {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}})
    yield namespace
    # Other tests take from our ServiceAccount what this binding gives.
    management.api.delete("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/pitcrew-cluster-api")


def _make(plane: ControlPlane, namespace: str, plural: str, body: dict[str, Any]) -> None:
    group, kind = KINDS[plural]
    path = f"/apis/{group}/v1beta2/namespaces/{namespace}/{plural}"
    status, answer = plane.api.post(path, {"apiVersion": f"{group}/v1beta2", "kind": kind, **body})
    assert status == 201, answer


def _team(management: ControlPlane, namespace: str, name: str = "team-a") -> kube.Cluster:
    """Reach a cluster through its management cluster, as our ServiceAccount there."""
    kubeconfig = management.token_kubeconfig(namespace="pitcrew", service_account="pitcrew")
    through = Registration(management_cluster="prod", namespace=namespace)
    return registered(kubeconfig, **{"team-*": through}).connect(name, owns=ours, seconds=20)


def _answered(cluster: kube.Cluster, path: str) -> dict[str, Any]:
    """Ask until RBAC has learned of the Role that was made just now."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            return cluster.get(path)
        except kube.ForbiddenError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_a_cluster_of_a_pattern_is_reached_with_the_kubeconfig_that_cluster_api_keeps(
    management: ControlPlane, clusters: str
) -> None:
    found = _answered(_team(management, clusters), "/api/v1/nodes")

    assert [node["metadata"]["name"] for node in found["items"]] == ["worker"]


def test_a_kubeconfig_of_system_masters_is_bound_by_our_own_rights(management: ControlPlane, clusters: str) -> None:
    team = _team(management, clusters)
    _answered(team, "/api/v1/nodes")

    with pytest.raises(kube.ForbiddenError, match=f'User "{ACCOUNT}" cannot list resource "secrets"'):
        team.get("/api/v1/secrets")
    assert not team.allowed("delete", "nodes")
    assert reach(management.admin).allowed("delete", "nodes")


def test_a_cluster_that_cluster_api_does_not_know_is_unknown(management: ControlPlane, clusters: str) -> None:
    _answered(_team(management, clusters), "/api/v1/nodes")

    with pytest.raises(kube.UnknownClusterError, match="no Cluster team-b"):
        _team(management, clusters, "team-b").get("/api/v1/nodes")


def test_a_cluster_without_kubeconfig_yet_is_said_to_have_none(management: ControlPlane, clusters: str) -> None:
    _answered(_team(management, clusters), "/api/v1/nodes")
    _make(management, clusters, "clusters", {"metadata": {"name": "team-b"}})

    with pytest.raises(kube.BadKubeconfigError, match="no Secret team-b-kubeconfig"):
        _team(management, clusters, "team-b").get("/api/v1/nodes")


def test_the_shipped_role_opens_only_the_secrets_that_it_names(management: ControlPlane, clusters: str) -> None:
    account = reach(management.token_kubeconfig(namespace="pitcrew", service_account="pitcrew"))
    _answered(account, f"/api/v1/namespaces/{clusters}/secrets/team-a-kubeconfig")

    with pytest.raises(kube.ForbiddenError):
        account.get(f"/api/v1/namespaces/{clusters}/secrets/another")


def test_an_instance_belongs_to_the_cluster_of_its_machine(management: ControlPlane, clusters: str) -> None:
    labels = {"cluster.x-k8s.io/cluster-name": "team-b"}
    machines = "awsmachines"
    _make(
        management, clusters, machines, {"metadata": {"name": "b", "labels": labels}, "spec": {"instanceID": "i-0b1"}}
    )
    _make(management, clusters, machines, {"metadata": {"name": "new", "labels": labels}, "spec": {}})
    account = reach(management.token_kubeconfig(namespace="pitcrew", service_account="pitcrew"))
    _answered(account, f"/apis/{INFRASTRUCTURE}/v1beta2/namespaces/{clusters}/{machines}")

    assert cluster_api.instances(account, namespace=clusters) == {"i-0a1": "team-a", "i-0b1": "team-b"}
