"""From a registration to an answer: each way in, and the proof that it leads to the cluster that is meant.

Over 120 lines because each way in is walked from its registration to an answer.
"""

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest

import kube
from kube.access import Access
from kube.aws import Aws
from kube.registration import Registration
from kube.registry import Clusters
from tests.cluster.acts import answer, page
from tests.cluster.faulty import AUTHORITY, PAIR, TOKEN
from tests.cluster.scripted_server import ScriptedServer

OURS = "i-0123456789abcdef0"
NO_NODES = answer(200, {"items": []})
OUR_NODES = answer(200, {"items": [{"spec": {"providerID": f"aws:///eu-west-1a/{OURS}"}}]})
THEIR_NODES = answer(200, {"items": [{"spec": {"providerID": "aws:///eu-west-1a/i-0a"}}]})
FINE = answer(200, {"kind": "Pod"})
POD = "/api/v1/namespaces/shop/pods/web-0"

REGISTRATIONS = {
    "secret": Registration(kubeconfig_secret="secret"),
    "parameter": Registration(kubeconfig_parameter="parameter"),
    "eks": Registration(eks="eks"),
    "shop-*": Registration(management_cluster="secret", namespace="capi"),
}


def _kubeconfig(server: ScriptedServer) -> str:
    encoded = base64.b64encode(AUTHORITY.certificate.encode()).decode()
    cluster = {"server": server.url, "certificate-authority-data": encoded}
    context = {"cluster": "it", "user": "it"}
    return json.dumps(
        {
            "clusters": [{"name": "it", "cluster": cluster}],
            "users": [{"name": "it", "user": {"token": TOKEN}}],
            "contexts": [{"name": "it", "context": context}],
            "current-context": "it",
        }
    )


class _Aws(Aws):
    """Knows one cluster, in every way."""

    def __init__(self, server: ScriptedServer) -> None:
        super().__init__()
        self._server = server

    def secret(self, name: str) -> str:
        assert name == "secret"
        return _kubeconfig(self._server)

    def parameter(self, name: str) -> str:
        assert name == "parameter"
        return _kubeconfig(self._server)

    def eks(self, cluster: str) -> Access:
        assert cluster == "eks"
        return Access(server=self._server.url, ca=AUTHORITY.certificate, token=TOKEN, seconds=780)


def _owns(instance_ids: Sequence[str]) -> bool:
    return OURS in instance_ids


def _get(server: ScriptedServer, name: str) -> dict[str, Any]:
    return Clusters(REGISTRATIONS, aws=_Aws(server)).connect(name, owns=_owns, seconds=5).get(POD)


@pytest.mark.parametrize("name", ["secret", "parameter", "eks"])
def test_a_cluster_with_a_node_of_ours_is_the_one(name: str) -> None:
    with ScriptedServer(PAIR, [OUR_NODES, FINE]) as server:
        assert _get(server, name) == {"kind": "Pod"}

    assert [one.target for one in server.seen] == ["/api/v1/nodes?limit=5", POD]


@pytest.mark.parametrize("name", ["secret", "parameter", "eks"])
def test_a_cluster_whose_nodes_are_somebody_elses_gets_no_request(name: str) -> None:
    with ScriptedServer(PAIR, [THEIR_NODES, FINE]) as server, pytest.raises(kube.WrongClusterError):
        _get(server, name)

    assert [one.target for one in server.seen] == ["/api/v1/nodes?limit=5"]


@pytest.mark.parametrize("name", ["secret", "parameter"])
def test_a_kubeconfig_without_nodes_proves_nothing(name: str) -> None:
    with (
        ScriptedServer(PAIR, [NO_NODES, FINE]) as server,
        pytest.raises(kube.WrongClusterError, match="nothing proves"),
    ):
        _get(server, name)


def test_an_eks_cluster_without_nodes_is_taken_at_its_word() -> None:
    with ScriptedServer(PAIR, [NO_NODES, FINE]) as server:
        assert _get(server, "eks") == {"kind": "Pod"}


def test_a_cluster_that_was_wrong_is_looked_at_again() -> None:
    with ScriptedServer(PAIR, [THEIR_NODES, OUR_NODES, FINE]) as server:
        clusters = Clusters(REGISTRATIONS, aws=_Aws(server))
        with pytest.raises(kube.WrongClusterError):
            clusters.connect("eks", owns=_owns, seconds=5).get(POD)

        assert clusters.connect("eks", owns=_owns, seconds=5).get(POD) == {"kind": "Pod"}


def test_a_connection_lasts_from_one_call_to_the_next() -> None:
    with ScriptedServer(PAIR, [OUR_NODES, FINE]) as server:
        clusters = Clusters(REGISTRATIONS, aws=_Aws(server))
        for _ in range(3):
            clusters.connect("secret", owns=_owns, seconds=5).get(POD)

        assert (server.connections, len(server.seen)) == (1, 4)


def test_a_cluster_of_cluster_api_is_reached_through_its_management_cluster() -> None:
    with ScriptedServer(PAIR, [NO_NODES, FINE]) as shop:
        secret = {"data": {"value": base64.b64encode(_kubeconfig(shop).encode()).decode()}}
        with ScriptedServer(PAIR, [OUR_NODES, page("shop-eu"), answer(200, secret)]) as management:
            assert _get(management, "shop-eu") == {"kind": "Pod"}

    asked = [one.target.partition("?")[0].rpartition("/")[2] for one in management.seen]
    assert asked == ["nodes", "clusters", "shop-eu-kubeconfig"]
    assert {one.headers.get("Impersonate-User") for one in management.seen} == {None}
    assert {one.headers.get("Impersonate-User") for one in shop.seen} == {"system:serviceaccount:pitcrew:pitcrew"}


def test_a_name_that_only_the_pattern_covers_is_unknown_to_the_management_cluster() -> None:
    with ScriptedServer(PAIR, [OUR_NODES, page("shop-eu")]) as management, pytest.raises(kube.UnknownClusterError):
        _get(management, "shop-gone")


def test_a_pattern_stands_for_the_clusters_of_the_management_cluster_that_it_matches() -> None:
    with ScriptedServer(PAIR, [OUR_NODES, page("shop-us", "shop-eu", "other")]) as management:
        clusters = Clusters(REGISTRATIONS, aws=_Aws(management))

        assert clusters.members("shop-*", owns=_owns, seconds=5) == ["shop-eu", "shop-us"]
