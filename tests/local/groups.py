"""Target groups of the stage's cluster, made and looked at by tests."""

import uuid
from collections.abc import Mapping
from typing import Any, TypeAlias

from local.stage import Stage
from local.stories.proxy_protocol import ASKS, MANY
from local.target_groups import ATTRIBUTE, ON_EVENT

States: TypeAlias = dict[str, tuple[Mapping[str, str], Mapping[str, str]]]
"""Attributes and tags by ARN."""


PATIENCE_SECONDS = 60
"""A time-out of tests, on machines that do much else; a sweep or a plan of many groups is paced."""


class Groups:
    """The target groups of the account."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._elbv2 = stage.cloud.client("elbv2")

    def new(self, tags: Mapping[str, str] = ASKS, *, service: str = "shop/web", prefix: str = "k8s-") -> str:
        """Make a group as a cloud provider does, and return its ARN; by default its Service asks."""
        provider = self._stage.provider
        return provider.create(f"{prefix}{uuid.uuid4().hex[:12]}", {**provider.tags(service), **tags})

    def new_unseen(self, *, service: str = "shop/web") -> str:
        """Make a group that asks and whose events are lost, so that nothing looks at it."""
        self._stage.cloud.lose_events(MANY)
        arn = self.new(service=service)
        self._stage.cloud.lose_events(0)
        return arn

    def is_on(self, arn: str) -> bool:
        """Whether proxy protocol is switched on."""
        return self._attributes(arn)[ATTRIBUTE] == "true"

    def wait_until_on(self, arn: str) -> None:
        """Wait for proxy protocol to be switched on. Raises StoryError."""
        self._stage.wait(lambda: self.is_on(arn), what=f"{arn} to be switched on", seconds=PATIENCE_SECONDS)

    def states(self) -> States:
        """Return all that a mistake could have changed: the attributes and tags of every group."""
        pages = self._elbv2.get_paginator("describe_target_groups").paginate()
        arns = [group["TargetGroupArn"] for page in pages for group in page["TargetGroups"]]
        return {arn: (self._attributes(arn), self._tags(arn)) for arn in arns}

    def proof(self, arn: str) -> dict[str, Any]:
        """Wait for the first verdict about a group that came by event. Raises StoryError."""
        stage = self._stage
        return stage.wait(
            lambda: next((line for line in stage.log(ON_EVENT) if line.get("group") == arn), None),
            what=f"a verdict about {arn}",
            seconds=PATIENCE_SECONDS,
        )

    def _attributes(self, arn: str) -> dict[str, str]:
        answer = self._elbv2.describe_target_group_attributes(TargetGroupArn=arn)
        return {one["Key"]: one["Value"] for one in answer["Attributes"]}

    def _tags(self, arn: str) -> dict[str, str]:
        (described,) = self._elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"]
        return {one["Key"]: one["Value"] for one in described["Tags"]}
