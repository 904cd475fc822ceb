"""A management cluster and the clusters that Cluster API keeps in it."""

from typing import Any

import pytest

from kube import cluster_api
from kube.errors import (
    BadKubeconfigError,
    ClusterUnreachableError,
    ForbiddenError,
    KubeError,
    NotFoundError,
    UnknownClusterError,
)
from tests.layers.kubernetes.fake_api_server import Answer, FakeApiServer, page
from tests.layers.kubernetes.kubeconfigs import CERTIFICATE, as_json, encoded, kubeconfig, leaked, shown

SECRET = "/api/v1/namespaces/capi/secrets/shop-kubeconfig"
CLUSTERS = "/apis/cluster.x-k8s.io/{}/namespaces/capi/clusters"
MACHINES = "/apis/infrastructure.cluster.x-k8s.io/{}/namespaces/capi/awsmachines"
GOOD = {"data": {"value": encoded(as_json(kubeconfig(user=CERTIFICATE)))}}


def _server(secret: dict[str, Any] | None = None, version: str = "v1beta2") -> FakeApiServer:
    answers: dict[str, list[Answer]] = {CLUSTERS.format(version): [page("shop", "other")]}
    return FakeApiServer(answers if secret is None else answers | {SECRET: [secret]})


@pytest.mark.parametrize(
    ("version", "asked"), [("v1beta2", ["v1beta2"]), ("v1beta1", ["v1beta2", "v1beta1"])], ids=["new", "old"]
)
def test_the_kubeconfig_is_read_and_acts_as_our_service_account(version: str, asked: list[str]) -> None:
    server = _server(GOOD, version)

    access = cluster_api.access(server.cluster(), namespace="capi", cluster="shop")

    assert access.headers == {"Impersonate-User": "system:serviceaccount:pitcrew:pitcrew"}
    assert access.certificate
    assert [request.path for request in server.asked] == [*map(CLUSTERS.format, asked), SECRET]


def test_a_cluster_that_is_not_there_is_unknown() -> None:
    with pytest.raises(UnknownClusterError, match="no Cluster gone in namespace capi"):
        cluster_api.access(_server(GOOD).cluster(), namespace="capi", cluster="gone")


def test_a_cluster_that_has_no_kubeconfig_yet_says_so() -> None:
    with pytest.raises(BadKubeconfigError, match="no Secret shop-kubeconfig in namespace capi yet"):
        cluster_api.access(_server().cluster(), namespace="capi", cluster="shop")


@pytest.mark.parametrize("data", [{"value": "canary-token"}, {"value": "/////w=="}])
def test_a_secret_that_is_no_text_is_named_and_not_shown(data: object) -> None:
    with pytest.raises(BadKubeconfigError, match=r"Secret shop-kubeconfig: data.value is not the base64") as problem:
        cluster_api.access(_server({"data": data}).cluster(), namespace="capi", cluster="shop")

    assert leaked(shown(problem.value)) == []


@pytest.mark.parametrize("secret", [{}, {"data": None}, {"data": {"other": "x"}}])
def test_a_secret_without_value_is_no_kubeconfig(secret: dict[str, Any]) -> None:
    with pytest.raises(BadKubeconfigError, match="the kubeconfig is not an object"):
        cluster_api.access(_server(secret).cluster(), namespace="capi", cluster="shop")


def test_a_cluster_without_cluster_api_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        cluster_api.names(FakeApiServer().cluster(), namespace="capi")


@pytest.mark.parametrize("trouble", [ForbiddenError("no"), ClusterUnreachableError("gone")])
def test_trouble_with_the_management_cluster_passes_through(trouble: KubeError) -> None:
    with pytest.raises(type(trouble)):
        cluster_api.names(FakeApiServer({CLUSTERS.format("v1beta2"): [trouble]}).cluster(), namespace="capi")


def _machine(name: str, *, owner: str | None = "shop", **spec: str) -> dict[str, Any]:
    labels = {"cluster.x-k8s.io/cluster-name": owner} if owner else None
    return {"metadata": {"uid": name, "labels": labels}, "spec": spec}


@pytest.mark.parametrize("version", ["v1beta2", "v1beta1"])
def test_machines_say_whose_an_instance_is(version: str) -> None:
    machines = [
        _machine("a", instanceID="i-0a", providerID="aws:///eu-west-1a/i-0a"),
        _machine("b", owner="other", providerID="aws:///eu-west-1b/i-0b"),
        _machine("c"),
        _machine("d", owner=None, instanceID="i-0d"),
        {"metadata": {"uid": "e"}},
    ]
    server = FakeApiServer({MACHINES.format(version): [{"metadata": {}, "items": machines}]})

    assert cluster_api.instances(server.cluster(), namespace="capi") == {"i-0a": "shop", "i-0b": "other"}
