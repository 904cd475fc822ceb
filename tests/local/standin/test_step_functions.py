"""State machines that loop, wait, map and fail on the stand-in as on AWS: https://states-language.net/spec.html."""

import json
import time
from typing import Any

from local.standin.process import Cloud

from .aws import Client, NewFunction, NewRole
from .machines import NewMachine, States, call, end_of, start

COUNTER = "def handle(event, context):\n    return {'seen': event['seen'] + 1, 'done': event['seen'] >= 2}\n"
SLOW = "import time\ndef handle(event, context):\n    time.sleep(1.5)\n    return event\n"
BROKEN = "def handle(event, context):\n    raise ValueError('no')\n"


def looping(function: str) -> dict[str, Any]:
    """Look, then wait as long as was said, until the function says that it is done."""
    done = {"Condition": "{% $done %}", "Next": "End", "Output": {"looks": "{% $seen %}"}}
    keep = {"seen": "{% $states.result.Payload.seen %}", "done": "{% $states.result.Payload.done %}"}
    return {
        "Begin": {"Type": "Pass", "Assign": {"seen": 0, "pause": 1}, "Next": "Look"},
        "Look": call(function, {"seen": "{% $seen %}"}, Assign=keep, Next="Again"),
        "Again": {"Type": "Choice", "Choices": [done], "Default": "Wait"},
        "Wait": {"Type": "Wait", "Seconds": "{% $pause %}", "Assign": {"pause": "{% $pause + 1 %}"}, "Next": "Look"},
        "End": {"Type": "Succeed", "Output": {"of": "{% $states.input.looks %}", "pause": "{% $pause %}"}},
    }


def test_a_loop_carries_its_variables(
    machines: Client, machine: NewMachine, new_role: NewRole, new_function: NewFunction
) -> None:
    function = new_function(new_role(), COUNTER)
    ended = end_of(machines, start(machines, machine(looping(function))))
    assert json.loads(ended["output"]) == {"of": 3, "pause": 3}


def test_each_item_of_a_map_runs_a_loop_of_its_own(
    machines: Client, machine: NewMachine, new_role: NewRole, new_function: NewFunction
) -> None:
    function = new_function(new_role(), COUNTER)
    states: States = {
        "Outside": {"Type": "Pass", "Assign": {"suffix": "!"}, "Next": "Each"},
        "Each": {
            "Type": "Map",
            "Items": "{% $states.input.names %}",
            "ItemSelector": {"name": "{% $states.context.Map.Item.Value & $suffix %}"},
            "MaxConcurrency": 5,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "Remember",
                "States": {
                    "Remember": {"Type": "Pass", "Assign": {"name": "{% $states.input.name %}"}, "Next": "Begin"},
                    **looping(function),
                    "End": {"Type": "Succeed", "Output": "{% $name & $string($seen) %}"},
                },
            },
            "Next": "All",
        },
        "All": {"Type": "Succeed", "Output": "{% $states.input %}"},
    }
    ended = end_of(machines, start(machines, machine(states), {"names": ["a", "b", "c"]}))
    assert json.loads(ended["output"]) == ["a!3", "b!3", "c!3"]


def test_a_caught_error_can_be_kept_and_told(
    machines: Client, machine: NewMachine, new_role: NewRole, new_function: NewFunction
) -> None:
    catch = {
        "ErrorEquals": ["States.ALL"],
        "Assign": {"kind": "{% $states.errorOutput.Error %}"},
        "Output": {"cause": "{% $parse($states.errorOutput.Cause).errorMessage %}"},
        "Next": "End",
    }
    states: States = {
        "Try": call(new_function(new_role(), BROKEN), {}, Catch=[catch], End=True),
        "End": {"Type": "Fail", "Error": "{% 'Was' & $kind %}", "Cause": "{% $states.input.cause %}"},
    }
    ended = end_of(machines, start(machines, machine(states)))
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "WasValueError", "no")


def test_executions_and_items_run_side_by_side(
    machines: Client, machine: NewMachine, new_role: NewRole, new_function: NewFunction
) -> None:
    sleep = {"StartAt": "Sleep", "States": {"Sleep": call(new_function(new_role(), SLOW), {}, End=True)}}
    states: States = {
        "Each": {"Type": "Map", "Items": [1, 2], "MaxConcurrency": 5, "ItemProcessor": sleep, "End": True}
    }
    arn, begun = machine(states), time.monotonic()
    for execution in [start(machines, arn) for _ in range(2)]:
        assert end_of(machines, execution)["status"] == "SUCCEEDED"
    assert time.monotonic() - begun < 4 * 1.5


def test_a_throttled_call_has_an_error_of_its_own(
    cloud: Cloud, machines: Client, machine: NewMachine, new_role: NewRole, new_function: NewFunction
) -> None:
    # Source: https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html (transient Lambda errors)
    function = new_function(new_role())
    cloud.client("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    ended = end_of(machines, start(machines, machine({"Call": call(function, {}, End=True)})))
    assert ended["error"] == "Lambda.TooManyRequestsException"
