"""Target groups as the stories of proxy protocol look at them: the switch, the verdict, the queue behind it."""

import time
from typing import Any

from local.stage import Stage
from local.story import Row

ATTRIBUTE = "proxy_protocol_v2.enabled"
ON_EVENT = "ProxyProtocolOnEvent"
QUEUE, DEAD_LETTERS = "ProxyProtocolEventsQueue", "ProxyProtocolEventsDeadLetters"
SECONDS_TO_EFFECT = 5


def switched_on(
    stage: Stage, arn: str, began: float, *, verdict: str = "Enable", seconds: float = SECONDS_TO_EFFECT
) -> Row:
    """Wait until a group is switched on."""
    stage.wait(lambda: value(stage, arn) == "true", what=f"{arn} to be switched on", seconds=seconds)
    return row(arn, verdict, "false", "true", time.monotonic() - began)


def value(stage: Stage, arn: str) -> str:
    """Return whether a group is switched on, in AWS's word."""
    answer = stage.cloud.client("elbv2").describe_target_group_attributes(TargetGroupArn=arn)
    return next(str(one["Value"]) for one in answer["Attributes"] if one["Key"] == ATTRIBUTE)


def proof(stage: Stage, arn: str) -> dict[str, Any]:
    """Return the newest proof about a group."""
    found = stage.wait(
        lambda: [line for line in stage.log(ON_EVENT) if line.get("group") == arn],
        what=f"a verdict about {arn}",
    )
    return found[-1]


def drained(stage: Stage) -> None:
    """Wait until the function has done with every event."""
    name = stage.physical(QUEUE).rpartition("/")[2]
    stage.wait(lambda: not any(stage.cloud.queues()[name].values()), what="the queue to be empty")


def depth(stage: Stage, queue: str) -> int:
    """Return how many messages a queue (by its logical id) holds."""
    return sum(stage.cloud.queues()[stage.physical(queue).rpartition("/")[2]].values())


def row(arn: str, verdict: str, before: str, after: str, seconds: float | None = None) -> Row:
    """Return the line of a group in the table at the end."""
    return Row(what=arn.split("/")[1], verdict=verdict, before=before, after=after, seconds=seconds)
