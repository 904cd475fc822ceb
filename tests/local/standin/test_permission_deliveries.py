"""Rules and schedules deliver on the stand-in what they may, and nothing else."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from local.standin.process import Cloud

from .aws import NewFunction, NewRole, Queue, Received, assert_stays, depth, eventually


@pytest.mark.parametrize("allowed", [True, False])
def test_a_schedule_delivers_only_with_its_roles_permission(
    cloud: Cloud, new_role: NewRole, queue: Queue, received: Received, unique: str, *, allowed: bool
) -> None:
    # See https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html (execution role)
    role = new_role({"Action": "sqs:SendMessage", "Resource": queue[1]}) if allowed else new_role()
    schedule(cloud, unique, {"Arn": queue[1], "RoleArn": role, "Input": '{"cluster": "demo"}'})
    cloud.fire(unique)
    if allowed:
        eventually(lambda: depth(cloud, queue)["visible"] == 1)
        assert [message["Body"] for message in received()] == ['{"cluster": "demo"}']
    else:
        assert_stays(cloud, queue, visible=0)


@pytest.mark.parametrize("may_bury", [True, False])
def test_what_a_schedule_may_not_call_is_buried_where_its_role_may_send(
    cloud: Cloud,
    new_role: NewRole,
    new_function: NewFunction,
    queue: Queue,
    unique: str,
    *,
    may_bury: bool,
) -> None:
    # See https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html (permissions)
    role = new_role({"Action": "sqs:SendMessage", "Resource": queue[1]}) if may_bury else new_role()
    function = new_function(new_role())
    schedule(cloud, unique, {"Arn": function, "RoleArn": role, "DeadLetterConfig": {"Arn": queue[1]}})
    cloud.fire(unique)
    if may_bury:
        eventually(lambda: depth(cloud, queue)["visible"] == 1)
    else:
        assert_stays(cloud, queue, visible=0)


def schedule(cloud: Cloud, name: str, target: Mapping[str, Any]) -> None:
    cloud.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression="rate(15 minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )


@pytest.mark.parametrize("source", ["this rule", "another rule", "nobody"])
def test_a_rule_calls_a_function_only_with_the_functions_permission(
    cloud: Cloud,
    new_role: NewRole,
    new_function: NewFunction,
    *,
    queue: Queue,
    received: Received,
    unique: str,
    source: str,
) -> None:
    # See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html (Lambda permissions)
    function, events = new_function(new_role()), cloud.client("events")
    rule = events.put_rule(Name=unique, EventPattern=json.dumps({"source": [unique]}))["RuleArn"]
    if source != "nobody":
        admit(cloud, function, rule if source == "this rule" else f"{rule}-other")
    target = {"Id": "function", "Arn": function, "DeadLetterConfig": {"Arn": queue[1]}}
    events.put_targets(Rule=unique, Targets=[target])
    events.put_events(Entries=[{"Source": unique, "DetailType": "test", "Detail": "{}"}])
    letters = received()
    if source == "this rule":
        assert letters == []
    else:
        (letter,) = letters
        assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"


def admit(cloud: Cloud, function: str, rule: str) -> None:
    cloud.client("lambda").add_permission(
        FunctionName=function,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
