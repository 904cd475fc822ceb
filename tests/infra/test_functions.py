"""What the functions of every automation have in common."""

import importlib
import json

import pytest

from infra import ROOT
from infra.automation import discover
from infra.config import Place, options_for
from tests.infra.allowed import FUNCTIONS
from tests.infra.template import Template

AUTOMATIONS = discover()
CDK_JSON = json.loads((ROOT / "cdk.json").read_text())["context"]["pitcrew"]
KINDS = {name: construct.OPTIONS for name, construct in AUTOMATIONS.items()}
SETTINGS = options_for(Place(), CDK_JSON, KINDS).automations
ADDED = {"MACHINE_ARN": "states:StartExecution", "SWEEP_QUEUE_URL": "sqs:SendMessage", "TOPIC_ARN": "sns:Publish"}
"""Variables of functions that ask for what they name, and what they may do with it."""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_runs_on_the_one_runtime_with_json_logs(template: Template, name: str) -> None:
    function = template.functions()[name]

    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["LoggingConfig"]["LogFormat"] == "JSON"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_the_layers_of_its_automation(template: Template, name: str) -> None:
    wanted = AUTOMATIONS[name.partition(".")[0]].LAYERS
    layers = template.of_type("AWS::Lambda::LayerVersion")

    descriptions = {layers[layer["Ref"]]["Description"] for layer in template.functions()[name]["Layers"]}

    assert descriptions == {f"Pitcrew: {layer}" for layer in wanted}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functions_handler_can_be_imported(template: Template, name: str) -> None:
    module, _, attribute = template.functions()[name]["Handler"].rpartition(".")

    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functions_environment_is_its_settings_its_mode_its_name_and_what_it_asked_for(
    template: Template, name: str
) -> None:
    automation = name.partition(".")[0]
    added = {variable for variable, action in ADDED.items() if action in FUNCTIONS[name]}

    variables = dict(template.functions()[name]["Environment"]["Variables"])

    assert variables.pop("MODE_PARAMETER") == {"Ref": template.mode_of(name)}
    assert variables.keys() & ADDED.keys() == added
    assert {key: variables[key] for key in variables.keys() - added} == SETTINGS[automation].to_env() | {
        "CLUSTERS": "{}",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_NAMESPACE": "Pitcrew",
        "POWERTOOLS_SERVICE_NAME": automation,
    }


@pytest.mark.parametrize("automation", AUTOMATIONS)
def test_the_functions_of_an_automation_share_one_asset_of_their_package_alone(
    template: Template, automation: str
) -> None:
    functions = template.of_type("AWS::Lambda::Function", automation).values()
    (key,) = {function["Code"]["S3Key"] for function in functions}
    asset = template.assembly / f"asset.{key.removesuffix('.zip')}"
    files = {file.relative_to(asset).as_posix() for file in asset.rglob("*") if file.is_file()}

    package = ROOT / "functions" / automation
    sources = {file.relative_to(ROOT).as_posix() for file in package.rglob("*.py")}
    assert files == sources | {"functions/__init__.py"}
