import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra import ROOT
from tests.infra.template import ACCOUNT, REGION, Template

DEFINITIONS = sorted((ROOT / "infra").rglob("*.asl.json"))


@pytest.fixture(params=DEFINITIONS, ids=lambda path: path.name)
def definition(request: pytest.FixtureRequest) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(request.param.read_text())
    return loaded


def test_the_definition_is_valid_once_the_functions_are_filled_in(template: Template, tmp_path: Path) -> None:
    machine = template.the("AWS::StepFunctions::StateMachine")
    text = machine["DefinitionString"]
    for placeholder in machine["DefinitionSubstitutions"]:
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{placeholder}"
        text = text.replace(f"${{{placeholder}}}", arn)
    file = tmp_path / "machine.asl.json"
    file.write_text(text)

    linted = subprocess.run(  # noqa: S603 (the linter of package.json)
        [ROOT / "node_modules/.bin/asl-validator", "--json-path", file], capture_output=True, check=False, text=True
    )

    assert "${" not in text
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_a_machine_is_small_says_what_to_start_it_with_and_ends(definition: dict[str, Any]) -> None:
    assert definition["QueryLanguage"] == "JSONata"
    assert "Inputs to copy: {}" in definition["Comment"]
    assert definition["TimeoutSeconds"] > 0
    assert len(definition["States"]) <= 12


def test_states_are_sentences_with_a_comment(definition: dict[str, Any]) -> None:
    for name, state in definition["States"].items():
        assert len(name.split()) >= 3
        assert state["Comment"]


def test_tasks_end_in_time_and_retry_what_is_transient_with_full_jitter(definition: dict[str, Any]) -> None:
    for task in (state for state in definition["States"].values() if state["Type"] == "Task"):
        assert task["TimeoutSeconds"] <= definition["TimeoutSeconds"]
        for retrier in task["Retry"]:
            assert retrier["JitterStrategy"] == "FULL"
            assert not {"States.ALL", "States.TaskFailed"} & set(retrier["ErrorEquals"])


def test_only_an_input_with_a_plan_reaches_the_function_that_may_change_anything(definition: dict[str, Any]) -> None:
    applying = [name for name, s in definition["States"].items() if s.get("Resource") == "${ApplyFunction}"]
    ways_in = [
        (name, choice["Condition"])
        for name, state in definition["States"].items()
        for choice in [*state.get("Choices", []), {"Next": state.get("Next"), "Condition": "always"}]
        if choice["Next"] in applying
    ]

    assert len(applying) == 1
    assert [condition for _, condition in ways_in] == [
        "{% $type($states.input.input) = 'object' and $exists($states.input.input.apply) %}"
    ]
    assert all(s.get("Default") not in applying for s in definition["States"].values())


def test_the_machine_is_standard_logged_and_named_after_its_stack(template: Template) -> None:
    machine = template.the("AWS::StepFunctions::StateMachine")

    assert machine["StateMachineName"] == "Pitcrew-set-proxy-protocol"
    assert machine.get("StateMachineType", "STANDARD") == "STANDARD"
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
