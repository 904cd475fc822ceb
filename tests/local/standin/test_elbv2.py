"""Target groups on the stand-in, held to what AWS says of network load balancers."""

from typing import Any

import pytest

from .aws import GONE, Client, NewGroup, attributes, refusal


# Source: facts/proxy-protocol.md section 6 (TargetGroupNotFound; one unknown ARN fails the call)
@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("describe_tags", {"ResourceArns": [GONE]}),
        ("describe_target_groups", {"TargetGroupArns": [GONE]}),
        ("describe_target_group_attributes", {"TargetGroupArn": GONE}),
        ("describe_target_health", {"TargetGroupArn": GONE}),
        ("add_tags", {"ResourceArns": [GONE], "Tags": [{"Key": "a", "Value": "b"}]}),
        ("modify_target_group_attributes", {"TargetGroupArn": GONE, "Attributes": [{"Key": "a", "Value": "b"}]}),
    ],
)
def test_a_deleted_group_is_not_found(elbv2: Client, call: str, arguments: dict[str, Any]) -> None:
    assert refusal(getattr(elbv2, call), **arguments)["Code"] == "TargetGroupNotFound"


def test_one_unknown_group_among_known_ones_fails_the_call(elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/proxy-protocol.md section 6 ("errors TargetGroupNotFound if any ARN unknown")
    known = new_group()["TargetGroupArn"]
    refused = refusal(elbv2.describe_target_groups, TargetGroupArns=[known, GONE])
    assert refused["Code"] == "TargetGroupNotFound"


def test_creating_a_group_again_returns_the_group_that_is_there(elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/real-clients.md, "Zombies are adopted": its attributes and its old tags
    first = new_group({"Key": "old", "Value": "1"})
    arn = first["TargetGroupArn"]
    wished = [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]
    elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=wished)
    assert new_group({"Key": "new", "Value": "2"}) == first
    assert attributes(elbv2, arn)["proxy_protocol_v2.enabled"] == "true"
    tags = elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
    assert tags == [{"Key": "old", "Value": "1"}]
    assert refusal(new_group, Port=30081)["Code"] == "DuplicateTargetGroupName"


def test_a_name_comes_back_with_a_new_arn_and_no_attributes_of_before(elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/real-clients.md, "Names come back"; facts/proxy-protocol.md section 1.4
    first = new_group()["TargetGroupArn"]
    wished = [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]
    elbv2.modify_target_group_attributes(TargetGroupArn=first, Attributes=wished)
    elbv2.delete_target_group(TargetGroupArn=first)
    second = new_group()["TargetGroupArn"]
    assert second != first
    assert attributes(elbv2, second)["proxy_protocol_v2.enabled"] == "false"


def test_groups_come_in_pages(elbv2: Client, new_group: NewGroup) -> None:
    # Source: botocore, PageSize (1-400); facts/proxy-protocol.md section 6
    made = {new_group(Name=f"k8s-page-{number:02}")["TargetGroupArn"] for number in range(7)}
    pages = list(elbv2.get_paginator("describe_target_groups").paginate(PaginationConfig={"PageSize": 3}))
    arns = [group["TargetGroupArn"] for page in pages for group in page["TargetGroups"]]
    assert {len(page["TargetGroups"]) for page in pages[:-1]} == {3}
    assert made <= set(arns)
    assert len(arns) == len(set(arns))
    assert refusal(elbv2.describe_target_groups, PageSize=401)["Code"] == "ValidationError"


# Source: sample elbv2-create-target-group.local.standin.json and .opted-in.standin.json (time-outs, matcher)
@pytest.mark.parametrize(
    ("check", "timeout", "codes"), [("TCP", 10, None), ("HTTP", 6, "200-399")], ids=["tcp", "http"]
)
def test_a_check_has_the_defaults_of_its_protocol(
    new_group: NewGroup, check: str, timeout: int, codes: str | None
) -> None:
    group = new_group(HealthCheckProtocol=check)
    assert group["HealthCheckTimeoutSeconds"] == timeout
    assert group.get("Matcher", {}).get("HttpCode") == codes
    assert ("HealthCheckPath" in group) is (check == "HTTP")


def test_a_check_can_change_in_place(elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/real-clients.md, "A check can become incompatible in place": same ARN, attributes stay
    group = new_group(HealthCheckProtocol="HTTP", HealthCheckPath="/healthz")
    changed = elbv2.modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPort="10256")
    assert changed["TargetGroups"] == [group | {"HealthCheckPort": "10256"}]
