"""Which calls the rule of the proxy-protocol automation hears."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra import ROOT
from tests.infra.event_pattern import matches, recorded, resolved
from tests.infra.template import Template


@pytest.fixture(scope="module")
def pattern(template: Template, role_arns: Mapping[str, str]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resolved(template.the("AWS::Events::Rule", "proxy_protocol")["EventPattern"], role_arns)
    return found


ELB = "elasticloadbalancing"
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
    assert matches(pattern, recorded(ELB, name, role))


@pytest.mark.parametrize("name", ["ModifyTargetGroupAttributes", "RegisterTargets", "DeleteTargetGroup"])
def test_other_calls_are_not_heard(pattern: Mapping[str, Any], name: str) -> None:
    assert not matches(pattern, recorded(ELB, name, NODE_ROLE))


def test_a_call_that_failed_is_not_heard(pattern: Mapping[str, Any]) -> None:
    assert not matches(pattern, recorded(ELB, "CreateTargetGroup", NODE_ROLE, errorCode="AccessDenied"))


def test_a_listener_of_global_accelerator_is_not_heard(pattern: Mapping[str, Any]) -> None:
    assert not matches(
        pattern, recorded(ELB, "CreateListener", NODE_ROLE, eventSource="globalaccelerator.amazonaws.com")
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_of_the_samples_those_are_heard_that_can_matter(pattern: Mapping[str, Any], sample: Path) -> None:
    """AddTags of a classic load balancer is among them: only the function can tell it apart."""
    heard = sample.name.startswith(HEARD) and "failed" not in sample.name

    assert matches(pattern, json.loads(sample.read_text())) is heard
