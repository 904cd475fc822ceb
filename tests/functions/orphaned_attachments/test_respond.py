"""Records of the queue: what starts an execution, and what does not.

Over 120 lines because every state means something else in each mode.
"""

from collections.abc import Callable
from typing import Any

import pytest

import kube
from functions.orphaned_attachments.events import UnreadableEventError
from pitcrew.mode import Mode
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import Cloud, marked_node, state_change, verdicts
from tests.functions.orphaned_attachments.fake_aws import refusal
from tests.functions.orphaned_attachments.raw_objects import DEAD

Lines = list[dict[str, Any]]
Metrics = Callable[[], list[dict[str, Any]]]
LoadEvent = Callable[[str], dict[str, Any]]
STARTING = ["stopping", "shutting-down", "stopped", "terminated"]


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.mark.parametrize("state", STARTING)
@pytest.mark.parametrize("mode", [Mode.ENFORCE, Mode.OBSERVE])
def test_an_instance_on_its_way_down_starts_an_execution_named_after_the_event(
    cloud: Cloud, state: str, mode: Mode
) -> None:
    cloud.respond(state_change(state, event_id="7bf73129-1428"), mode=mode)

    assert cloud.aws.started == {f"{DEAD}-7bf73129-1428": {"target": DEAD, "apply": "event", "cluster": "prod"}}


def test_the_state_is_that_of_the_event_and_is_read_again_by_the_execution(cloud: Cloud) -> None:
    cloud.set_state("running")

    cloud.respond(state_change("stopped"))

    assert len(cloud.aws.started) == 1


def test_an_event_that_comes_twice_starts_one_execution(cloud: Cloud) -> None:
    cloud.respond(state_change("stopping"), state_change("stopping"))

    assert len(cloud.aws.of("start_execution")) == 1


def test_one_execution_looks_after_an_instance_from_stopping_to_its_end(cloud: Cloud, log_lines: Lines) -> None:
    cloud.respond(state_change("shutting-down", event_id="e-1"), state_change("terminated", event_id="e-2"))

    assert list(cloud.aws.started) == [f"{DEAD}-e-1"]
    assert log_lines[-1]["message"] == "an execution looks after the instance already"


def test_an_execution_that_has_ended_makes_room_for_the_next(cloud: Cloud) -> None:
    cloud.aws.executions = {f"{DEAD}-e-0": "SUCCEEDED", "plan-1": "RUNNING"}

    cloud.respond(state_change("terminated"))

    assert list(cloud.aws.started) == [f"{DEAD}-e-1"]


def test_in_mode_off_nothing_starts_and_nobody_is_asked(cloud: Cloud) -> None:
    cloud.respond(*map(state_change, STARTING), mode=Mode.OFF)

    assert cloud.aws.calls == []


@pytest.mark.parametrize("mode", Mode)
def test_an_instance_that_runs_again_starts_one_where_our_mark_is_in_every_mode(cloud: Cloud, mode: Mode) -> None:
    cloud.set_node(marked_node())

    cloud.respond(state_change("running"), mode=mode)

    assert list(cloud.aws.started) == [f"{DEAD}-e-1"]


def test_an_instance_that_runs_without_a_mark_of_ours_starts_none(cloud: Cloud, log_lines: Lines) -> None:
    cloud.respond(state_change("running"))

    assert cloud.aws.started == {}
    assert log_lines[-1]["message"] == "instance runs, and no mark of ours is on its Node"


def test_a_silent_cluster_leaves_its_marks_to_the_sweep(cloud: Cloud, metrics: Metrics) -> None:
    cloud.prod.troubles["GET /api/v1/nodes"] = kube.ClusterUnreachableError("no connection")

    cloud.respond(state_change("running"))

    assert cloud.aws.started == {}
    assert [one["cluster"] for one in metrics() if "ClusterUnreachable" in one] == ["prod"]


@pytest.mark.parametrize("state", ["pending", "rebooting"])
def test_other_states_cost_no_call(cloud: Cloud, state: str) -> None:
    cloud.respond(state_change(state))

    assert cloud.aws.calls == []


@pytest.mark.parametrize("sample", ["ec2-spot-interruption.documented", "health-instance-retirement.recorded"])
def test_a_warning_is_logged_and_costs_no_call(
    cloud: Cloud, load_event: LoadEvent, log_lines: Lines, sample: str
) -> None:
    cloud.respond(load_event(sample))

    assert [line["message"] for line in log_lines] == ["a warning about an instance: no act, its state tells later"]
    assert cloud.aws.calls == []


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"Name": "x"}, "it has no mark of a cluster"),
        ({"kubernetes.io/cluster/foreign": "owned"}, "not registered or not allowed: foreign"),
    ],
)
def test_an_instance_of_nobody_or_of_another_cluster_costs_one_call(
    cloud: Cloud, log_lines: Lines, metrics: Metrics, tags: dict[str, str], why: str
) -> None:
    cloud.set_state("terminated", of=tags)

    cloud.respond(state_change("terminated"))

    assert verdicts(log_lines) == ["NotOurs"]
    assert log_lines[-1]["why"] == why
    assert [name for name, _ in cloud.aws.calls] == ["describe_instances"]
    assert len([one for one in metrics() if "UnregisteredCluster" in one]) == ("foreign" in why)


def test_a_cluster_that_is_not_allowed_is_not_ours(log_lines: Lines) -> None:
    cloud = Cloud(allowed=("dev",))

    cloud.respond(state_change("terminated"))

    assert verdicts(log_lines) == ["NotOurs"]
    assert cloud.prod.requests == []


def test_a_long_event_id_makes_a_name_that_step_functions_takes(cloud: Cloud) -> None:
    cloud.respond(state_change("terminated", event_id=f"a b:{'c' * 99}"))

    (name,) = cloud.aws.started
    assert name.startswith(f"{DEAD}-a-b-ccc")
    assert len(name) == 80


@pytest.mark.parametrize("operation", ["describe_instances", "list_executions", "start_execution"])
def test_what_could_not_be_done_comes_again(cloud: Cloud, log_lines: Lines, operation: str) -> None:
    error = refusal("Throttling", operation)
    cloud.aws.troubles[operation] = error

    with pytest.raises(type(error)):
        cloud.respond(state_change("terminated"))

    assert (log_lines[-1]["level"], log_lines[-1]["message_id"]) == ("ERROR", "1")


def test_what_is_no_event_comes_again_and_reaches_the_dead_letters(cloud: Cloud) -> None:
    with pytest.raises(UnreadableEventError):
        cloud.respond({"detail": None})


def test_only_nodes_are_asked_of_a_cluster_for_its_marks(cloud: Cloud) -> None:
    cloud.set_node(raw.node())

    cloud.respond(state_change("running"))

    assert [str(request) for request in cloud.prod.requests] == ["GET /api/v1/nodes"]
