"""ELBv2 on the stand-in, held to what AWS says of network load balancers."""

import re
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from botocore.exceptions import ClientError

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud

from .conftest import Client

NewGroup: TypeAlias = Callable[..., dict[str, Any]]

GONE = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/k8s-gone/0123456789abcdef"


@pytest.fixture
def new_group(elbv2: Client, unique: str) -> NewGroup:
    def make(**settings: object) -> dict[str, Any]:
        given = {"Name": unique, "Protocol": "TCP", "Port": 30080, "VpcId": "vpc-1"} | settings
        group: dict[str, Any] = elbv2.create_target_group(**given)["TargetGroups"][0]
        return group

    return make


@pytest.fixture
def balancer(elbv2: Client, unique: str) -> str:
    made = elbv2.create_load_balancer(Name=unique, Type="network", Subnets=["subnet-1"])
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def listen(elbv2: Client, balancer: str, group: str, port: int = 80) -> str:
    action = {"Type": "forward", "TargetGroupArn": group}
    made = elbv2.create_listener(LoadBalancerArn=balancer, Port=port, Protocol="TCP", DefaultActions=[action])
    return str(made["Listeners"][0]["ListenerArn"])


def attributes(elbv2: Client, arn: str) -> dict[str, str]:
    described = elbv2.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    return {pair["Key"]: pair["Value"] for pair in described}


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


def used_by(elbv2: Client, group: str) -> list[str]:
    described = elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    return list(described[0]["LoadBalancerArns"])


def test_a_tcp_group_is_born_with_the_attributes_of_a_network_group(elbv2: Client, new_group: NewGroup) -> None:
    # Source: sample elbv2-modify-target-group-attributes.by-hand.standin.json
    assert attributes(elbv2, new_group()["TargetGroupArn"]) == {
        "deregistration_delay.timeout_seconds": "300",
        "stickiness.enabled": "false",
        "stickiness.type": "source_ip",
        "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
        "target_health_state.unhealthy.connection_termination.enabled": "true",
        "target_health_state.unhealthy.draining_interval_seconds": "0",
        "proxy_protocol_v2.enabled": "false",
        "preserve_client_ip.enabled": "true",
        "deregistration_delay.connection_termination.enabled": "false",
    }


# Source: botocore, documentation of TargetGroupAttribute (preserve_client_ip.enabled)
@pytest.mark.parametrize(
    ("protocol", "target_type", "kept"),
    [("TCP", "instance", "true"), ("TCP", "ip", "false"), ("TLS", "ip", "false"), ("UDP", "ip", "true")],
)
def test_client_addresses_are_kept_as_documented(
    elbv2: Client, new_group: NewGroup, protocol: str, target_type: str, kept: str
) -> None:
    group = new_group(Protocol=protocol, TargetType=target_type)
    assert attributes(elbv2, group["TargetGroupArn"])["preserve_client_ip.enabled"] == kept


def test_udp_groups_end_connections_at_deregistration(elbv2: Client, new_group: NewGroup) -> None:
    # Source: botocore, documentation of TargetGroupAttribute (deregistration_delay.connection_termination.enabled)
    born = attributes(elbv2, new_group(Protocol="UDP")["TargetGroupArn"])
    assert born["deregistration_delay.connection_termination.enabled"] == "true"


@pytest.mark.parametrize("protocol", ["HTTP", "HTTPS", "GENEVE"])
def test_other_groups_do_not_know_proxy_protocol(elbv2: Client, new_group: NewGroup, protocol: str) -> None:
    # Source: facts/proxy-protocol.md section 3 ("attribute key is not returned")
    group = new_group(Protocol=protocol)["TargetGroupArn"]
    assert "proxy_protocol_v2.enabled" not in attributes(elbv2, group)
    with pytest.raises(ClientError) as refused:
        elbv2.modify_target_group_attributes(
            TargetGroupArn=group, Attributes=[{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]
        )
    assert code(refused) == "InvalidConfigurationRequest"  # assumption: elbv2_attributes.py


def test_attributes_change_one_by_one_and_all_are_returned(elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/proxy-protocol.md section 6 ("Modify is a partial update and returns the attributes")
    group = new_group()["TargetGroupArn"]
    wished = [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]
    answer = elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=wished)["Attributes"]
    assert {pair["Key"]: pair["Value"] for pair in answer} == attributes(elbv2, group)
    assert attributes(elbv2, group)["proxy_protocol_v2.enabled"] == "true"
    assert len(answer) == 9


# Source: botocore, documentation of TargetGroupAttribute (ranges); the codes are assumptions: elbv2_attributes.py
@pytest.mark.parametrize(
    ("protocol", "key", "value", "expected"),
    [
        ("TCP", "proxy_protocol_v3.enabled", "true", "ValidationError"),
        ("TCP", "proxy_protocol_v2.enabled", "yes", "ValidationError"),
        ("TCP", "deregistration_delay.timeout_seconds", "3601", "ValidationError"),
        ("TCP", "stickiness.type", "lb_cookie", "ValidationError"),
        ("TCP", "slow_start.duration_seconds", "30", "InvalidConfigurationRequest"),
        ("TCP", "target_health_state.unhealthy.draining_interval_seconds", "60", "InvalidConfigurationRequest"),
        ("UDP", "preserve_client_ip.enabled", "false", "InvalidConfigurationRequest"),
        ("UDP", "target_health_state.unhealthy.connection_termination.enabled", "true", "InvalidConfigurationRequest"),
    ],
)
def test_attributes_that_make_no_sense_are_refused_and_nothing_of_the_call_applies(
    elbv2: Client, new_group: NewGroup, *, protocol: str, key: str, value: str, expected: str
) -> None:
    group = new_group(Protocol=protocol)["TargetGroupArn"]
    before = attributes(elbv2, group)
    wished = [{"Key": "stickiness.enabled", "Value": "true"}, {"Key": key, "Value": value}]
    with pytest.raises(ClientError) as refused:
        elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=wished)
    assert code(refused) == expected
    assert attributes(elbv2, group) == before


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
    with pytest.raises(ClientError) as refused:
        getattr(elbv2, call)(**arguments)
    assert code(refused) == "TargetGroupNotFound"


