"""Which target groups there are: the lists that a sweep and an operator's run start from."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.proxy_protocol.decision.facts import SERVICE_TAG, Facts
from functions.proxy_protocol.elbv2_calls import reading
from functions.proxy_protocol.target_groups import described
from pitcrew.limiter import UNLIMITED, Limiter

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import TargetGroupTypeDef
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient


class Inventory:
    """The target groups of one account and region."""

    def __init__(
        self,
        elbv2: "ElasticLoadBalancingv2Client",
        tagging: "ResourceGroupsTaggingAPIClient",
        *,
        reads: Limiter,
    ) -> None:
        self._elbv2 = elbv2
        self._tagging = tagging
        self._reads = reads

    def candidates(self) -> list[Facts]:
        """Return every group with a Service's tag, as the lists tell it, sorted by ARN.

        The tagging API is late at times: what it says of a group is asked again before anything is written.
        """
        tags = dict(self._tagged())
        groups = ((group["TargetGroupArn"], described(group)) for group in self._groups())
        return sorted(
            (Facts(arn=arn, tags=tags[arn], shape=shape, group=group) for arn, (shape, group) in groups if arn in tags),
            key=lambda facts: facts.arn,
        )

    def _tagged(self) -> Iterator[tuple[str, dict[str, str]]]:
        pages = self._tagging.get_paginator("get_resources").paginate(
            ResourceTypeFilters=["elasticloadbalancing:targetgroup"],
            TagFilters=[{"Key": SERVICE_TAG}],
            PaginationConfig={"PageSize": 100},
        )
        with reading(UNLIMITED):  # the tagging API has a bucket of its own, which no controller shares
            found = [one for page in pages for one in page["ResourceTagMappingList"]]
        for one in found:
            yield one["ResourceARN"], {tag["Key"]: tag["Value"] for tag in one["Tags"]}

    def _groups(self) -> Iterator["TargetGroupTypeDef"]:
        pages = iter(self._elbv2.get_paginator("describe_target_groups").paginate(PaginationConfig={"PageSize": 400}))
        while True:
            with reading(self._reads):
                page = next(pages, None)
            if page is None:
                return
            yield from page["TargetGroups"]
