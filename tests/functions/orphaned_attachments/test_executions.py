"""Executions of the machine: who is looked after already, and a start that is a duplicate."""

import pytest
from botocore.exceptions import ClientError

from tests.functions.orphaned_attachments.cloud import Cloud
from tests.functions.orphaned_attachments.fake_aws import refusal
from tests.functions.orphaned_attachments.raw_objects import DEAD, OTHER


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def test_instances_are_known_by_the_names_of_what_runs(cloud: Cloud) -> None:
    names = [f"{DEAD}-7bf73129-1428-4cd3", f"{OTHER}-sweep-20260102T0304", "plan-1", "x"]
    cloud.aws.executions = dict.fromkeys(names, "RUNNING") | {"i-1a2b3c4d-e": "SUCCEEDED"}

    assert cloud.executions.running() >= {DEAD, OTHER}
    assert "i-1a2b3c4d" not in cloud.executions.running()


def test_only_executions_of_our_machine_are_asked_for(cloud: Cloud) -> None:
    cloud.executions.running()

    (asked,) = cloud.aws.of("list_executions")
    assert asked["stateMachineArn"].endswith(":stateMachine:Pitcrew-release-volumes")
    assert asked["statusFilter"] == "RUNNING"


def test_a_name_that_an_ended_execution_has_is_a_duplicate(cloud: Cloud) -> None:
    cloud.aws.troubles["start_execution"] = refusal("ExecutionAlreadyExists", "StartExecution")

    cloud.executions.start(f"{DEAD}-e-1", {"target": DEAD})

    assert len(cloud.aws.of("start_execution")) == 1


@pytest.mark.parametrize("code", ["AccessDeniedException", "StateMachineDoesNotExist", "ThrottlingException"])
def test_any_other_refusal_is_an_error(cloud: Cloud, code: str) -> None:
    cloud.aws.troubles["start_execution"] = refusal(code, "StartExecution")

    with pytest.raises(ClientError, match=code):
        cloud.executions.start(f"{DEAD}-e-1", {"target": DEAD})