def test_one_unknown_group_among_known_ones_fails_the_call(elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/proxy-protocol.md section 6 ("errors TargetGroupNotFound if any ARN unknown")
    with pytest.raises(ClientError) as refused:
        elbv2.describe_target_groups(TargetGroupArns=[new_group()["TargetGroupArn"], GONE])
    assert code(refused) == "TargetGroupNotFound"


def test_tags_of_at_most_twenty_resources_are_described(elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/proxy-protocol.md section 6 ("DescribeTags: max 20 ARNs"); the code is an assumption
    arn = new_group(Tags=[{"Key": "a&b", "Value": "<c>"}])["TargetGroupArn"]
    described = elbv2.describe_tags(ResourceArns=[arn] * 20)["TagDescriptions"]
    assert [entry["Tags"] for entry in described] == [[{"Key": "a&b", "Value": "<c>"}]] * 20
    with pytest.raises(ClientError) as refused:
        elbv2.describe_tags(ResourceArns=[arn] * 21)
    assert code(refused) == "ValidationError"


def test_creating_a_group_again_returns_the_group_that_is_there(elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/real-clients.md, "Zombies are adopted": its attributes and its old tags
    first = new_group(Tags=[{"Key": "old", "Value": "1"}])
    arn = first["TargetGroupArn"]
    wished = [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]
    elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=wished)
    assert new_group(Tags=[{"Key": "new", "Value": "2"}]) == first
    assert attributes(elbv2, arn)["proxy_protocol_v2.enabled"] == "true"
    tags = elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
    assert tags == [{"Key": "old", "Value": "1"}]
    with pytest.raises(ClientError) as refused:
        new_group(Port=30081)
    assert code(refused) == "DuplicateTargetGroupName"


def test_a_name_comes_back_with_a_new_arn_and_no_attributes_of_before(elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/real-clients.md, "Names come back"; facts/proxy-protocol.md section 1.4
    first = new_group()["TargetGroupArn"]
    wished = [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]
    elbv2.modify_target_group_attributes(TargetGroupArn=first, Attributes=wished)
    elbv2.delete_target_group(TargetGroupArn=first)
    second = new_group()["TargetGroupArn"]
    assert second != first
    assert attributes(elbv2, second)["proxy_protocol_v2.enabled"] == "false"


def test_arns_of_network_load_balancers_have_hex_ids(elbv2: Client, new_group: NewGroup, balancer: str) -> None:
    # Source: facts/real-clients.md, first paragraph ("NLB ARNs net/… with hex ids")
    group = new_group()["TargetGroupArn"]
    place = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}"
    assert re.fullmatch(rf"{place}:loadbalancer/net/[\w-]+/[0-9a-f]{{16}}", balancer)
    assert re.fullmatch(rf"{place}:targetgroup/[\w-]+/[0-9a-f]{{16}}", group)
    listener = listen(elbv2, balancer, group)
    assert re.fullmatch(rf"{balancer.replace(':loadbalancer/', ':listener/')}/[0-9a-f]{{16}}", listener)
    host = elbv2.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"][0]["DNSName"]
    assert host.endswith(f".elb.{REGION}.amazonaws.com")


def test_a_group_knows_its_load_balancers_at_any_time(elbv2: Client, new_group: NewGroup, balancer: str) -> None:
    # Source: facts/real-clients.md, first paragraph ("LoadBalancerArns of a group kept current")
    old = new_group()["TargetGroupArn"]
    new = new_group(Name=f"{old.split('/')[1]}-b")["TargetGroupArn"]
    listener = listen(elbv2, balancer, old)
    assert (used_by(elbv2, old), used_by(elbv2, new)) == ([balancer], [])
    elbv2.modify_listener(ListenerArn=listener, DefaultActions=[{"Type": "forward", "TargetGroupArn": new}])
    assert (used_by(elbv2, old), used_by(elbv2, new)) == ([], [balancer])
    found = elbv2.describe_target_groups(LoadBalancerArn=balancer)["TargetGroups"]
    assert [group["TargetGroupArn"] for group in found] == [new]
    elbv2.delete_listener(ListenerArn=listener)
    assert used_by(elbv2, new) == []


def test_listeners_die_with_their_load_balancer(elbv2: Client, new_group: NewGroup, balancer: str) -> None:
    # Source: facts/real-clients.md, first paragraph
    group = new_group()["TargetGroupArn"]
    listener = listen(elbv2, balancer, group)
    elbv2.delete_load_balancer(LoadBalancerArn=balancer)
    assert used_by(elbv2, group) == []
    with pytest.raises(ClientError) as refused:
        elbv2.describe_listeners(ListenerArns=[listener])
    assert code(refused) == "ListenerNotFound"


def test_a_group_in_use_cannot_be_deleted(elbv2: Client, new_group: NewGroup, balancer: str) -> None:
    # Source: facts/real-clients.md, first paragraph ("a used group cannot be deleted (ResourceInUse)")
    group = new_group()["TargetGroupArn"]
    listen(elbv2, balancer, group)
    with pytest.raises(ClientError) as refused:
        elbv2.delete_target_group(TargetGroupArn=group)
    assert code(refused) == "ResourceInUse"


def test_a_listener_may_share_its_traffic_among_groups(elbv2: Client, new_group: NewGroup, balancer: str) -> None:
    # Source: sample elbv2-create-listener.synthetic.json (forwardConfig)
    first = new_group()["TargetGroupArn"]
    second = new_group(Name=f"{first.split('/')[1]}-b")["TargetGroupArn"]
    weights = [{"TargetGroupArn": first, "Weight": 9}, {"TargetGroupArn": second, "Weight": 1}]
    forward = [{"Type": "forward", "ForwardConfig": {"TargetGroups": weights}}]
    made = elbv2.create_listener(LoadBalancerArn=balancer, Port=443, Protocol="TCP", DefaultActions=forward)
    assert made["Listeners"][0]["DefaultActions"][0]["ForwardConfig"]["TargetGroups"] == weights
    assert used_by(elbv2, first) == used_by(elbv2, second) == [balancer]


def test_a_listener_needs_an_existing_group_and_a_free_port(elbv2: Client, new_group: NewGroup, balancer: str) -> None:
    # Source: botocore, CreateListener (errors, "This operation is idempotent")
    group = new_group()["TargetGroupArn"]
    other = new_group(Name=f"{group.split('/')[1]}-b")["TargetGroupArn"]
    assert listen(elbv2, balancer, group) == listen(elbv2, balancer, group)
    with pytest.raises(ClientError) as taken:
        listen(elbv2, balancer, other)
    assert code(taken) == "DuplicateListener"
    with pytest.raises(ClientError) as unknown:
        listen(elbv2, balancer, GONE, port=81)
    assert code(unknown) == "TargetGroupNotFound"


def test_groups_come_in_pages(elbv2: Client, new_group: NewGroup) -> None:
    # Source: botocore, PageSize (1-400); facts/proxy-protocol.md section 6
    made = {new_group(Name=f"k8s-page-{number:02}")["TargetGroupArn"] for number in range(7)}
    pages = list(elbv2.get_paginator("describe_target_groups").paginate(PaginationConfig={"PageSize": 3}))
    arns = [group["TargetGroupArn"] for page in pages for group in page["TargetGroups"]]
    assert {len(page["TargetGroups"]) for page in pages[:-1]} == {3}
    assert made <= set(arns)
    assert len(arns) == len(set(arns))
    with pytest.raises(ClientError) as refused:
        elbv2.describe_target_groups(PageSize=401)
    assert code(refused) == "ValidationError"


def test_groups_of_services_are_found_by_their_tag_in_pages(cloud: Cloud, elbv2: Client, new_group: NewGroup) -> None:
    # Source: facts/proxy-protocol.md section 6 (GetResources); botocore, ResourcesPerPage (1-100)
    tag = {"Key": "kubernetes.io/service-name", "Value": "shop/front"}
    made = {new_group(Name=f"k8s-tag-{number:02}", Tags=[tag])["TargetGroupArn"] for number in range(5)}
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
    deadline = time.monotonic() + 10
    while {state for _, _, state in states(elbv2, group)} != {"healthy"}:
        assert time.monotonic() < deadline
        time.sleep(0.1)
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
