"""The poller of a queue and a state machine need their roles' permissions on the stand-in."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from local.standin.process import Cloud

from .aws import Client, NewFunction, NewRole, Queue, assert_stays, depth, eventually


def test_a_queue_is_polled_only_with_the_functions_permission(
    cloud: Cloud, new_role: NewRole, new_function: NewFunction, queue: Queue
) -> None:
    # See https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html (permissions of the execution role)
    role = new_role()
    function = new_function(role)
    cloud.client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=queue[1])
    cloud.client("sqs").send_message(QueueUrl=queue[0], MessageBody="hello")
    assert_stays(cloud, queue, visible=1)
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    allow(cloud, role, {"Action": actions, "Resource": queue[1]})
    eventually(lambda: depth(cloud, queue) == {"visible": 0, "hidden": 0})


@pytest.mark.parametrize("missing", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])
def test_each_of_the_pollers_permissions_is_needed(
    cloud: Cloud, new_role: NewRole, new_function: NewFunction, queue: Queue, missing: str
) -> None:
    # Source: the same page
    actions = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"} - {missing}
    function = new_function(new_role({"Action": sorted(actions), "Resource": queue[1]}))
    mapping = cloud.client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=queue[1])
    cloud.client("sqs").send_message(QueueUrl=queue[0], MessageBody="hello")
    assert_stays(cloud, queue, visible=1)
    told = cloud.client("lambda").get_event_source_mapping(UUID=mapping["UUID"])["LastProcessingResult"]
    assert missing in told


@pytest.mark.parametrize("allowed", [True, False])
def test_a_state_machine_calls_a_function_only_with_its_roles_permission(
    cloud: Cloud, new_role: NewRole, new_function: NewFunction, unique: str, *, allowed: bool
) -> None:
    # See https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html (Lambda.AWSLambdaException)
    function = new_function(new_role())
    role = new_role({"Action": "lambda:InvokeFunction", "Resource": function}) if allowed else new_role()
    arguments = {"FunctionName": function, "Payload": {"greeting": "hello"}}
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, "End": True}
    definition = json.dumps({"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": task}})
    machines = cloud.client("stepfunctions")
    machine = machines.create_state_machine(name=unique, roleArn=role, definition=definition)["stateMachineArn"]
    execution = machines.start_execution(stateMachineArn=machine)["executionArn"]
    ended = eventually(lambda: ended_execution(machines, execution))
    assert ended["status"] == ("SUCCEEDED" if allowed else "FAILED")
    if not allowed:
        assert ended["error"] == "Lambda.AWSLambdaException"
        assert f"lambda:InvokeFunction on resource: {function} " in ended["cause"]


def ended_execution(machines: Client, execution: str) -> dict[str, Any]:
    described: dict[str, Any] = machines.describe_execution(executionArn=execution)
    return described if described["status"] != "RUNNING" else {}


def allow(cloud: Cloud, role_arn: str, statement: Mapping[str, Any]) -> None:
    document = json.dumps({"Statement": [{"Effect": "Allow", **statement}]})
    role = role_arn.rpartition("/")[2]
    cloud.client("iam").put_role_policy(RoleName=role, PolicyName="allowed", PolicyDocument=document)
