"""The state machine as an operator starts it: without a plan's id nothing changes, and mistakes are explained."""

import json
from typing import Any

import pytest

from local.stage import Stage
from local.stories.proxy_protocol import MACHINE
from tests.local.groups import Groups
from tests.local.trail import Trail

pytestmark = pytest.mark.usefixtures("enforcing")

SERVICE = "console/web"
ELSEWHERE = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/k8s-a/b"
HERE = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/"
NO_TEXT = "and must be a text that is not empty"

MISTAKES: list[tuple[object, str, str]] = [
    ([], "BadInputError", "the input is [], and must be an object"),
    ({"dryRun": False}, "BadInputError", "the key 'dryRun' is unknown; the nearest is 'apply'"),
    ({"target": ""}, "BadInputError", f"'target' is \"\", {NO_TEXT}"),
    ({"target": ELSEWHERE}, "BadInputError", f"no target group here: their ARNs begin '{HERE}'"),
    ({"apply": ""}, "BadInputError", f"'apply' is \"\", {NO_TEXT}"),
    ({"apply": None}, "BadInputError", f"'apply' is null, {NO_TEXT}"),
    ({"apply": "unknown"}, "PlanNotFoundError", "no plan has the id 'unknown'"),
    ({"apply": "x", "target": "y"}, "BadInputError", "'target' and 'apply' do not go together"),
]
"""Inputs, the error in which they end, and what its cause says."""


@pytest.fixture(scope="module")
def waiting(groups: Groups) -> str:
    """A group that asks and that nothing has looked at, so that each plan has something to do."""
    return groups.new_unseen(service=SERVICE)


@pytest.mark.parametrize("given", [{}, {"Comment": "Insert your JSON here"}], ids=json.dumps)
def test_without_an_input_everything_is_planned(
    stage: Stage, groups: Groups, trail: Trail, waiting: str, given: dict[str, str]
) -> None:
    before = groups.states()

    plan = _planned(stage, given)

    assert waiting in {row["subject"] for row in plan["table"] if row["verdict"] == "Enable"}
    assert f'{{"apply": "{plan["planId"]}"}}' in plan["nextStep"]
    assert groups.states() == before
    assert trail.events() == []


@pytest.mark.parametrize("form", ["group", "service", "cluster", "vpc", "namespace/nothing", "vpc-nothing", "nothing"])
def test_a_target_is_planned_alone(stage: Stage, groups: Groups, trail: Trail, waiting: str, form: str) -> None:
    elbv2 = stage.cloud.client("elbv2")
    (described,) = elbv2.describe_target_groups(TargetGroupArns=[waiting])["TargetGroups"]
    targets = {"group": waiting, "service": SERVICE, "cluster": "demo", "vpc": described["VpcId"]}
    before = groups.states()

    plan = _planned(stage, {"target": targets.get(form, form)})

    subjects = {row["subject"] for row in plan["table"]}
    expected = {"group": {waiting}, "service": {waiting}, "cluster": subjects | {waiting}, "vpc": subjects | {waiting}}
    assert subjects == expected.get(form, set())
    assert groups.states() == before
    assert trail.events() == []


@pytest.mark.parametrize(("given", "error", "cause"), MISTAKES, ids=[json.dumps(given) for given, _, _ in MISTAKES])
@pytest.mark.usefixtures("waiting")
def test_a_mistake_is_explained_and_changes_nothing(
    stage: Stage,
    groups: Groups,
    trail: Trail,
    *,
    given: object,
    error: str,
    cause: str,
) -> None:
    before = groups.states()

    execution = stage.execute(MACHINE, given)

    assert (execution["status"], execution["error"]) == ("FAILED", error)
    assert cause in execution["cause"]
    assert groups.states() == before
    assert trail.events() == []


def _planned(stage: Stage, given: object) -> dict[str, Any]:
    execution = stage.execute(MACHINE, given)
    assert execution["status"] == "SUCCEEDED", execution.get("cause")
    plan: dict[str, Any] = json.loads(execution["output"])
    return plan
