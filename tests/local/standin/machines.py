"""State machines on the stand-in, as the tests of Step Functions make and run them."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from .aws import Client, NewRole, eventually

States: TypeAlias = Mapping[str, Mapping[str, Any]]
NewMachine: TypeAlias = Callable[[States], str]


def new_machine(machines: Client, new_role: NewRole, states: States) -> str:
    """Make a Standard machine in JSONata that starts at the first of *states* and may call every function."""
    definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}
    made = machines.create_state_machine(
        name=f"machine-{uuid.uuid4().hex[:10]}",
        roleArn=new_role({"Action": "lambda:InvokeFunction", "Resource": "*"}),
        definition=json.dumps(definition),
    )
    return str(made["stateMachineArn"])


def start(machines: Client, machine: str, content: object = None, **named: str) -> str:
    """Start an execution; its ARN."""
    started = machines.start_execution(stateMachineArn=machine, input=json.dumps(content or {}), **named)
    return str(started["executionArn"])


def end_of(machines: Client, execution: str) -> dict[str, Any]:
    """Wait for the end of an execution, and describe it."""
    eventually(lambda: machines.describe_execution(executionArn=execution)["status"] != "RUNNING")
    return dict(machines.describe_execution(executionArn=execution))


def call(function: str, payload: Mapping[str, Any], **fields: object) -> dict[str, Any]:
    """Return a Task that calls a function."""
    arguments = {"FunctionName": function, "Payload": payload}
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, **fields}
