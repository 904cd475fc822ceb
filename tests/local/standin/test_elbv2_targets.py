"""Targets and tags of groups on the stand-in."""

from local.standin.process import Cloud

from .aws import Client, NewGroup, eventually, listen, refusal


def test_tags_of_at_most_twenty_resources_are_described(elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/proxy-protocol.md section 6 ("DescribeTags: max 20 ARNs"); the code is an assumption
    arn = new_group({"Key": "a&b", "Value": "<c>"})["TargetGroupArn"]
    described = elbv2.describe_tags(ResourceArns=[arn] * 20)["TagDescriptions"]
    assert [entry["Tags"] for entry in described] == [[{"Key": "a&b", "Value": "<c>"}]] * 20
    assert refusal(elbv2.describe_tags, ResourceArns=[arn] * 21)["Code"] == "ValidationError"


def test_groups_of_services_are_found_by_their_tag_in_pages(cloud: Cloud, elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/proxy-protocol.md section 6 (GetResources); botocore, ResourcesPerPage (1-100)
    tag = {"Key": "kubernetes.io/service-name", "Value": "shop/front"}
    made = {new_group(tag, Name=f"k8s-tag-{number:02}")["TargetGroupArn"] for number in range(5)}
    new_group(Name="k8s-tag-none")
    filters = {"Key": "kubernetes.io/service-name", "Values": ["shop/front"]}
    pages = cloud.client("resourcegroupstaggingapi").get_paginator("get_resources")
    found = list(
        pages.paginate(
            TagFilters=[filters],
            ResourceTypeFilters=["elasticloadbalancing:targetgroup"],
            PaginationConfig={"PageSize": 2},
        )
    )
    assert [len(page["ResourceTagMappingList"]) for page in found] == [2, 2, 1]
    assert {entry["ResourceARN"] for page in found for entry in page["ResourceTagMappingList"]} == made
    elbv2.remove_tags(ResourceArns=list(made), TagKeys=[tag["Key"]])
    assert not any(page["ResourceTagMappingList"] for page in pages.paginate(TagFilters=[filters]))


def test_targets_become_healthy_once_their_group_is_used(elbv2: Client, new_group: NewGroup, balancer: str) -> None:
    # Source: facts/proxy-protocol.md section 9 case 36; botocore, TargetHealth (states, reasons)
    group = new_group()["TargetGroupArn"]
    elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": "i-1"}, {"Id": "i-1", "Port": 31000}])
    assert states(elbv2, group) == [("i-1", 30080, "unused"), ("i-1", 31000, "unused")]
    listen(elbv2, balancer, group)
    assert {state for _, _, state in states(elbv2, group)} <= {"initial", "healthy"}
    eventually(lambda: {state for _, _, state in states(elbv2, group)} == {"healthy"})
    elbv2.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "i-1", "Port": 31000}])
    assert states(elbv2, group) == [("i-1", 30080, "healthy")]


def test_a_target_that_was_never_registered_is_unused(elbv2: Client, new_group: NewGroup) -> None:
    # Source: botocore, TargetHealth (Target.NotRegistered)
    answer = elbv2.describe_target_health(TargetGroupArn=new_group()["TargetGroupArn"], Targets=[{"Id": "i-9"}])
    health = answer["TargetHealthDescriptions"][0]["TargetHealth"]
    assert (health["State"], health["Reason"]) == ("unused", "Target.NotRegistered")


def states(elbv2: Client, group: str) -> list[tuple[str, int, str]]:
    described = elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return [(one["Target"]["Id"], one["Target"]["Port"], one["TargetHealth"]["State"]) for one in described]
