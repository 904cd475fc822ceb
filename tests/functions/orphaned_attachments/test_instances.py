"""EC2's instances beyond what moto plays: see test_contract.py for the rest.

Over 120 lines because every state, batch and error has its sentence.
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.instances import Instances, cluster_ids
from tests.functions.orphaned_attachments.fake_aws import FakeAws, refusal
from tests.functions.orphaned_attachments.raw_objects import DEAD

GROUPED = {"aws:autoscaling:groupName": "workers"}


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def _instances(aws: FakeAws) -> Instances:
    client: Any = aws
    return Instances(client, client)


@pytest.mark.parametrize("state", [state for state in State if state not in {State.NOT_FOUND, State.UNKNOWN}])
def test_each_state_of_ec2_is_known(aws: FakeAws, state: State) -> None:
    aws.has_instance(DEAD, state.value)

    assert _instances(aws).read(DEAD).state is state
    assert [one.state for one in _instances(aws).down([DEAD])] == ([] if state.is_alive else [state])


def test_what_the_decision_asks_of_an_instance_is_read(aws: FakeAws) -> None:
    launched = datetime(2026, 1, 2, tzinfo=UTC)
    reason = {"Code": "Client.UserInitiatedHibernate", "Message": "x"}
    aws.has_instance(DEAD, "stopped", StateReason=reason, LaunchTime=launched, HibernationOptions={"Configured": True})

    found = _instances(aws).read(DEAD)

    assert (found.launched_at, found.root_device, found.can_hibernate) == (launched, "/dev/xvda", True)
    assert (found.state_reason, found.is_hibernated) == ("Client.UserInitiatedHibernate", True)


def test_what_ec2_leaves_out_is_empty(aws: FakeAws) -> None:
    aws.instances[DEAD] = {"InstanceId": DEAD, "State": {"Name": "terminated"}}

    found = _instances(aws).read(DEAD)

    assert (found.state_reason, found.can_hibernate, found.launched_at) == ("", False, None)
    assert (found.root_device, found.lifecycle, dict(found.tags)) == ("", "", {})


def test_a_stopped_instance_of_a_group_has_its_lifecycle(aws: FakeAws) -> None:
    aws.has_instance(DEAD, "stopped", of=GROUPED)
    aws.lifecycles[DEAD] = "Warmed:Stopped"

    assert _instances(aws).read(DEAD).lifecycle == "Warmed:Stopped"


@pytest.mark.parametrize(("state", "of"), [("terminated", GROUPED), ("running", GROUPED), ("stopped", {})])
def test_auto_scaling_is_asked_only_of_what_a_group_may_have_stopped(
    aws: FakeAws, state: str, of: dict[str, str]
) -> None:
    aws.has_instance(DEAD, state, of=of)

    assert _instances(aws).read(DEAD).lifecycle == ""
    assert aws.of("describe_auto_scaling_instances") == []


def test_a_group_that_has_let_the_instance_go_says_nothing(aws: FakeAws) -> None:
    aws.has_instance(DEAD, "stopped", of=GROUPED)

    assert _instances(aws).read(DEAD).lifecycle == ""


def test_many_instances_are_asked_in_batches_that_aws_takes(aws: FakeAws) -> None:
    ids = [f"i-{number:017x}" for number in range(401)]
    for one in ids:
        aws.has_instance(one, "stopped", of=GROUPED)
        aws.lifecycles[one] = "InService"

    found = _instances(aws).down(reversed(ids))

    assert [one.id for one in found] == ids
    assert {one.lifecycle for one in found} == {"InService"}
    asked = [call["Filters"][0]["Values"] for call in aws.of("describe_instances")]
    assert [len(some) for some in asked] == [200, 200, 1]
    assert max(len(call["InstanceIds"]) for call in aws.of("describe_auto_scaling_instances")) == 50


@pytest.mark.parametrize(
    ("code", "metric"),
    [("UnauthorizedOperation", "AccessDenied"), ("RequestLimitExceeded", "Throttled"), ("InternalError", "")],
)
@pytest.mark.parametrize("operation", ["describe_instances", "describe_auto_scaling_instances"])
def test_an_error_of_aws_passes_and_is_counted_by_its_code(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], operation: str, code: str, metric: str
) -> None:
    aws.has_instance(DEAD, "stopped", of=GROUPED)
    aws.troubles[operation] = refusal(code, operation)

    with pytest.raises(ClientError, match=code):
        _instances(aws).read(DEAD)

    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["action"] for one in counted if metric and metric in one] == ([operation] if metric else [])


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, []),
        ({"Name": "x", "kubernetes.io/clusters": "y"}, []),
        ({"kubernetes.io/cluster/prod": "owned"}, ["prod"]),
        ({"sigs.k8s.io/cluster-api-provider-aws/cluster/capa": "owned"}, ["capa"]),
        ({"eks:cluster-name": "shop"}, ["shop"]),
        ({"aws:eks:cluster-name": "shop"}, ["shop"]),
        ({"eks:eks-cluster-name": "shop"}, ["shop"]),
        ({"kubernetes.io/cluster/shop": "owned", "eks:cluster-name": "shop"}, ["shop"]),
        ({"kubernetes.io/cluster/b": "owned", "kubernetes.io/cluster/a": "shared"}, ["a", "b"]),
    ],
)
def test_an_instance_bears_the_marks_of_clusters(tags: dict[str, str], expected: list[str]) -> None:
    assert cluster_ids(tags) == expected
