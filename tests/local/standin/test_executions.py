"""Executions on the stand-in: their names, and the list of those that run."""

import json
import time

import pytest

from .aws import AsRole, Client, NewFunction, NewRole, Statement, eventually, refusal
from .machines import NewMachine, call, end_of, start


@pytest.fixture
def waiting(machine: NewMachine) -> str:
    """A machine that waits as many seconds as its input says; the stand-in's clock runs ten times as fast."""
    wait = {"Type": "Wait", "Seconds": "{% $states.input.seconds %}", "End": True}
    return machine({"Wait": wait})


def test_a_running_execution_is_started_once_and_an_ended_one_never_again(machines: Client, waiting: str) -> None:
    # Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    first = start(machines, waiting, {"seconds": 10}, name="i-1-sweep")
    assert start(machines, waiting, {"seconds": 10}, name="i-1-sweep") == first
    other = json.dumps({"seconds": 20})
    again = {"stateMachineArn": waiting, "name": "i-1-sweep"}
    assert refusal(machines.start_execution, **again, input=other)["Code"] == "ExecutionAlreadyExists"
    end_of(machines, first)
    same = json.dumps({"seconds": 10})
    assert refusal(machines.start_execution, **again, input=same)["Code"] == "ExecutionAlreadyExists"


def test_running_executions_are_listed_in_pages(machines: Client, waiting: str) -> None:
    # Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
    ended = start(machines, waiting, {"seconds": 0}, name="ended")
    end_of(machines, ended)
    running = {start(machines, waiting, {"seconds": 100}, name=f"running-{number}") for number in range(3)}
    pages = machines.get_paginator("list_executions").paginate(
        stateMachineArn=waiting, statusFilter="RUNNING", PaginationConfig={"PageSize": 2}
    )
    listed = [[execution["executionArn"] for execution in page["executions"]] for page in pages]
    assert [len(page) for page in listed] == [2, 1]
    assert {*listed[0], *listed[1]} == running
    assert machines.describe_execution(executionArn=listed[0][0])["status"] == "RUNNING"
    for execution in running:
        machines.stop_execution(executionArn=execution)


def test_a_role_starts_lists_and_reads_executions_of_the_machine_that_is_allowed(
    machines: Client, machine: NewMachine, as_role: AsRole
) -> None:
    # Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
    ours, foreign = (machine({"End": {"Type": "Succeed"}}) for _ in range(2))
    executions = f"{ours.replace(':stateMachine:', ':execution:')}:*"
    may: list[Statement] = [
        {"Action": ["states:StartExecution", "states:ListExecutions"], "Resource": ours},
        {"Action": "states:DescribeExecution", "Resource": executions},
    ]
    pitcrew = as_role(may, "stepfunctions")
    assert end_of(pitcrew, start(pitcrew, ours))["status"] == "SUCCEEDED"
    assert len(pitcrew.list_executions(stateMachineArn=ours)["executions"]) == 1
    refused = [
        refusal(pitcrew.start_execution, stateMachineArn=foreign),
        refusal(pitcrew.list_executions, stateMachineArn=foreign),
        refusal(pitcrew.describe_execution, executionArn=start(machines, foreign)),
    ]
    assert {error["Code"] for error in refused} == {"AccessDeniedException"}


def test_a_stopped_execution_calls_no_more(
    machines: Client, machine: NewMachine, new_role: NewRole, new_function: NewFunction
) -> None:
    # Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
    wait = {"Type": "Wait", "Seconds": 1, "Next": "Look"}
    loop = {"StartAt": "Look", "States": {"Look": call(new_function(new_role()), {}, Next="Wait"), "Wait": wait}}
    each = {"Type": "Map", "Items": [1], "ItemProcessor": loop, "End": True}
    execution = start(machines, machine({"Each": each}))
    eventually(lambda: calls(machines, execution))
    machines.stop_execution(executionArn=execution)
    eventually(lambda: calls(machines, execution) == settled(machines, execution))
    assert machines.describe_execution(executionArn=execution)["status"] == "ABORTED"


def calls(machines: Client, execution: str) -> int:
    events = machines.get_execution_history(executionArn=execution, maxResults=1000)["events"]
    return sum(event["type"] == "TaskScheduled" for event in events)


def settled(machines: Client, execution: str) -> int:
    """Count the calls when a loop would have made some more."""
    time.sleep(1)
    return calls(machines, execution)
