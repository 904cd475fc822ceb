import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from infra import ROOT
from tests.infra.event_pattern import matches, resolved
from tests.infra.template import Template, actions_of, is_mutating, role_of


def recorded(name: str, role: str | None, **detail: str) -> dict[str, Any]:
    """A call as CloudTrail tells it; without a role, made with the static keys of an IAM user."""
    session = {"sessionContext": {"sessionIssuer": {"type": "Role", "arn": role}}} if role else {}
    return {
        "source": "aws.elasticloadbalancing",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventSource": "elasticloadbalancing.amazonaws.com",
            "eventName": name,
            "userIdentity": {"type": "AssumedRole" if role else "IAMUser"} | session,
            **detail,
        },
    }


@pytest.fixture(scope="module")
def arns(template: Template) -> dict[str, str]:
    return {role: f"arn:aws:iam::111122223333:role/{role}" for role in template.of_type("AWS::IAM::Role")}


@pytest.fixture(scope="module")
def pattern(template: Template, arns: Mapping[str, str]) -> Mapping[str, Any]:
    resolved_pattern: Mapping[str, Any] = resolved(template.the("AWS::Events::Rule")["EventPattern"], arns)
    return resolved_pattern


SAMPLES = sorted((ROOT / "tests" / "events").glob("elb*.json"))
HEARD = (
    "elb-classic-add-tags",
    "elbv2-add-tags",
    "elbv2-create-listener",
    "elbv2-create-target-group",
    "elbv2-modify-listener",
)
NODE_ROLE = "arn:aws:iam::111122223333:role/cloud-controller-manager"


@pytest.mark.parametrize("name", ["CreateTargetGroup", "AddTags", "CreateListener", "ModifyListener"])
@pytest.mark.parametrize("role", [NODE_ROLE, None])
def test_calls_of_others_are_heard_with_and_without_a_role(
    pattern: Mapping[str, Any], name: str, role: str | None
) -> None:
    assert matches(pattern, recorded(name, role))


@pytest.mark.parametrize("name", ["ModifyTargetGroupAttributes", "RegisterTargets", "DeleteTargetGroup"])
def test_other_calls_are_not_heard(pattern: Mapping[str, Any], name: str) -> None:
    assert not matches(pattern, recorded(name, NODE_ROLE))


def test_a_call_that_failed_is_not_heard(pattern: Mapping[str, Any]) -> None:
    assert not matches(pattern, recorded("CreateTargetGroup", NODE_ROLE, errorCode="AccessDenied"))


def test_a_listener_of_global_accelerator_is_not_heard(pattern: Mapping[str, Any]) -> None:
    assert not matches(pattern, recorded("CreateListener", NODE_ROLE, eventSource="globalaccelerator.amazonaws.com"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_of_the_samples_those_are_heard_that_can_matter(pattern: Mapping[str, Any], sample: Path) -> None:
    """AddTags of a classic load balancer is among them: only the function can tell it apart."""
    heard = sample.name.startswith(HEARD) and "failed" not in sample.name

    assert matches(pattern, json.loads(sample.read_text())) is heard


def test_no_write_of_ours_comes_back_as_an_event(template: Template, arns: Mapping[str, str]) -> None:
    rules = [resolved(rule["EventPattern"], arns) for rule in template.of_type("AWS::Events::Rule").values()]
    roles = [role_of(function) for function in template.functions().values()]
    ours = {
        (action.partition(":")[2], role)
        for role in roles
        for action in actions_of(template.statements_of(role))
        if is_mutating(action)
    }

    loops = [(name, role) for rule, (name, role) in product(rules, ours) if matches(rule, recorded(name, arns[role]))]

    assert ("AddTags", roles[0]) in ours
    assert matches(rules[0], recorded("AddTags", NODE_ROLE))
    assert not loops
