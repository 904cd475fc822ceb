"""The sweep of one cluster: what it starts, what it proves, and whom it tells.

Over 120 lines because a sweep ends in each mode in another way.
"""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

import kube
from functions.orphaned_attachments.decision.policy import Policy
from pitcrew.deadline import DeadlineExceededError
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import HEALTHY, Cloud, marked_node, verdicts
from tests.functions.orphaned_attachments.fake_aws import refusal
from tests.functions.orphaned_attachments.raw_objects import DEAD, NODE, NOW, OTHER, VOLUME

Lines = list[dict[str, Any]]
Metrics = Callable[[], list[dict[str, Any]]]
STARTED = {f"{DEAD}-sweep-20260102T0304": {"target": DEAD, "apply": "sweep", "cluster": "prod"}}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def test_a_dead_instance_that_holds_something_is_found_and_released(
    cloud: Cloud, log_lines: Lines, metrics: Metrics
) -> None:
    assert cloud.sweep() == {"Releasing": 1}

    assert cloud.aws.started == STARTED
    assert [one["FoundBySweep"] for one in metrics() if "FoundBySweep" in one] == [[1.0]]
    assert log_lines[-1].items() >= {"message": "cluster swept", "cluster": "prod", "started": 1}.items()
    assert cloud.prod.writes == []


def test_where_all_is_well_nothing_starts(cloud: Cloud, metrics: Metrics) -> None:
    cloud.set_node(raw.node(ready="True"))

    assert cloud.sweep() == {}
    assert cloud.aws.started == {}
    assert metrics() == []


def test_an_instance_that_an_execution_looks_after_is_left_to_it(cloud: Cloud, metrics: Metrics) -> None:
    cloud.aws.executions[f"{DEAD}-e-1"] = "RUNNING"

    assert cloud.sweep() == {"Releasing": 1}
    assert cloud.aws.started == {}
    assert [one for one in metrics() if "FoundBySweep" in one] == []


def test_two_sweeps_of_one_minute_start_one_execution(cloud: Cloud) -> None:
    cloud.sweep()
    cloud.aws.executions.clear()

    cloud.sweep()

    assert list(cloud.aws.started) == list(STARTED)


@pytest.mark.parametrize("state", ["stopping", "shutting-down"])
def test_an_instance_that_dies_is_watched(cloud: Cloud, state: str) -> None:
    cloud.set_state(state)

    assert cloud.sweep() == {"Watching": 1}
    assert cloud.aws.started == STARTED


def test_an_instance_that_nobody_knows_any_more_is_looked_at_again(cloud: Cloud) -> None:
    del cloud.aws.instances[DEAD]

    assert cloud.sweep() == {"NotConfirmed": 1}
    assert cloud.aws.started == STARTED


def test_a_live_machine_whose_node_is_only_not_ready_is_let_alone(cloud: Cloud, log_lines: Lines) -> None:
    cloud.set_state("running")

    assert cloud.sweep() == {"Alive": 1}
    assert cloud.aws.started == {}
    assert verdicts(log_lines) == ["Alive"]


def test_a_volume_that_only_ec2_shows_attached_is_found(cloud: Cloud) -> None:
    cloud.forget("volumeattachments", "pods")
    cloud.set_node(raw.node("node-x", OTHER, ready="True"))
    cloud.aws.has_instance(OTHER, "running")
    cloud.aws.has_volume(VOLUME, OTHER)

    assert cloud.sweep() == {"AttachedOutsideKubernetes": 1}
    (asked, *_) = cloud.aws.of("describe_volumes")
    assert asked["Filters"][1] == {
        "Name": "tag-key",
        "Values": ["kubernetes.io/cluster/prod", "ebs.csi.aws.com/cluster"],
    }
    (message,) = cloud.aws.messages
    assert message.startswith(f"{OTHER}: ")


