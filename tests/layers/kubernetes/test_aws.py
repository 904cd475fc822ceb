"""What AWS keeps for a cluster, and what its refusals become."""

import base64
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, NoRegionError
from botocore.stub import Stubber
from moto import mock_aws

from kube.aws import Aws
from kube.errors import ClusterUnreachableError
from tests.layers.kubernetes.kubeconfigs import FORGER, leaked, shown

SERVICES = {"secret": "secretsmanager", "parameter": "ssm", "eks": "eks"}
ASKED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "secret": ("Secrets Manager for secret shop", "get_secret_value", {"SecretId": "shop"}),
    "parameter": ("SSM for parameter shop", "get_parameter", {"Name": "shop", "WithDecryption": True}),
    "eks": ("EKS for cluster shop", "describe_cluster", {"name": "shop"}),
}
BYTES = b"canary-token"
CA = {"data": base64.b64encode(FORGER.certificate.encode()).decode()}
ENDPOINT = "https://ABC.gr7.us-east-1.eks.amazonaws.com"


def _ask(way: str, *, answer: dict[str, Any] | None = None, error: str = "") -> Any:  # noqa: ANN401 (text or Access)
    """Ask in one of the three ways; AWS answers, or refuses with a code."""
    client = boto3.client(SERVICES[way])  # type: ignore[call-overload]  # a row of the table
    _, operation, arguments = ASKED[way]
    with Stubber(client) as stub:
        if error:
            stub.add_client_error(operation, error, "canary-token", expected_params=arguments)
        else:
            stub.add_response(operation, answer or {}, arguments)
        return getattr(Aws(lambda _service: client), way)("shop")


def test_a_secret_and_a_parameter_are_read_as_text() -> None:
    assert _ask("secret", answer={"SecretString": "the kubeconfig"}) == "the kubeconfig"
    assert _ask("parameter", answer={"Parameter": {"Value": "the kubeconfig"}}) == "the kubeconfig"


def test_a_secret_of_bytes_is_refused() -> None:
    with pytest.raises(ClusterUnreachableError, match="secret shop holds bytes and no text") as problem:
        _ask("secret", answer={"SecretBinary": BYTES})

    assert leaked(shown(problem.value)) == []


def test_an_eks_cluster_says_where_it_is() -> None:
    access = _ask("eks", answer={"cluster": {"endpoint": ENDPOINT, "certificateAuthority": CA}})

    assert (access.server, access.ca, access.seconds) == (ENDPOINT, FORGER.certificate, 780)
    assert access.token.startswith("k8s-aws-v1.")
    assert access.token not in repr(access)


@pytest.mark.parametrize("found", [{}, {"endpoint": ENDPOINT}, {"endpoint": ENDPOINT, "certificateAuthority": {}}])
def test_an_eks_cluster_in_the_making_says_so(found: dict[str, Any]) -> None:
    with pytest.raises(ClusterUnreachableError, match="shop has no endpoint yet: it is CREATING"):
        _ask("eks", answer={"cluster": {"status": "CREATING", **found}})


@pytest.mark.parametrize("way", SERVICES)
@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "ThrottlingException"])
def test_a_refusal_names_what_was_asked_and_its_code(way: str, code: str) -> None:
    with pytest.raises(ClusterUnreachableError, match=f"^asked {ASKED[way][0]}: {code}$") as problem:
        _ask(way, error=code)

    assert "canary-token" not in str(problem.value)


@pytest.mark.parametrize("way", SERVICES)
@pytest.mark.parametrize("error", [NoRegionError(), EndpointConnectionError(endpoint_url="https://canary-token")])
def test_an_aws_that_cannot_be_reached_names_what_was_asked(way: str, error: Exception) -> None:
    def no_client(_service: str) -> None:
        raise error

    with pytest.raises(ClusterUnreachableError, match=f"^asked {ASKED[way][0]}: {type(error).__name__}$"):
        getattr(Aws(no_client), way)("shop")


@mock_aws
def test_without_further_ado_it_is_the_real_client() -> None:
    boto3.client("ssm").put_parameter(Name="shop", Value="the kubeconfig", Type="SecureString")

    assert Aws().parameter("shop") == "the kubeconfig"
    with pytest.raises(ClusterUnreachableError, match="ResourceNotFoundException"):
        Aws().secret("shop")
