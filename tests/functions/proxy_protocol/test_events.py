"""What an event says of which target groups, and what is never taken from it.

Over 120 lines because each call has a shape of its own.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.proxy_protocol.decision import Facts
from functions.proxy_protocol.decision.facts import Shape
from functions.proxy_protocol.events import UnreadableEventError, parse
from tests.functions.proxy_protocol.account import HOME
from tests.functions.proxy_protocol.strategies import EVENTS, JSON

NOW = datetime(2026, 11, 23, 16, 10, tzinfo=UTC)
ONE, TWO = f"{HOME}k8s-a/0000000000000001", f"{HOME}k8s-b/0000000000000002"
LOAD_BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a1/0123456789abcdef"
BORN = {"targetGroupArn": ONE, "protocol": "TCP", "targetType": "instance", "vpcId": "vpc-1", "loadBalancerArns": []}
SHAPE = Shape(protocol="TCP", target_type="instance", vpc_id="vpc-1")

NAMED_BY_SAMPLES = {
    "elb-classic-add-tags.synthetic": [],
    "elbv2-add-tags.recorded": [],
    "elbv2-create-listener.standin": ["k8s-ingressn-web-41208014b3"],
    "elbv2-create-listener.synthetic": ["k8s-ingressn-ingressn-0123456789"],
    "elbv2-create-target-group-failed.synthetic": [],
    "elbv2-create-target-group.local.standin": ["k8s-ingressn-web-41208014b3"],
    "elbv2-create-target-group.opted-in-again.standin": ["k8s-ingressn-stuck-6e124d6388"],
    "elbv2-create-target-group.opted-in.standin": ["k8s-ingressn-stuck-6e124d6388"],
    "elbv2-create-target-group.recorded": ["TESTfontback-tgt"],
    "elbv2-delete-target-group.standin": [],
    "elbv2-modify-listener.moved-to-new-group.standin": ["k8s-ingressn-web-546a26ac85"],
    "elbv2-modify-target-group-attributes.by-hand.standin": [],
    "elbv2-modify-target-group-attributes.cpa-sets-false.standin": [],
    "elbv2-modify-target-group.every-reconcile.standin": [],
    "elbv2-register-targets-failed.standin": [],
}


@pytest.mark.parametrize(("sample", "names"), NAMED_BY_SAMPLES.items())
def test_a_sample_names(load_event: Callable[[str], dict[str, Any]], sample: str, names: list[str]) -> None:
    event = parse(json.dumps(load_event(sample)), now=NOW)

    assert [facts.arn.split("/")[1] for facts in event.groups] == names
    assert all(facts.by_event for facts in event.groups)


def test_what_cannot_change_is_taken_from_the_answer(load_event: Callable[[str], dict[str, Any]]) -> None:
    event = parse(json.dumps(load_event("elbv2-create-target-group.recorded")), now=NOW)

    (facts,) = event.groups
    assert facts.shape == Shape(protocol="TCP", target_type="ip", vpc_id="vpc-02c334b99fe4833d6")
    assert (event.name, event.id) == ("CreateTargetGroup", "0c2e7f5b-0000-4000-8000-000000000001")
    assert event.time == datetime(2021, 3, 17, 8, 37, 10, tzinfo=UTC)


def test_what_can_change_is_not_taken_from_the_event(load_event: Callable[[str], dict[str, Any]]) -> None:
    event = parse(json.dumps(load_event("elbv2-create-target-group.opted-in.standin")), now=NOW)

    (facts,) = event.groups
    assert (facts.tags, facts.group, facts.attributes) == (None, None, None)


def _parsed(name: str = "CreateTargetGroup", **detail: object) -> tuple[Facts, ...]:
    made = {"eventName": name, "eventTime": "2026-11-23T16:03:06Z", **detail}
    return parse(json.dumps({"detail": made}), now=NOW).groups


def _born(**changes: object) -> tuple[Facts, ...]:
    return _parsed(responseElements={"targetGroups": [BORN | changes]})


@pytest.mark.parametrize(("seconds", "is_newborn"), [(0, True), (14 * 60 + 59, True), (15 * 60, False), (86400, False)])
def test_a_group_is_newborn_for_less_than_15_minutes(seconds: int, *, is_newborn: bool) -> None:
    made_at = (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    (facts,) = _parsed(responseElements={"targetGroups": [BORN]}, eventTime=made_at)

    assert facts.is_newborn is is_newborn


@pytest.mark.parametrize("empty", [[], "", None])
def test_a_group_in_no_load_balancer_is_newborn(empty: object) -> None:
    assert _born(loadBalancerArns=empty)[0].is_newborn


def test_a_group_with_a_load_balancer_is_not_newborn_since_the_call_is_idempotent() -> None:
    assert not _born(loadBalancerArns=[LOAD_BALANCER])[0].is_newborn


def test_only_the_answer_of_a_creation_makes_newborn() -> None:
    (facts,) = _parsed("AddTags", requestParameters={"resourceArns": [ONE]})

    assert facts == Facts(arn=ONE, by_event=True)


@pytest.mark.parametrize("made_at", ["", "yesterday", "Mar 17, 2021 8:37:10 AM", None, 5, "0001-01-01T00:00:00+23:59"])
def test_without_a_time_that_can_be_read_nothing_is_newborn(made_at: object) -> None:
    event = parse(
        json.dumps(
            {
                "time": made_at,
                "detail": {
                    "eventName": "CreateTargetGroup",
                    "eventTime": made_at,
                    "responseElements": {"targetGroups": [BORN]},
                },
            }
        ),
        now=NOW,
    )

    assert event.time is None
    assert not event.groups[0].is_newborn


def test_where_cloudtrail_gives_no_time_eventbridges_counts() -> None:
    event = parse(json.dumps({"time": "2026-11-23T16:03:06Z", "detail": {}}), now=NOW)

    assert event.time == datetime(2026, 11, 23, 16, 3, 6, tzinfo=UTC)


def test_a_failed_call_names_no_group() -> None:
    assert _parsed(errorCode="AccessDenied", responseElements={"targetGroups": [BORN]}) == ()


@pytest.mark.parametrize("key", ["protocol", "targetType"])
@pytest.mark.parametrize("value", ["", None, 5, ["TCP"]])
def test_a_shape_that_is_not_fully_said_is_read_again(key: str, value: object) -> None:
    assert _born(**{key: value})[0].shape is None


def test_a_missing_vpc_rules_nothing_out() -> None:
    assert _born(vpcId=None)[0].shape == Shape(protocol="TCP", target_type="instance")


def test_unknown_keys_and_values_are_tolerated() -> None:
    (facts,) = _born(protocol="TCP", ipAddressType="ipv7", somethingNew={"a": [1]})

    assert facts.shape == SHAPE


def test_add_tags_mixes_groups_with_other_things() -> None:
    arns = [LOAD_BALANCER, ONE, LOAD_BALANCER.replace("loadbalancer", "listener"), 5, None, TWO]

    assert [facts.arn for facts in _parsed("AddTags", requestParameters={"resourceArns": arns})] == [ONE, TWO]


@pytest.mark.parametrize("name", ["CreateListener", "ModifyListener"])
def test_a_listener_names_its_groups_plain_and_weighted(name: str) -> None:
    actions = [
        {"type": "forward", "targetGroupArn": ONE, "forwardConfig": {"targetGroups": [{"targetGroupArn": ONE}]}},
        {"type": "redirect"},
        {"type": "forward", "forwardConfig": {"targetGroups": [{"targetGroupArn": TWO, "weight": 1}]}},
    ]

    assert [facts.arn for facts in _parsed(name, requestParameters={"defaultActions": actions})] == [ONE, TWO]


def test_a_group_that_is_named_twice_is_looked_at_once() -> None:
    assert len(_parsed("AddTags", requestParameters={"resourceArns": [ONE, ONE]})) == 1


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_partition_is_read(partition: str) -> None:
    arn = ONE.replace("arn:aws:", f"arn:{partition}:")

    assert [facts.arn for facts in _parsed("AddTags", requestParameters={"resourceArns": [arn]})] == [arn]


UNREADABLE = ["", "x", "{", "null", "5", "[]", '"text"', "{}", '{"detail": null}', '{"detail": []}', '{"detail": "x"}']


@pytest.mark.parametrize("body", [*UNREADABLE, "[" * 100_000, '{"detail": ' + "9" * 5000 + "}"])
def test_what_is_no_event_is_unreadable(body: str) -> None:
    with pytest.raises(UnreadableEventError, match="record"):
        parse(body, now=NOW)


@given(body=st.text(max_size=50) | JSON.map(json.dumps) | EVENTS.map(json.dumps))
def test_any_text_is_an_event_or_unreadable_and_names_groups_only(body: str) -> None:
    try:
        event = parse(body, now=NOW)
    except UnreadableEventError:
        return

    assert all(":targetgroup/" in facts.arn and facts.by_event for facts in event.groups)
