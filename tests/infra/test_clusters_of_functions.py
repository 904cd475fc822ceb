import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App

from infra.config import Place
from infra.options import ConfigError
from infra.stack import PitcrewStack
from tests.infra.actions import INTERFACES
from tests.infra.allowed import FUNCTIONS, REACHING
from tests.infra.registrations import CLUSTERS, COPY, VPC, VPC_OF_COPY
from tests.infra.template import ACCOUNT, REGION, Template, actions_of

LONGEST = "x" * 200
"""What stands for a topic's ARN or a queue's URL, which only CloudFormation knows."""

HERE = Place(account=ACCOUNT, region=REGION)


@pytest.mark.parametrize("function", REACHING)
def test_a_function_is_placed_in_the_vpc_once_its_role_may_make_interfaces_there(
    with_clusters: Template, function: str
) -> None:
    properties = with_clusters.functions()[function]
    (resource,) = (r for r in with_clusters.body["Resources"].values() if r.get("Properties") is properties)
    (policy,) = (key for key in resource["DependsOn"] if key in with_clusters.of_type("AWS::IAM::Policy"))

    assert properties["VpcConfig"] == {
        "SubnetIds": VPC["subnet_ids"],
        "SecurityGroupIds": VPC["security_group_ids"],
    }
    document = with_clusters.of_type("AWS::IAM::Policy")[policy]["PolicyDocument"]
    assert actions_of(document["Statement"]) >= INTERFACES


def test_a_copy_has_its_own_clusters_in_its_own_vpc(copies: dict[Place, Template]) -> None:
    here, there = copies[HERE], copies[Place(account=ACCOUNT, region=REGION, copy=COPY)]

    for name in REACHING:
        function = there.functions()[name]
        assert function["VpcConfig"]["SubnetIds"] == VPC_OF_COPY["subnet_ids"]
        assert json.loads(function["Environment"]["Variables"]["CLUSTERS"]).keys() == {"payments"}
        granted = there.statements_of_function(name)
        (secret,) = (s for s in granted if actions_of([s]) & {"secretsmanager:GetSecretValue"})
        assert "clusters/payments-" in secret["Resource"]
    assert {here.functions()[name]["VpcConfig"]["SubnetIds"][0] for name in REACHING} == {VPC["subnet_ids"][0]}


@pytest.mark.parametrize("function", REACHING)
def test_a_functions_clusters_are_those_of_cdk_json(with_clusters: Template, function: str) -> None:
    variables = with_clusters.functions()[function]["Environment"]["Variables"]

    assert json.loads(variables["CLUSTERS"]) == CLUSTERS


def many(number: int) -> dict[str, Any]:
    return {ACCOUNT: {"clusters": {f"team-{n:03}": {"eks": f"team-{n:03}"} for n in range(number)}}}


def room_for_many(template: Template, function: str) -> int:
    """How many of `many` fit: as Lambda measures, the variables are one JSON object, in which CLUSTERS is text."""
    variables = template.functions()[function]["Environment"]["Variables"]
    known = variables | {"MODE_PARAMETER": f"/Pitcrew/{function.partition('.')[0]}/mode"}
    made_by_cloudformation = {name: LONGEST for name, value in known.items() if not isinstance(value, str)}
    without = json.dumps(known | made_by_cloudformation, separators=(",", ":"))
    one = json.dumps(',"team-000":{"eks":"team-000"}').strip('"')
    return (4096 + len(",") - len(without)) // len(one)


def test_as_many_clusters_as_lambda_has_room_for_are_taken_and_not_one_more(
    new_app: Callable[..., App], template: Template
) -> None:
    most = min(room_for_many(template, function) for function in FUNCTIONS)

    PitcrewStack(new_app(many(most)), HERE)
    with pytest.raises(ConfigError) as refused:
        PitcrewStack(new_app(many(most + 1)), HERE)

    message = str(refused.value)
    assert most > 70
    assert re.match(r"cdk\.json: pitcrew: the bytes of environment that clusters and \w+ make: 4[01]\d\d was", message)
    assert "allowed: 4096, which is Lambda's limit; clusters take " in message
    assert 'such as "team-*"' in message
