"""Listeners on the stand-in: which group is used by which load balancer, at any time."""

import re

from local.environment import ACCOUNT, REGION

from .aws import GONE, Client, NewGroup, listen, refusal


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
    assert refusal(elbv2.describe_listeners, ListenerArns=[listener])["Code"] == "ListenerNotFound"


def test_a_group_in_use_cannot_be_deleted(elbv2: Client, new_group: NewGroup, balancer: str) -> None:
    # Source: facts/real-clients.md, first paragraph ("a used group cannot be deleted (ResourceInUse)")
    group = new_group()["TargetGroupArn"]
    listen(elbv2, balancer, group)
    assert refusal(elbv2.delete_target_group, TargetGroupArn=group)["Code"] == "ResourceInUse"


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
    assert refusal(listen, elbv2, balancer, other)["Code"] == "DuplicateListener"
    assert refusal(listen, elbv2, balancer, GONE, port=81)["Code"] == "TargetGroupNotFound"


def used_by(elbv2: Client, group: str) -> list[str]:
    described = elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    return list(described[0]["LoadBalancerArns"])