@pytest.mark.parametrize("mode", ["observe", "nonsense"])
def test_in_mode_observe_a_release_is_proven_and_not_started(cloud: Cloud, log_lines: Lines, mode: str) -> None:
    cloud.aws.mode = mode

    assert cloud.sweep() == {"Releasing": 1}
    assert cloud.aws.started == {}
    (proof,) = [line for line in log_lines if line.get("verdict")]
    assert proof.items() >= {"verdict": "Releasing", "mode": "observe", "would": f"taint: {NODE}"}.items()


@pytest.mark.parametrize("mode", ["enforce", "observe", "off"])
def test_our_marks_come_off_in_every_mode(cloud: Cloud, mode: str) -> None:
    cloud.aws.mode = mode
    cloud.set_state("running", LaunchTime=NOW.replace(hour=2))
    cloud.set_node(marked_node(ready="True"))

    assert cloud.sweep() == {"CameBack": 1}
    assert cloud.aws.started == STARTED


def test_in_mode_off_only_what_bears_our_marks_is_looked_at(cloud: Cloud) -> None:
    cloud.aws.mode = "off"
    unmarked = cloud.sweep()
    cloud.set_node(marked_node())

    assert (unmarked, cloud.sweep()) == ({}, {"Releasing": 1})
    assert cloud.aws.started == {}
    assert cloud.aws.messages == []


def _too_many(cloud: Cloud) -> None:
    for name, instance in list(HEALTHY.items())[:3]:
        cloud.aws.has_instance(instance, "terminated")
        cloud.set_node(raw.node(name, instance))
        cloud.prod.has("pods", raw.pod(f"db-{name}", node_name=name))
        cloud.prod.has("volumeattachments", raw.attachment(f"va-{name}", instance, node_name=name))


def test_what_waits_for_a_person_is_one_message_and_not_one_an_instance(cloud: Cloud) -> None:
    _too_many(cloud)

    assert cloud.sweep() == {"TooManyAtOnce": 4}

    (message,) = cloud.aws.messages
    assert all(instance in message for instance in [DEAD, *list(HEALTHY.values())[:3]])
    assert '{"target": "prod"}' in message
    assert [event["reason"] for event in cloud.prod.events] == ["TooManyAtOnce"]


def test_the_same_is_told_once_an_hour(cloud: Cloud) -> None:
    _too_many(cloud)

    cloud.sweep()
    cloud.sweep()

    assert len(cloud.aws.messages) == 1


def test_the_limit_is_the_policys(cloud: Cloud) -> None:
    cloud.policy = Policy(max_nodes=4, min_healthy_percent=10)
    _too_many(cloud)

    assert cloud.sweep() == {"Releasing": 4}
    assert len(cloud.aws.started) == 4


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (kube.ClusterUnreachableError("no connection"), "ClusterUnreachable"),
        (kube.ForbiddenError("a role is missing"), "ClusterUnreachable"),
        (kube.WrongClusterError("another one"), "WrongCluster"),
    ],
)
@pytest.mark.parametrize("where", ["GET /api/v1/nodes", "GET /api/v1/pods"])
def test_a_cluster_that_does_not_answer_is_counted_and_nothing_starts(
    cloud: Cloud, log_lines: Lines, where: str, error: kube.KubeError, verdict: str
) -> None:
    cloud.prod.troubles[where] = error

    assert cloud.sweep() == {verdict: 1}
    assert cloud.aws.started == {}
    assert (log_lines[-1]["level"], log_lines[-1]["verdict"], log_lines[-1]["why"]) == ("WARNING", verdict, str(error))


@pytest.mark.parametrize("operation", ["describe_instances", "describe_volumes", "list_executions", "start_execution"])
def test_an_error_of_aws_brings_the_sweep_again(cloud: Cloud, operation: str) -> None:
    cloud.aws.troubles[operation] = refusal("RequestLimitExceeded", operation)

    with pytest.raises(ClientError):
        cloud.sweep()


def test_a_sweep_without_time_starts_nothing(cloud: Cloud) -> None:
    with pytest.raises(DeadlineExceededError):
        cloud.sweep(seconds=0)

    assert cloud.aws.started == {}
