import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.config import Place
from tests.infra.actions import INTERFACES, PROOF
from tests.infra.allowed import FUNCTIONS, REACHING, WITH_CLUSTERS
from tests.infra.registrations import CLUSTERS, PARTITIONS, key_of
from tests.infra.template import ACCOUNT, REGION, Statement, Template, actions_of

WAYS_IN = {"secretsmanager:GetSecretValue", "ssm:GetParameter", "eks:DescribeCluster", "kms:Decrypt"}
HERE = Place(account=ACCOUNT, region=REGION)


def added(template: Template, without: Template, function: str) -> list[Statement]:
    known = without.statements_of_function(function)
    return [s for s in template.statements_of_function(function) if s not in known]


def own_proof(function: str) -> set[str]:
    """Return the read that proves whose a cluster is, where the function may do it in any case."""
    return PROOF & FUNCTIONS[function]


def grant(action: str, resource: str, **condition: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    return {"Action": action, "Effect": "Allow", "Resource": resource} | condition


def through(service: str) -> dict[str, Any]:
    return {"StringLike": {"kms:ViaService": f"{service}.*"}}


@pytest.mark.parametrize("region", PARTITIONS)
@pytest.mark.parametrize("function", REACHING)
def test_a_function_may_read_just_the_credentials_of_its_clusters(
    copies: dict[Place, Template], region: str, function: str
) -> None:
    here = copies[Place(account=ACCOUNT, region=region)]
    home = f"{region}:{ACCOUNT}"
    partition = PARTITIONS[region]

    statements = [s for s in here.statements_of_function(function) if actions_of([s]) <= WAYS_IN]

    mode = next(s for s in statements if "Fn::Join" in s["Resource"])
    assert [s for s in statements if s is not mode] == [
        grant(
            "secretsmanager:GetSecretValue",
            f"arn:{partition}:secretsmanager:{home}:secret:pitcrew/clusters/prod-??????",
        ),
        grant("ssm:GetParameter", f"arn:{partition}:ssm:{home}:parameter/pitcrew/clusters/dev"),
        grant("eks:DescribeCluster", f"arn:{partition}:eks:{home}:cluster/shop"),
        grant("kms:Decrypt", key_of(region), Condition=through(f"secretsmanager.{region}")),
        grant("kms:Decrypt", key_of(region), Condition=through(f"ssm.{region}")),
    ]
    assert here.mode_of(function) in json.dumps(mode["Resource"])


@pytest.mark.parametrize("function", REACHING)
def test_beside_the_credentials_clusters_bring_the_proof_and_the_network_interfaces_alone(
    with_clusters: Template, template: Template, function: str
) -> None:
    new = actions_of(added(with_clusters, template, function)) | own_proof(function)

    assert new == WAYS_IN | PROOF | INTERFACES | WITH_CLUSTERS[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_without_clusters_nothing_is_granted_and_no_function_stands_in_a_vpc(template: Template, function: str) -> None:
    granted = actions_of(template.statements_of_function(function))

    assert not granted & ((WAYS_IN | INTERFACES) - {"ssm:GetParameter"})
    assert "VpcConfig" not in template.functions()[function]


def test_a_cluster_behind_cluster_api_adds_nothing_and_outside_a_vpc_there_are_no_interfaces(
    synthesize: Callable[..., Template], template: Template
) -> None:
    both = {name: CLUSTERS[name] for name in ("prod", "team-*")}

    found = synthesize(HERE, {ACCOUNT: {"clusters": both}})

    for function in REACHING:
        new = actions_of(added(found, template, function)) | own_proof(function)
        assert new == {"secretsmanager:GetSecretValue"} | PROOF | WITH_CLUSTERS[function]
        assert "VpcConfig" not in found.functions()[function]
