"""Elastic Load Balancing in memory, as boto3's client `elbv2` shows it. Held to moto by test_contract.py.

Over 120 lines because one class is one client: each operation that the functions use, and what AWS refuses there.
"""
# ruff: noqa: ANN401, N803 (keyword arguments as boto3 takes them, under AWS's names)

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from tests.functions.proxy_protocol.account import Account, FakeGroup, FakeListener
from tests.functions.proxy_protocol.calls import Calls
from tests.functions.proxy_protocol.failures import refusal

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

MOST_ARNS = 20
"""Of one DescribeTags (botocore elbv2/2015-12-01)."""

MOST_GROUPS = 400
"""On one page of DescribeTargetGroups and DescribeListeners (the same)."""

TARGET_GROUP_ARN = re.compile(r"arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:targetgroup/[\w-]{1,32}/[0-9a-f]{16}")


class FakeElbv2:
    """The client of one account and region."""

    def __init__(self, account: Account, calls: Calls) -> None:
        self._account = account
        self._calls = calls
        self.forgets_writes = False
        """Whether it accepts a write and answers as if there had been none."""

    @property
    def client(self) -> "ElasticLoadBalancingv2Client":
        return cast("ElasticLoadBalancingv2Client", self)

    def get_paginator(self, name: str) -> "_Pages":
        return _Pages(self, name)

    def describe_tags(self, **kwargs: Any) -> dict[str, Any]:
        return self._calls.make("elbv2", "DescribeTags", kwargs, self._describe_tags)

    def _describe_tags(self, *, ResourceArns: Sequence[str]) -> dict[str, Any]:
        if len(ResourceArns) > MOST_ARNS:
            raise refusal("ValidationError")("DescribeTags")
        groups = [self._find(arn, "DescribeTags") for arn in ResourceArns]
        return {"TagDescriptions": [{"ResourceArn": group.arn, "Tags": _tags(group)} for group in groups]}

    def describe_target_groups(self, **kwargs: Any) -> dict[str, Any]:
        return self._calls.make("elbv2", "DescribeTargetGroups", kwargs, self._describe_target_groups)

    def _describe_target_groups(self, **kwargs: Any) -> dict[str, Any]:
        if "TargetGroupArns" in kwargs:
            groups = [self._find(arn, "DescribeTargetGroups") for arn in kwargs["TargetGroupArns"]]
            return {"TargetGroups": list(map(self._described, groups))}
        groups = sorted(self._account.groups.values(), key=lambda group: group.arn)
        page, more = _page(groups, kwargs)
        return {"TargetGroups": list(map(self._described, page)), **more}

    def _described(self, group: FakeGroup) -> dict[str, Any]:
        protocol, port = group.check
        return {
            "TargetGroupArn": group.arn,
            "TargetGroupName": group.arn.split("/")[1],
            "Protocol": group.protocol,
            "Port": group.port,
            "VpcId": group.vpc_id,
            "TargetType": group.target_type,
            "HealthCheckProtocol": protocol,
            "HealthCheckPort": port,
            "LoadBalancerArns": self._account.load_balancers_of(group.arn),
        }

    def describe_listeners(self, **kwargs: Any) -> dict[str, Any]:
        return self._calls.make("elbv2", "DescribeListeners", kwargs, self._describe_listeners)

    def _describe_listeners(self, **kwargs: Any) -> dict[str, Any]:
        arn = kwargs["LoadBalancerArn"]
        listeners = [one for one in self._account.listeners if one.load_balancer_arn == arn]
        if not listeners:
            raise refusal("LoadBalancerNotFound")("DescribeListeners")
        page, more = _page(listeners, kwargs)
        return {"Listeners": list(map(_listener, page)), **more}

    def describe_target_group_attributes(self, **kwargs: Any) -> dict[str, Any]:
        return self._calls.make("elbv2", "DescribeTargetGroupAttributes", kwargs, self._describe_attributes)

    def _describe_attributes(self, *, TargetGroupArn: str) -> dict[str, Any]:
        return _attributes(self._find(TargetGroupArn, "DescribeTargetGroupAttributes"))

    def describe_target_health(self, **kwargs: Any) -> dict[str, Any]:
        return self._calls.make("elbv2", "DescribeTargetHealth", kwargs, self._describe_target_health)

    def _describe_target_health(self, *, TargetGroupArn: str) -> dict[str, Any]:
        group = self._find(TargetGroupArn, "DescribeTargetHealth")
        targets = [
            {"Target": {"Id": f"i-{number}", "Port": group.port}, "TargetHealth": {"State": state}}
            for number, state in enumerate(group.states)
        ]
        return {"TargetHealthDescriptions": targets}

    def modify_target_group_attributes(self, **kwargs: Any) -> dict[str, Any]:
        return self._calls.make("elbv2", "ModifyTargetGroupAttributes", kwargs, self._modify_attributes)

    def _modify_attributes(self, *, TargetGroupArn: str, Attributes: list[dict[str, str]]) -> dict[str, Any]:
        group = self._find(TargetGroupArn, "ModifyTargetGroupAttributes")
        wished = {one["Key"]: one["Value"] for one in Attributes}
        if not wished.keys() <= group.attributes.keys():
            raise refusal("InvalidConfigurationRequest")("ModifyTargetGroupAttributes")
        if not self.forgets_writes:
            group.attributes.update(wished)
        return _attributes(group)

    def add_tags(self, **kwargs: Any) -> dict[str, Any]:
        return self._calls.make("elbv2", "AddTags", kwargs, self._add_tags)

    def _add_tags(self, *, ResourceArns: list[str], Tags: list[dict[str, str]]) -> dict[str, Any]:
        for group in [self._find(arn, "AddTags") for arn in ResourceArns]:
            group.tags.update({tag["Key"]: tag["Value"] for tag in Tags})
        return {}

    def _find(self, arn: str, operation: str) -> FakeGroup:
        if not TARGET_GROUP_ARN.fullmatch(arn):
            raise refusal("ValidationError")(operation)
        if arn not in self._account.groups:
            raise refusal("TargetGroupNotFound")(operation)
        return self._account.groups[arn]


