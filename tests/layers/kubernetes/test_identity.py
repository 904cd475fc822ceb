"""The proof that a cluster is the one that is meant."""

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kube.errors import ClusterUnreachableError, ForbiddenError, WrongClusterError
from kube.exchange import Request
from kube.identity import prove

OURS, THEIRS = "i-0123456789abcdef0", "i-0fedcba9876543210"


def _nodes(*providers: str | None) -> dict[str, Any]:
    return {"items": [{"spec": {"providerID": provider} if provider else {}} for provider in providers]}


class _Owner:
    """Owns OURS, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    def __call__(self, instance_ids: Sequence[str]) -> bool:
        self.asked.append(instance_ids)
        return OURS in instance_ids


def _prove(nodes: dict[str, Any], *, needs_instances: bool = True) -> _Owner:
    owner = _Owner()
    prove(lambda _request, _end: nodes, 1.0, owns=owner, needs_instances=needs_instances)
    return owner


@pytest.mark.parametrize("needs_instances", [True, False])
def test_one_node_of_ours_among_the_first_is_a_proof(*, needs_instances: bool) -> None:
    nodes = _nodes(f"aws:///eu-west-1a/{THEIRS}", None, f"aws:///eu-west-1b/{OURS}")

    assert _prove(nodes, needs_instances=needs_instances).asked == [[THEIRS, OURS]]


@pytest.mark.parametrize("needs_instances", [True, False])
def test_nodes_of_somebody_else_prove_the_contrary(*, needs_instances: bool) -> None:
    with pytest.raises(WrongClusterError, match=f"in this account and region: {THEIRS}"):
        _prove(_nodes(f"aws:///eu-west-1a/{THEIRS}"), needs_instances=needs_instances)


NO_INSTANCES = [
    {"items": []},
    {"items": None},
    {},
    {"items": [{}, {"spec": None}]},
    _nodes("aws:///eu-west-1a/fargate-10.0.0.1", "kind://docker/kind/node", "gce://p/z/i-am-not-ec2", OURS),
]


@pytest.mark.parametrize("nodes", NO_INSTANCES)
def test_without_instances_a_kubeconfig_proves_nothing(nodes: dict[str, Any]) -> None:
    with pytest.raises(WrongClusterError, match="nothing proves whose cluster it is"):
        _prove(nodes)


@pytest.mark.parametrize("nodes", NO_INSTANCES)
def test_without_instances_the_word_of_eks_and_cluster_api_is_enough(nodes: dict[str, Any]) -> None:
    assert _prove(nodes, needs_instances=False).asked == []


def test_five_nodes_are_asked_for_until_the_callers_end() -> None:
    asked: list[tuple[Request, float]] = []

    def exchange(request: Request, end: float) -> dict[str, Any]:
        asked.append((request, end))
        return {}

    prove(exchange, 7.0, owns=_Owner(), needs_instances=False)

    assert asked == [(Request(method="GET", path="/api/v1/nodes", query={"limit": "5"}), 7.0)]


def test_nodes_that_may_not_be_read_are_no_proof() -> None:
    def exchange(_request: Request, _end: float) -> dict[str, Any]:
        raise ForbiddenError("nodes is forbidden")

    with pytest.raises(ForbiddenError):
        prove(exchange, 1.0, owns=_Owner(), needs_instances=False)


@pytest.mark.parametrize("needs_instances", [True, False])
def test_an_account_that_does_not_answer_is_no_proof(*, needs_instances: bool) -> None:
    def owns(_instance_ids: Sequence[str]) -> bool:
        raise ClientError({"Error": {"Code": "RequestLimitExceeded", "Message": ""}}, "DescribeInstances")

    with pytest.raises(ClusterUnreachableError, match="asked EC2 for the instances of its Nodes: RequestLimitExceeded"):
        prove(lambda _request, _end: _nodes(f"/{OURS}"), 1.0, owns=owns, needs_instances=needs_instances)
