"""Target groups one by one: the reads and the writes of ELBv2, at the pace of two limiters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.proxy_protocol.decision.facts import APPLIED_TAG, Group, HealthCheck, Shape
from functions.proxy_protocol.elbv2_calls import TargetGroupGoneError, reading, writing
from pitcrew.limiter import Limiter

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import ActionOutputTypeDef, TargetGroupTypeDef

IN_SERVICE = {"healthy", "draining"}
"""States of a target that carries traffic."""


@dataclass(frozen=True, slots=True)
class Written:
    """AWS's answer to a write: every attribute as it is now, and the id of the request."""

    attributes: Mapping[str, str]
    request_id: str


class TargetGroups:
    """Target groups of one account and region, at the pace of two limiters. Any call raises TargetGroupGoneError."""

    def __init__(self, client: "ElasticLoadBalancingv2Client", *, reads: Limiter, writes: Limiter) -> None:
        self._client = client
        self._reads = reads
        self._writes = writes

    def tags(self, *arns: str) -> dict[str, dict[str, str]]:
        """Return the tags of up to 20 groups; a single one that is gone fails them all."""
        with reading(self._reads):
            found = self._client.describe_tags(ResourceArns=arns)["TagDescriptions"]
        return {one["ResourceArn"]: {tag["Key"]: tag.get("Value", "") for tag in one["Tags"]} for one in found}

    def tags_of_living(self, *arns: str) -> dict[str, dict[str, str]]:
        """Return the tags of those of up to 20 groups that exist: halve the batch until a dead one stands alone."""
        try:
            return self.tags(*arns)
        except TargetGroupGoneError:
            if len(arns) == 1:
                return {}
            middle = len(arns) // 2
            return self.tags_of_living(*arns[:middle]) | self.tags_of_living(*arns[middle:])

    def group(self, arn: str) -> tuple[Shape, Group]:
        """Return what the group is and where it hangs."""
        with reading(self._reads):
            return described(self._client.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0])

    def listener_ports(self, arn: str, load_balancer_arns: tuple[str, ...]) -> frozenset[int]:
        """Return the ports of the listeners that forward to the group: only they know; ports of groups mislead."""
        ports = set()
        for load_balancer in load_balancer_arns:
            with reading(self._reads):
                pages = self._client.get_paginator("describe_listeners").paginate(LoadBalancerArn=load_balancer)
                listeners = [listener for page in pages for listener in page["Listeners"]]
            for listener in listeners:
                if any(arn in _forwards_to(action) for action in listener.get("DefaultActions", [])):
                    ports.add(listener["Port"])
        return frozenset(ports)

    def attributes(self, arn: str) -> dict[str, str]:
        """Return every attribute that the group has, with its value."""
        with reading(self._reads):
            answer = self._client.describe_target_group_attributes(TargetGroupArn=arn)
        return {one["Key"]: one["Value"] for one in answer["Attributes"]}

    def is_in_service(self, arn: str) -> bool:
        """Whether any target carries traffic."""
        with reading(self._reads):
            targets = self._client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return any(target["TargetHealth"]["State"] in IN_SERVICE for target in targets)

    def set_attributes(self, arn: str, wished: Mapping[str, str]) -> Written:
        """Write *wished* and nothing else. Raises RefusedError too."""
        with writing(self._writes):
            answer = self._client.modify_target_group_attributes(
                TargetGroupArn=arn,
                Attributes=[{"Key": key, "Value": value} for key, value in wished.items()],
            )
        now = {one["Key"]: one["Value"] for one in answer["Attributes"]}
        return Written(now, answer["ResponseMetadata"]["RequestId"])

    def remember(self, arn: str, wish_hash: str) -> None:
        """Tag the group with the wish that was applied to it. Raises RefusedError too."""
        with writing(self._writes):
            self._client.add_tags(ResourceArns=[arn], Tags=[{"Key": APPLIED_TAG, "Value": wish_hash}])


def described(found: "TargetGroupTypeDef") -> tuple[Shape, Group]:
    """Read one group of DescribeTargetGroups; what AWS leaves out is an empty string."""
    shape = Shape(
        protocol=found.get("Protocol", ""),
        target_type=found.get("TargetType", ""),
        vpc_id=found.get("VpcId", ""),
    )
    check = HealthCheck(protocol=found.get("HealthCheckProtocol", ""), port=found.get("HealthCheckPort", ""))
    return shape, Group(
        port=found.get("Port", 0),
        health_check=check,
        load_balancer_arns=tuple(found.get("LoadBalancerArns", [])),
    )


def _forwards_to(action: "ActionOutputTypeDef") -> set[str]:
    weighted = action["ForwardConfig"].get("TargetGroups", []) if "ForwardConfig" in action else []
    return {action.get("TargetGroupArn", ""), *(one.get("TargetGroupArn", "") for one in weighted)}
