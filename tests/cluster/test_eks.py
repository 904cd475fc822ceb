"""An EKS cluster: the product's own token, against a real API server that asks an authenticator who it is."""

import base64
import os
from collections.abc import Iterator
from typing import Any

import pytest

import kube
from kube.aws import Aws
from kube.registration import Registration
from kube.registry import Clusters
from local.controlplane.plane import ControlPlane
from tests.cluster.shipped import apply, manifests
from tests.cluster.token_reviews import authenticator


@pytest.fixture(scope="module")
def eks() -> Iterator[ControlPlane]:
    """A control plane that knows our access key, and the role that is shipped for its group."""
    key = os.environ["AWS_ACCESS_KEY_ID"]
    with (
        authenticator({key: "arn:aws:sts::123456789012:assumed-role/pitcrew/x"}) as url,
        ControlPlane(controller_manager=False, authentication_webhook=url) as plane,
    ):
        apply(plane, *manifests("pitcrew"), *manifests("proxy-protocol"))
        yield plane


def _clusters(plane: ControlPlane) -> Clusters:
    class Client:
        def describe_cluster(self, *, name: str) -> dict[str, Any]:
            ca = base64.b64encode(plane.ca.encode()).decode()
            assert name == "shop-prod"
            return {"cluster": {"endpoint": plane.url, "certificateAuthority": {"data": ca}}}

    return Clusters({"shop": Registration(eks="shop-prod")}, aws=Aws(lambda _: Client()))


def test_our_token_is_taken_and_bound_by_the_shipped_role(eks: ControlPlane) -> None:
    cluster = _clusters(eks).connect("shop", owns=lambda _: True, seconds=20)

    assert list(cluster.list("/api/v1/nodes")) == []
    with pytest.raises(kube.ForbiddenError, match='assumed-role/pitcrew/x" cannot list resource "secrets"'):
        cluster.get("/api/v1/secrets")


def test_a_cluster_of_another_account_is_not_ours(eks: ControlPlane) -> None:
    node = {"metadata": {"name": "theirs"}, "spec": {"providerID": "aws:///us-east-1a/i-0fedcba9876543210"}}
    eks.api.post("/api/v1/nodes", node)

    with pytest.raises(kube.WrongClusterError, match="i-0fedcba9876543210"):
        _clusters(eks).connect("shop", owns=lambda _: False, seconds=20).get("/api/v1/nodes")


def test_a_key_that_the_cluster_does_not_know_is_unauthorized(plane: ControlPlane) -> None:
    with pytest.raises(kube.UnauthorizedError) as error:
        _clusters(plane).connect("shop", owns=lambda _: True, seconds=20).get("/api/v1/nodes")

    assert "k8s-aws-v1" not in str(error.value)
