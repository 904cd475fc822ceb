"""A function that starts executions of the machine which calls it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Stack

from infra.automation import Shared
from infra.automations.proxy_protocol.options import ProxyProtocolOptions
from infra.console_machine import ConsoleMachine, let_read_executions, let_start_executions
from tests.infra.scratch import LOOK, Scratch, deployed
from tests.infra.template import ACCOUNT, REGION, actions_of

NAME = "scratch-volumes"
CALL = {"Type": "Task", "Resource": "${LookFunction}", "End": True}


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    file = tmp_path / f"{NAME}.asl.json"
    file.write_text(json.dumps({"QueryLanguage": "JSONata", "StartAt": "Look", "States": {"Look": CALL}}))
    return file


def test_a_function_may_start_list_and_read_executions_of_the_machine_that_calls_it(
    new_app: Callable[..., App], definition: Path
) -> None:
    class Starting(Scratch):
        def __init__(self, scope: Stack, name: str, *, options: ProxyProtocolOptions, shared: Shared) -> None:
            super().__init__(scope, name, options=options, shared=shared)
            let_start_executions(self.look, NAME)
            let_read_executions(self.look, NAME)
            ConsoleMachine(self, "Machine", definition, {"LookFunction": self.look})

    found = deployed(Starting, new_app())

    granted = [s for s in found.statements_of_function(LOOK) if str(s["Action"]).count("states:")]
    machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:Pitcrew-{NAME}"
    assert [(actions_of([s]), s["Resource"]) for s in granted] == [
        ({"states:StartExecution", "states:ListExecutions"}, machine),
        ({"states:DescribeExecution"}, f"{machine.replace('stateMachine', 'execution')}:*"),
    ]
    assert found.the("AWS::StepFunctions::StateMachine")["StateMachineName"] == f"Pitcrew-{NAME}"