class _Pages:
    """A paginator of boto3: it asks again with the marker of the page before."""

    def __init__(self, client: FakeElbv2, name: str) -> None:
        self._ask = getattr(client, name)

    def paginate(self, *, PaginationConfig: dict[str, int] | None = None, **kwargs: Any) -> Iterator[dict[str, Any]]:
        if PaginationConfig:
            kwargs["PageSize"] = PaginationConfig["PageSize"]
        while True:
            page = self._ask(**kwargs)
            yield page
            if "NextMarker" not in page:
                return
            kwargs["Marker"] = page["NextMarker"]


def _page(things: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Sequence[Any], dict[str, str]]:
    start, size = int(kwargs.get("Marker", "0")), min(kwargs.get("PageSize", MOST_GROUPS), MOST_GROUPS)
    end = start + size
    return things[start:end], {"NextMarker": str(end)} if end < len(things) else {}


def _tags(group: FakeGroup) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in group.tags.items()]


def _attributes(group: FakeGroup) -> dict[str, Any]:
    return {"Attributes": [{"Key": key, "Value": value} for key, value in group.attributes.items()]}


def _listener(listener: FakeListener) -> dict[str, Any]:
    action: dict[str, Any] = {"Type": "forward", "TargetGroupArn": listener.group_arn}
    if listener.is_weighted:
        weighted = {"TargetGroupArn": listener.group_arn, "Weight": 1}
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": [weighted]}}
    return {
        "ListenerArn": f"{listener.load_balancer_arn.replace(':loadbalancer/', ':listener/')}/{listener.port:016x}",
        "LoadBalancerArn": listener.load_balancer_arn,
        "Port": listener.port,
        "Protocol": "TCP",
        "DefaultActions": [action],
    }
