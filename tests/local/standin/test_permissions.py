"""IAM on the stand-in: a call that AWS would deny is denied, in AWS's words."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from local.environment import ACCOUNT, REGION

from .aws import SERVICE, AsRole, Client, NewGroup, refusal

GROUPS = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup"
OTHER_CONTROLLER = {"Key": "elbv2.k8s.aws/cluster", "Value": "demo"}
OURS = "pitcrew:attributes-applied"
SWITCH = [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]

# Source: facts/proxy-protocol.md section 6 (IAM): the statements of the template, as issue 3 section 2 wants them
GUARD = {
    "Null": {
        "aws:ResourceTag/kubernetes.io/service-name": "false",
        "aws:ResourceTag/elbv2.k8s.aws/cluster": "true",
    }
}
MAY_SWITCH = {
    "Action": "elasticloadbalancing:ModifyTargetGroupAttributes",
    "Resource": f"{GROUPS}/k8s-*/*",
    "Condition": GUARD,
}
MAY_TAG = {
    "Action": "elasticloadbalancing:AddTags",
    "Resource": f"{GROUPS}/k8s-*/*",
    "Condition": {**GUARD, "ForAllValues:StringEquals": {"aws:TagKeys": [OURS]}},
}


@pytest.fixture(scope="module")
def pitcrew(as_role: AsRole) -> Client:
    """ELBv2 as our function sees it."""
    return as_role([MAY_SWITCH, MAY_TAG], "elbv2")


def test_a_group_of_a_service_may_be_switched(pitcrew: Client, new_group: NewGroup) -> None:
    answer = pitcrew.modify_target_group_attributes(
        TargetGroupArn=new_group(SERVICE)["TargetGroupArn"], Attributes=SWITCH
    )
    assert SWITCH[0] in answer["Attributes"]


# Source: facts/proxy-protocol.md section 6 (IAM): "even a buggy Lambda cannot touch LBC or API-server groups"
@pytest.mark.parametrize(
    ("tags", "name"),
    [((), "k8s-untagged"), ((SERVICE, OTHER_CONTROLLER), "k8s-of-lbc"), ((SERVICE,), "tcp-of-kops")],
    ids=["untagged", "other controller's", "other name"],
)
def test_a_group_that_is_not_a_services_may_not_be_switched(
    pitcrew: Client, new_group: NewGroup, tags: tuple[Mapping[str, str], ...], name: str
) -> None:
    group = new_group(*tags, Name=name)["TargetGroupArn"]
    error = refusal(pitcrew.modify_target_group_attributes, TargetGroupArn=group, Attributes=SWITCH)
    assert error["Code"] == "AccessDenied"


def test_tags_count_from_the_moment_they_change(pitcrew: Client, elbv2: Client, new_group: NewGroup) -> None:
    group = new_group()["TargetGroupArn"]
    elbv2.add_tags(ResourceArns=[group], Tags=[SERVICE])
    pitcrew.modify_target_group_attributes(TargetGroupArn=group, Attributes=SWITCH)
    elbv2.remove_tags(ResourceArns=[group], TagKeys=[SERVICE["Key"]])
    refusal(pitcrew.modify_target_group_attributes, TargetGroupArn=group, Attributes=SWITCH)


def test_only_our_own_tag_may_be_added(pitcrew: Client, new_group: NewGroup) -> None:
    # Source: design/proxy-protocol.md "Effect" (IAM allows only that key: aws:TagKeys)
    group, ours = new_group(SERVICE)["TargetGroupArn"], {"Key": OURS, "Value": "1"}
    pitcrew.add_tags(ResourceArns=[group], Tags=[ours])
    for tags in ([{"Key": "owner", "Value": "us"}], [ours, {"Key": "owner", "Value": "us"}]):
        assert refusal(pitcrew.add_tags, ResourceArns=[group], Tags=tags)["Code"] == "AccessDenied"


def test_each_resource_of_a_call_must_be_allowed(pitcrew: Client, new_group: NewGroup, unique: str) -> None:
    # Source: Service Authorization Reference, AddTags (resource types); the message names the one that is not allowed
    mine, foreign = new_group(SERVICE)["TargetGroupArn"], new_group(Name=f"{unique}-b")["TargetGroupArn"]
    error = refusal(pitcrew.add_tags, ResourceArns=[mine, foreign], Tags=[{"Key": OURS, "Value": "1"}])
    assert foreign in error["Message"]


def test_a_denial_names_who_what_and_on_what_and_is_logged(
    pitcrew: Client, new_group: NewGroup, cloud_folder: Path
) -> None:
    group, action = new_group()["TargetGroupArn"], "elasticloadbalancing:ModifyTargetGroupAttributes"
    message = refusal(pitcrew.modify_target_group_attributes, TargetGroupArn=group, Attributes=SWITCH)["Message"]
    assert message.startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/role-")
    assert f"is not authorized to perform: {action} on resource: {group} " in message
    assert message in (cloud_folder / "cloud.log").read_text()


def test_the_one_who_deploys_may_do_everything(elbv2: Client, new_group: NewGroup) -> None:
    assert elbv2.modify_target_group_attributes(TargetGroupArn=new_group()["TargetGroupArn"], Attributes=SWITCH)
