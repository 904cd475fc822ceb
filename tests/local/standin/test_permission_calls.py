"""What a call is about on the stand-in, for IAM: its resource, its tags, and how its service denies it."""

from typing import Any

import pytest

from local.environment import ACCOUNT, REGION

from .aws import AsRole, NewGroup, Queue, refusal

GROUPS = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup"


def test_requested_tag_values_can_be_conditions(as_role: AsRole, new_group: NewGroup) -> None:
    # Source: Service Authorization Reference, AddTags (condition key aws:RequestTag/${TagKey})
    condition = {"StringEquals": {"aws:RequestTag/team": "edge"}}
    client = as_role([{"Action": "elasticloadbalancing:AddTags", "Resource": "*", "Condition": condition}], "elbv2")
    group = new_group()["TargetGroupArn"]
    client.add_tags(ResourceArns=[group], Tags=[{"Key": "team", "Value": "edge"}])
    refusal(client.add_tags, ResourceArns=[group], Tags=[{"Key": "team", "Value": "core"}])


@pytest.mark.parametrize(
    ("call", "argument"),
    [("describe_target_group_attributes", "TargetGroupArn"), ("describe_target_health", "TargetGroupArn")],
)
def test_reads_need_everything_as_their_resource(
    as_role: AsRole, new_group: NewGroup, call: str, argument: str
) -> None:
    # Source: facts/proxy-protocol.md section 6 ("all Describe* (and DescribeTags) need Resource *")
    group, action = new_group()["TargetGroupArn"], "elasticloadbalancing:Describe*"
    assert getattr(as_role([{"Action": action, "Resource": "*"}], "elbv2"), call)(**{argument: group})
    refusal(getattr(as_role([{"Action": action, "Resource": group}], "elbv2"), call), **{argument: group})


def test_a_new_group_is_asked_for_by_its_name(as_role: AsRole, unique: str) -> None:
    # Source: Service Authorization Reference, CreateTargetGroup (resource type targetgroup)
    allowed = {"Action": "elasticloadbalancing:CreateTargetGroup", "Resource": f"{GROUPS}/k8s-*/*"}
    client, settings = as_role([allowed], "elbv2"), {"Protocol": "TCP", "Port": 80, "VpcId": "vpc-1"}
    client.create_target_group(Name=unique, **settings)
    refusal(client.create_target_group, Name=f"other-{unique}", **settings)


def test_a_message_is_sent_only_to_the_queue_that_is_allowed(as_role: AsRole, queue: Queue) -> None:
    sqs = as_role([{"Action": "sqs:SendMessage", "Resource": queue[1]}], "sqs")
    sqs.send_message(QueueUrl=queue[0], MessageBody="hello")
    assert refusal(sqs.send_message, QueueUrl=f"{queue[0]}-other", MessageBody="hello")["Code"] == "AccessDenied"


@pytest.mark.parametrize(
    ("service", "call", "arguments", "action"),
    [
        ("resourcegroupstaggingapi", "get_resources", {}, "tag:GetResources"),
        ("ssm", "get_parameter", {"Name": "/Pitcrew/mode"}, "ssm:GetParameter"),
        ("stepfunctions", "list_state_machines", {}, "states:ListStateMachines"),
    ],
)
def test_services_that_speak_json_deny_in_their_own_way(
    as_role: AsRole, service: str, call: str, arguments: dict[str, Any], action: str
) -> None:
    error = refusal(getattr(as_role([], service), call), **arguments)
    assert error["Code"] == "AccessDeniedException"
    assert action in error["Message"]
