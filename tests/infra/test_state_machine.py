"""What all state machines have in common."""

import subprocess
from pathlib import Path

import pytest

from infra import ROOT
from tests.infra.definitions import FILES, Definition, load, states_of
from tests.infra.template import ACCOUNT, REGION, Template

NAMES = [path.name.removesuffix(".asl.json") for path in FILES]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def definition(name: str) -> Definition:
    return load(name)


@pytest.fixture
def machine(template: Template, name: str) -> Definition:
    machines = template.of_type("AWS::StepFunctions::StateMachine").values()
    (found,) = (machine for machine in machines if machine["StateMachineName"] == f"Pitcrew-{name}")
    return found


def test_the_definition_is_valid_once_the_functions_are_filled_in(machine: Definition, tmp_path: Path) -> None:
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


def test_a_machine_is_small_says_what_to_start_it_with_and_ends(definition: Definition) -> None:
    assert definition["QueryLanguage"] == "JSONata"
    assert "Inputs to copy: {}" in definition["Comment"]
    assert definition["TimeoutSeconds"] > 0
    assert len(list(states_of(definition))) <= 12


def test_states_are_sentences_with_a_comment(definition: Definition) -> None:
    for name, state in states_of(definition):
        assert len(name.split()) >= 3
        assert state["Comment"]


def test_tasks_end_in_time_and_retry_what_is_transient_with_full_jitter(definition: Definition) -> None:
    for task in (state for _, state in states_of(definition) if state["Type"] == "Task"):
        assert task["TimeoutSeconds"] <= definition["TimeoutSeconds"]
        for retrier in task["Retry"]:
            assert retrier["JitterStrategy"] == "FULL"
            assert not {"States.ALL", "States.TaskFailed"} & set(retrier["ErrorEquals"])


def test_a_machine_is_standard_and_logged(machine: Definition) -> None:
    assert machine.get("StateMachineType", "STANDARD") == "STANDARD"
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
