import json
import re
from collections.abc import Callable

import pytest

from infra import ROOT
from infra.automation import discover
from infra.config import Place
from tests.infra.registrations import PARTITIONS
from tests.infra.template import Template, camel

MACHINES = sorted(path.name.removesuffix(".asl.json") for path in (ROOT / "infra").rglob("*.asl.json"))


def names_in(template: Template) -> set[tuple[str, str]]:
    """Names that are written, not made by CloudFormation: type and name."""
    return {
        (resource["Type"], properties[name])
        for resource in template.body["Resources"].values()
        for properties in [resource.get("Properties", {})]
        for name in properties
        if name in {"Name", "RoleName", "FunctionName", "QueueName", "TopicName", "LogGroupName", "StateMachineName"}
        and isinstance(properties[name], str)
    }


def test_names_that_are_written_begin_with_the_stacks(copies: dict[Place, Template]) -> None:
    for place, template in copies.items():
        stack = f"Pitcrew-{place.copy}" if place.copy else "Pitcrew"
        assert names_in(template) == {
            *(("AWS::SSM::Parameter", f"/{stack}/{automation}/mode") for automation in discover()),
            *(("AWS::StepFunctions::StateMachine", f"{stack}-{machine}") for machine in MACHINES),
            *(("AWS::Logs::LogGroup", f"/aws/vendedlogs/states/{stack}-{machine}") for machine in MACHINES),
        }


def test_nothing_that_is_global_in_an_account_has_a_name(copies: dict[Place, Template]) -> None:
    for template in copies.values():
        for kind, name in [("Role", "RoleName"), ("ManagedPolicy", "ManagedPolicyName")]:
            assert all(name not in properties for properties in template.of_type(f"AWS::IAM::{kind}").values())


def test_every_arn_is_of_the_partition_of_its_region(copies: dict[Place, Template]) -> None:
    for place, template in copies.items():
        found = set(re.findall(r"arn:([a-z-]+):", json.dumps(template.body)))
        assert found == {PARTITIONS[str(place.region)]}


def test_the_console_link_is_of_the_partition(copies: dict[Place, Template]) -> None:
    hosts = {
        str(place.region): host
        for place, template in copies.items()
        for host in re.findall(r"https://([a-z0-9.-]+)/states", json.dumps(template.body["Outputs"]))
    }

    assert hosts == {
        "eu-west-1": "eu-west-1.console.aws.amazon.com",
        "us-gov-west-1": "us-gov-west-1.console.amazonaws-us-gov.com",
        "cn-north-1": "cn-north-1.console.amazonaws.cn",
    }


def test_a_place_that_is_not_known_is_filled_in_by_cloudformation(synthesize: Callable[..., Template]) -> None:
    body = json.dumps(synthesize(Place()).body)

    assert '{"Ref": "AWS::Partition"}' in body
    assert "111122223333" not in body


def test_there_are_no_custom_resources_no_keys_and_no_buckets(template: Template) -> None:
    kinds = {resource["Type"] for resource in template.body["Resources"].values()}

    assert not {k for k in kinds if k.startswith(("Custom::", "AWS::CloudFormation::", "AWS::KMS::", "AWS::S3::"))}


def test_nothing_outlives_the_stack(template: Template) -> None:
    for resource in template.body["Resources"].values():
        assert resource.get("DeletionPolicy", "Delete") == "Delete"


def test_the_topic_is_there_empty_and_refuses_plain_connections(template: Template) -> None:
    (statement,) = template.the("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]

    assert template.the("AWS::SNS::Topic") == {}
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_outputs_are_the_machines_links_and_the_modes_names(template: Template) -> None:
    assert template.body["Outputs"].keys() == {
        *(f"{camel(machine.replace('-', '_'))}Console" for machine in MACHINES),
        *(f"{camel(automation)}Mode" for automation in discover()),
    }


@pytest.mark.parametrize("automation", discover())
def test_a_mode_parameter_is_exactly_this(template: Template, automation: str) -> None:
    """A changed property would make CloudFormation write the seed over what an operator has set."""
    assert template.the("AWS::SSM::Parameter", automation) == {
        "AllowedPattern": "^(observe|enforce|off)$",
        "Name": f"/Pitcrew/{automation}/mode",
        "Type": "String",
        "Value": "observe",
    }


def test_every_log_group_is_emptied_after_a_month_and_goes_with_the_stack(template: Template) -> None:
    groups = [r for r in template.body["Resources"].values() if r["Type"] == "AWS::Logs::LogGroup"]

    assert len(groups) == len(template.functions()) + len(MACHINES)
    assert {group["Properties"]["RetentionInDays"] for group in groups} == {30}
    assert {group["DeletionPolicy"] for group in groups} == {"Delete"}
