"""Attributes of target groups on the stand-in: those they are born with, and what they may be."""

import pytest

from .aws import Client, NewGroup, attributes, refusal


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
    wished = [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]
    refused = refusal(elbv2.modify_target_group_attributes, TargetGroupArn=group, Attributes=wished)
    assert refused["Code"] == "InvalidConfigurationRequest"  # assumption: elbv2_attributes.py


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
    assert refusal(elbv2.modify_target_group_attributes, TargetGroupArn=group, Attributes=wished)["Code"] == expected
    assert attributes(elbv2, group) == before
