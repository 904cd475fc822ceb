import importlib
import json
from dataclasses import fields
from typing import Any

import pytest

from functions.proxy_protocol.settings import Settings
from infra import ROOT
from infra.automations.proxy_protocol.options import ProxyProtocolOptions
from infra.config import CommonOptions, Configuration, Place, options_for
from tests.infra.template import Template

FUNCTIONS = ["on_event", "sweep", "plan", "apply"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_runs_on_the_one_runtime_with_json_logs(template: Template, name: str) -> None:
    function = template.functions()[name]

    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert {layer["Ref"] for layer in function["Layers"]} == template.of_type("AWS::Lambda::LayerVersion").keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functions_handler_can_be_imported(template: Template, name: str) -> None:
    module, _, attribute = template.functions()[name]["Handler"].rpartition(".")

    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functions_environment_is_its_settings_its_mode_and_its_name(template: Template, name: str) -> None:
    variables = template.functions()[name]["Environment"]["Variables"]

    assert Settings.from_env({"SETTINGS": variables.pop("SETTINGS")}) == Settings()
    assert variables.pop("MODE_PARAMETER")["Ref"] in template.of_type("AWS::SSM::Parameter")
    assert variables == {
        "CLUSTERS": "{}",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_NAMESPACE": "Pitcrew",
        "POWERTOOLS_SERVICE_NAME": "proxy_protocol",
    }


def test_the_functions_share_one_asset_of_their_package_alone(template: Template) -> None:
    keys = {function["Code"]["S3Key"] for function in template.functions().values()}
    (asset,) = (template.assembly / f"asset.{key.removesuffix('.zip')}" for key in keys)
    files = {file.relative_to(asset).as_posix() for file in asset.rglob("*") if file.is_file()}

    package = ROOT / "functions" / "proxy_protocol"
    sources = {file.relative_to(ROOT).as_posix() for file in package.rglob("*.py")}
    assert files == sources | {"functions/__init__.py"}


def test_every_log_group_is_emptied_after_a_month_and_goes_with_the_stack(template: Template) -> None:
    groups = [r for r in template.body["Resources"].values() if r["Type"] == "AWS::Logs::LogGroup"]

    assert len(groups) == 5
    assert {group["Properties"]["RetentionInDays"] for group in groups} == {30}
    assert {group["DeletionPolicy"] for group in groups} == {"Delete"}


def test_the_sweep_is_started_at_its_rate_one_at_a_time_and_never_tried_again(template: Template) -> None:
    schedule = template.the("AWS::Scheduler::Schedule")
    queued = template.the("AWS::Lambda::EventInvokeConfig")

    assert schedule["ScheduleExpression"] == "rate(15 minutes)"
    assert schedule["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 900, "MaximumRetryAttempts": 0}
    assert (queued["MaximumEventAgeInSeconds"], queued["MaximumRetryAttempts"]) == (900, 0)
    assert template.functions()["sweep"]["ReservedConcurrentExecutions"] == 1
    assert template.functions()["sweep"]["Timeout"] == 900


def test_the_mode_parameter_is_exactly_this(template: Template) -> None:
    """A changed property would make CloudFormation write the seed over what an operator has set."""
    assert template.the("AWS::SSM::Parameter") == {
        "AllowedPattern": "^(observe|enforce|off)$",
        "Name": "/Pitcrew/proxy_protocol/mode",
        "Type": "String",
        "Value": "observe",
    }


def test_cdk_json_shows_every_option_with_its_default() -> None:
    block: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]["pitcrew"]

    options = options_for(Place(), block, {"proxy_protocol": ProxyProtocolOptions})

    assert options == Configuration(common=CommonOptions(), automations={"proxy_protocol": ProxyProtocolOptions()})
    assert {"cluster_ids", "clusters"} < block["defaults"].keys()
    assert {"cluster_ids", *block["defaults"]["proxy_protocol"]} == {
        field.name for field in fields(ProxyProtocolOptions)
    }
